"""办不成事: registered, proposed, assigned, answered, closed; a head signs for more time."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.errors import Invalid, Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.aftercare import policies, rules
from inspections.aftercare.errors import ExtendedAlready, ExtensionTooLate, ExtensionTooLong
from inspections.aftercare.models import Unresolved, UnresolvedSeries
from inspections.aftercare.services.common import deadline, system
from inspections.aftercare.states import Complexity, Source, ToldWay, UnresolvedState
from inspections.delegation.models import Delegation
from inspections.delegation.states import DoorReport
from inspections.people.models import Bureau
from inspections.people.selectors import get_bureau, get_staff


@dataclass(frozen=True, slots=True)
class NewUnresolved:
    text: str
    source: Source
    complexity: Complexity = Complexity.NORMAL
    applicant_name: str = ""
    phone: str = ""
    delegation: UUID | None = None
    report_kind: str = ""
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """`days` are working days added to the present deadline; the person was told by `told_way`."""

    version: int
    days: int
    reason: str
    told_way: ToldWay


def register(new: NewUnresolved, *, actor: Actor) -> Unresolved:
    """Take in what could not be got done (收件登记表); its clock starts now.

    Simple things are due at the end of the working day, normal ones in 5 working days, complex
    ones in 10. Refuses: `not_allowed`, `invalid` (a delegation that is not the bureau's).
    Journal: `unresolved.registered`; name, phone and text are private.
    """
    _let(policies.may_handle_unresolved(actor))
    bureau = get_bureau(actor.scope)
    if new.delegation is not None:
        known = Delegation.objects.filter(pk=new.delegation, bureau=bureau)
        if not known.exists():
            raise Invalid({"delegation": "本局没有这件代办"})
    with transaction.atomic():
        return _store(new, bureau, actor)


def register_door_report(entry: JournalEntry, delegation: Delegation) -> Unresolved:
    """Open one at once when an applicant reports from the door; once per journal entry.

    Journal: `unresolved.registered`.
    """
    known = Unresolved.objects.filter(entry=entry.pk).first()
    if known is not None:
        return known
    kind = DoorReport(str(entry.data["kind"]))
    said = journal.reveal(entry, "text") or ""
    new = NewUnresolved(
        text=f"{kind.label}。{said}" if said else f"{kind.label}。",
        source=Source.DOOR,
        complexity=Complexity.SIMPLE,
        applicant_name=delegation.contact_name,
        phone=delegation.phone,
        delegation=delegation.pk,
        report_kind=kind.value,
        entry=entry.pk,
    )
    with transaction.atomic():
        return _store(new, delegation.bureau, system(delegation.bureau_id))


def propose(
    row: Unresolved, *, version: int, department: str, opinion: str, actor: Actor
) -> Unresolved:
    """Write the 分办呈批表: to which department it should go, for a head to approve.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `unresolved.proposed`.
    """
    _let(policies.may_handle_unresolved(actor))
    row.version = version
    step = partial(row.propose, at=clock.now(), department=department, opinion=opinion)
    return _sign(row, step, "unresolved.proposed", actor, {"department": department})


def assign(
    row: Unresolved, *, version: int, department: str, instruction: str, actor: Actor
) -> Unresolved:
    """Issue the 交办单 to the department; a head signs it.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `unresolved.assigned`.
    """
    _let(policies.may_approve_unresolved(actor))
    row.version = version
    step = partial(row.assign, at=clock.now(), department=department, instruction=instruction)
    return _sign(row, step, "unresolved.assigned", actor, {"department": department})


def reply(row: Unresolved, *, version: int, text: str, actor: Actor) -> Unresolved:
    """Enter the department's answer. Refuses: `not_allowed`, `transition_refused`,
    `stale_version`. Journal: `unresolved.replied`; the text is private.
    """
    _let(policies.may_handle_unresolved(actor))
    row.version = version
    step = partial(row.answer, at=clock.now(), text=text)
    return _sign(row, step, "unresolved.replied", actor, {}, {"reply": text})


@transaction.atomic
def extend(row: Unresolved, extension: Extension, *, actor: Actor) -> Unresolved:
    """Give more time, once, told to the person before the old deadline, 15 working days in all.

    Refuses: `not_allowed` (heads only), `extension_too_late` (past the deadline or closed),
    `extended_already`, `extension_too_long`, `stale_version`. Journal: `unresolved.extended`.
    """
    _let(policies.may_approve_unresolved(actor))
    now = clock.now()
    if row.extended_at is not None:
        raise ExtendedAlready
    if now >= row.due_at or row.state == UnresolvedState.CLOSED.value:
        raise ExtensionTooLate
    due = deadline(row.bureau_id, row.due_at, extension.days)
    if due.at > row.last_due_at:
        raise ExtensionTooLong({"days": "延期太长"})
    row.version = extension.version
    row.due_at = due.at
    row.provisional = row.provisional or due.provisional
    row.extended_at = now
    row.extended_by = get_staff(actor)
    row.extension_reason = extension.reason
    row.told_way = extension.told_way.value
    row.warned_at = None
    workflow.save_fields(
        row,
        *("due_at", "provisional", "extended_at", "extended_by"),
        *("extension_reason", "told_way", "warned_at"),
    )
    data = {
        **_data(row),
        "due_at": clock.iso(row.due_at),
        "told_way": extension.told_way.value,
    }
    private = {"reason": extension.reason}
    journal.append(row.stream, "unresolved.extended", actor=actor, data=data, private=private)
    return row


def close(row: Unresolved, *, version: int, resolved: bool, actor: Actor) -> Unresolved:
    """Close it after the answer; `resolved` says whether the person got it done in the end.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `unresolved.closed`.
    """
    _let(policies.may_handle_unresolved(actor))
    row.version = version
    step = partial(row.close, at=clock.now(), resolved=resolved)
    return _sign(row, step, "unresolved.closed", actor, {"resolved": resolved})


def send_back(row: Unresolved, *, version: int, actor: Actor) -> Unresolved:
    """The answer settles nothing: the department answers again, on the same clock.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `unresolved.returned`.
    """
    _let(policies.may_approve_unresolved(actor))
    row.version = version
    workflow.move(
        row,
        "send_back",
        actor=actor,
        kind="unresolved.returned",
        stream=row.stream,
        data=_data(row),
    )
    return row


def watch_unresolved() -> int:
    """Warn one working day before each deadline and escalate at it, each once; returns how many.

    Journal: `unresolved.expiring`, `unresolved.overdue`.
    """
    now = clock.now()
    told = 0
    for row in Unresolved.objects.exclude(state=UnresolvedState.CLOSED.value):
        if row.due_at <= now and row.escalated_at is None:
            _mark(row, "escalated_at", "unresolved.overdue")
            told += 1
        elif (
            row.warned_at is None
            and row.escalated_at is None
            and row.complexity != Complexity.SIMPLE.value
            and deadline(row.bureau_id, now, 1).at >= row.due_at
        ):
            _mark(row, "warned_at", "unresolved.expiring")
            told += 1
    return told


def _store(new: NewUnresolved, bureau: Bureau, actor: Actor) -> Unresolved:
    now = clock.now()
    due = deadline(bureau.pk, now, rules.UNRESOLVED_WORKING_DAYS[new.complexity])
    row = Unresolved.objects.create(
        id=ids.new(),
        bureau=bureau,
        number=_next_number(now.astimezone(rules.BEIJING).year),
        source=new.source.value,
        delegation=new.delegation,
        report_kind=new.report_kind,
        entry=new.entry,
        applicant_name=new.applicant_name,
        phone=new.phone,
        text=new.text,
        complexity=new.complexity.value,
        due_at=due.at,
        last_due_at=deadline(bureau.pk, now, rules.UNRESOLVED_MOST).at,
        calendar_version=due.calendar_version,
        provisional=due.provisional,
        registered_at=now,
        registered_by=get_staff(actor) if actor.kind == "staff" else None,
    )
    private = {"text": new.text, "applicant_name": new.applicant_name, "phone": new.phone}
    data = {
        **_data(row),
        "source": row.source,
        "complexity": row.complexity,
        "delegation": str(new.delegation) if new.delegation else None,
        "report_kind": new.report_kind or None,
        "due_at": clock.iso(row.due_at),
    }
    kind = "unresolved.registered"
    journal.append(row.stream, kind, actor=actor, data=data, private=private)
    return row


def _sign(
    row: Unresolved,
    step: "partial[None]",
    kind: str,
    actor: Actor,
    more: dict[str, JSONValue],
    private: dict[str, str] | None = None,
) -> Unresolved:
    """One form of the procedure: the signature is the actor's."""
    workflow.move(
        row,
        partial(step, by=get_staff(actor)),
        actor=actor,
        kind=kind,
        stream=row.stream,
        data={**_data(row), **more},
        private=private,
    )
    return row


@transaction.atomic
def _mark(row: Unresolved, field: str, kind: str) -> None:
    setattr(row, field, clock.now())
    workflow.save_fields(row, field)
    journal.append(row.stream, kind, actor=system(row.bureau_id), data=_data(row))


def _next_number(year: int) -> str:
    """BS-2026-000001; the row's lock keeps the series without gaps or doubles."""
    UnresolvedSeries.objects.get_or_create(year=year)
    series = UnresolvedSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"BS-{year}-{series.last:06d}"


def _let(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def _data(row: Unresolved) -> dict[str, JSONValue]:
    return {"unresolved": str(row.pk), "number": row.number}
