"""A case follows its inspections; each call is idempotent."""

from fieldsvc.kernel.journal import Actor, JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.cases import services
from inspections.cases.selectors import case_of
from inspections.cases.states import CaseState
from inspections.catalog.states import Outcome


@on("inspection.concluded", "rectification.ordered")
def follow(entry: JournalEntry) -> None:
    case = case_of(str(entry.data["case"]))
    actor = Actor("system", "system", str(case.bureau_id))
    done = {CaseState.RECTIFYING.value, CaseState.CLOSED.value}
    if entry.kind == "rectification.ordered":
        if case.state not in done:
            services.mark_rectifying(case, actor=actor)
    elif case.state not in done | {CaseState.CONCLUDED.value}:
        services.mark_concluded(case, actor=actor, outcome=Outcome(str(entry.data["verdict"])))
