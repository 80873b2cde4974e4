"""The Monday meeting: obstacles and who takes each over, decisions and whether they were kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.errors import Invalid, Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.ledger import policies, rules
from inspections.ledger.errors import NotAMonday
from inspections.ledger.models import Decision, Obstacle
from inspections.ledger.selectors import Found, findings_of
from inspections.ledger.states import ObstacleState, Origin
from inspections.people.models import Staff
from inspections.people.selectors import get_staff


@dataclass(frozen=True, slots=True)
class NewDecision:
    text: str
    owner: str
    due: date


def gather(bureau_id: UUID, monday: date) -> int:
    """Bring a week's obstacles in step with what stood in the way; returns how many there are.

    One that somebody has claimed or closed keeps its words; one that is still open is counted
    anew. Idempotent. No journal entry: they are computed from entries that are there.
    """
    found = findings_of(bureau_id, monday)
    for one in found:
        _keep(bureau_id, monday, one)
    _drop_gone(bureau_id, monday, found)
    return len(found)


def bring_up(monday: date, title: str, detail: str, *, actor: Actor) -> Obstacle:
    """Add an obstacle by hand. Refuses: `not_allowed`, `not_a_monday`.

    Journal on `bureau:<id>`: `obstacle.brought_up`; its words are private.
    """
    _let(policies.may_speak(actor))
    _check_monday(monday)
    key = ids.new()
    with transaction.atomic():
        row = Obstacle.objects.create(
            id=key,
            bureau_id=actor.scope,
            monday=monday,
            origin=Origin.MANUAL.value,
            key=str(key),
            title=title,
            detail=detail,
            opened_at=clock.now(),
        )
        private = {"title": title, "detail": detail}
        kind = "obstacle.brought_up"
        journal.append(_stream(row), kind, actor=actor, data=_data(row), private=private)
    return row


@transaction.atomic
def claim(
    row: Obstacle, *, version: int, due: date, staff_id: UUID | None, actor: Actor
) -> Obstacle:
    """Take an obstacle over (认领包干), or give it to a colleague, until a day.

    Refuses: `not_allowed`, `invalid` (a colleague of another bureau, a day that is past),
    `transition_refused`, `stale_version`. Journal: `obstacle.claimed`.
    """
    _let(policies.may_speak(actor))
    owner = get_staff(actor) if staff_id is None else _colleague(staff_id, actor)
    _check_due(due)
    row.version = version
    workflow.move(
        row,
        partial(row.claim, at=clock.now(), by=owner, due=due),
        actor=actor,
        kind="obstacle.claimed",
        stream=_stream(row),
        data={**_data(row), "staff": str(owner.pk), "due": due.isoformat()},
    )
    return row


def close(row: Obstacle, *, version: int, result: str, actor: Actor) -> Obstacle:
    """Say how an obstacle was got rid of.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `obstacle.closed`.
    """
    _let(policies.may_speak(actor))
    row.version = version
    workflow.move(
        row,
        partial(row.close, at=clock.now(), by=get_staff(actor), result=result),
        actor=actor,
        kind="obstacle.closed",
        stream=_stream(row),
        data=_data(row),
        private={"result": result},
    )
    return row


def decide(monday: date, new: NewDecision, *, actor: Actor) -> Decision:
    """Write down what the meeting about the week of `monday` decided.

    Refuses: `not_allowed` (heads only), `not_a_monday`, `invalid` (a day that is past).
    Journal on `bureau:<id>`: `decision.made`; its words are private.
    """
    _let(policies.may_decide(actor))
    _check_monday(monday)
    _check_due(new.due)
    with transaction.atomic():
        row = Decision.objects.create(
            id=ids.new(),
            bureau_id=actor.scope,
            monday=monday,
            text=new.text,
            owner=new.owner,
            due=new.due,
            made_at=clock.now(),
            made_by=get_staff(actor),
        )
        private = {"text": new.text, "owner": new.owner}
        data = {"decision": str(row.pk), "week": monday.isoformat(), "due": new.due.isoformat()}
        kind = "decision.made"
        journal.append(_stream(row), kind, actor=actor, data=data, private=private)
    return row


def finish_decision(row: Decision, *, version: int, note: str, actor: Actor) -> Decision:
    """A decision was carried out.

    Refuses: `not_allowed`, `transition_refused`, `stale_version`. Journal: `decision.done`.
    """
    _let(policies.may_speak(actor))
    row.version = version
    workflow.move(
        row,
        partial(row.finish, at=clock.now(), by=get_staff(actor), note=note),
        actor=actor,
        kind="decision.done",
        stream=_stream(row),
        data={"decision": str(row.pk), "week": row.monday.isoformat()},
        private={"note": note},
    )
    return row


def _keep(bureau_id: UUID, monday: date, one: Found) -> None:
    place = {
        "bureau_id": bureau_id,
        "monday": monday,
        "origin": one.origin.value,
        "key": one.key,
    }
    words = {"title": one.title, "detail": one.detail, "count": one.count}
    subjects = [str(subject) for subject in one.subjects]
    row = Obstacle.objects.filter(**place).first()
    if row is None:
        try:
            with transaction.atomic():
                Obstacle.objects.create(
                    id=ids.new(), **place, **words, subjects=subjects, opened_at=clock.now()
                )
        except IntegrityError:
            # Another worker was faster; its count is as good as ours.
            return
    elif row.state == ObstacleState.OPEN.value:
        row.title, row.detail, row.count = one.title, one.detail, one.count
        row.subjects = subjects
        Obstacle.objects.filter(pk=row.pk, state=ObstacleState.OPEN.value).update(
            **words, subjects=subjects
        )


def _drop_gone(bureau_id: UUID, monday: date, found: Iterable[Found]) -> None:
    """What is no obstacle any more and nobody has touched is not carried to the meeting."""
    known = {(one.origin.value, one.key) for one in found}
    rows = Obstacle.objects.filter(
        bureau_id=bureau_id, monday=monday, state=ObstacleState.OPEN.value
    ).exclude(origin=Origin.MANUAL.value)
    for row in rows:
        if (row.origin, row.key) not in known:
            Obstacle.objects.filter(pk=row.pk, state=ObstacleState.OPEN.value).delete()


def _colleague(staff_id: UUID, actor: Actor) -> Staff:
    staff = Staff.objects.filter(pk=staff_id, bureau_id=actor.scope, is_active=True).first()
    if staff is None:
        raise Invalid({"staff": "本局没有这位工作人员"})
    return staff


def _check_monday(monday: date) -> None:
    if not rules.is_monday(monday):
        raise NotAMonday({"monday": "不是星期一"})


def _check_due(due: date) -> None:
    if due < clock.now().astimezone(rules.BEIJING).date():
        raise Invalid({"due": "期限不能早于今天"})


def _let(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def _stream(row: Obstacle | Decision) -> str:
    return f"bureau:{row.bureau_id}"


def _data(row: Obstacle) -> dict[str, JSONValue]:
    return {"obstacle": str(row.pk), "week": row.monday.isoformat(), "origin": row.origin}
