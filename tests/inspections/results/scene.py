"""A case whose results go to a real receiver, with results made by hand."""

from dataclasses import dataclass, field
from datetime import timedelta

from fieldsvc.kernel import clock, ids, journal, outbox
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.cases import services as cases
from inspections.cases.api import CaseIn
from inspections.cases.models import Case
from inspections.catalog.services import publish_templates
from inspections.catalog.states import Outcome
from inspections.inspection.facts import FailedItem, InspectionResult
from inspections.results import selectors, services
from inspections.results.models import ResultDelivery
from inspections.results.subscribers import SCHEDULE
from tests.inspections.cases.bodies import body
from tests.inspections.cast import Cast

NOTE = "李申请说招牌还没做好，电话 13805331234"


@dataclass
class Handover:
    """Queues results of one case and looks at what became of them."""

    cast: Cast
    case: Case
    inspection: object = field(default_factory=ids.new)

    def result(self, version: int = 1, verdict: Outcome = Outcome.NON_CONFORMING):  # type: ignore[no-untyped-def]
        failed = verdict is Outcome.NON_CONFORMING
        return InspectionResult(
            inspection_id=self.inspection,  # type: ignore[arg-type]
            inspection_number="YKY-2026-000001",
            case_id=self.case.pk,
            case_number=self.case.number,
            round=version,
            version=version,
            verdict=verdict.value,
            counts={"conforming": 20, "key_failed": 1 if failed else 0},
            failed_items=(FailedItem("CY01", "招牌", "KEY", NOTE),) if failed else (),
            rectification_deadline=clock.now() + timedelta(days=5) if failed else None,
            record_sha256="a" * 64,
            dossier_id=ids.new(),
            dossier_head="b" * 64,
            at=clock.now(),
        )

    def queue(self, version: int = 1, verdict: Outcome = Outcome.NON_CONFORMING) -> ResultDelivery:
        return services.queue(self.result(version, verdict))

    def send(self, version: int = 1) -> ResultDelivery:
        """Queue a version and run everything that is due."""
        delivery = self.queue(version)
        outbox.drain()
        delivery.refresh_from_db()
        return delivery

    def told(self, prefix: str = "result.") -> list[JournalEntry]:
        return [one for one in journal.entries(self.case.stream) if one.kind.startswith(prefix)]

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.told()]

    def codes(self) -> list[object]:
        return [one.data["code"] for one in self.told() if one.kind == "result.attempted"]

    @property
    def public_key(self) -> str:
        (key,) = selectors.keys_of(self.cast.bureau.pk)
        return key.public_key


def hand_over_to(cast: Cast, url: str, number: str = "KY-2026-000123") -> Handover:
    publish_templates()
    actor = Actor("client", str(cast.client.pk), str(cast.bureau.pk))
    new = CaseIn.model_validate(body(number, callback_url=url)).to_new()
    case, _ = cases.receive(new, actor=actor)
    outbox.drain()
    return Handover(cast, case)


def past(step: int) -> timedelta:
    """Longer than wait number `step` (from 0) of the schedule with its spread."""
    return timedelta(seconds=SCHEDULE[step] * 1.1 + 1)
