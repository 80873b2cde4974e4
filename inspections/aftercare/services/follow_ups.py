"""Calling back (回访): whom, why, with what outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import policies, rules
from inspections.aftercare.errors import BlockedPointNeedsText, TooEarlyAgain
from inspections.aftercare.models import FollowUp
from inspections.aftercare.rules import Delivered
from inspections.aftercare.selectors import Subject
from inspections.aftercare.services.common import deadline, system
from inspections.aftercare.states import BlockedPoint, Cause, FollowUpOutcome, FollowUpState
from inspections.people.selectors import get_staff

PAUSE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Call:
    """What came of a call; `blocked_point` is where the case got stuck, if it did."""

    version: int
    outcome: FollowUpOutcome
    said: str = ""
    blocked_point: BlockedPoint | None = None
    blocked_text: str = ""


def queue_after_delivery(subject: Subject, at: datetime) -> FollowUp | None:
    """Queue a call about a service delivered at `at`: all that were late or took several trips,
    and a tenth of the rest by a stable hash of the id. Idempotent. Journal: `follow_up.opened`.
    """
    found = rules.causes(Delivered(subject.id, at, subject.due_at, subject.trips))
    if not found:
        return None
    if FollowUp.objects.filter(subject_kind=subject.kind.value, subject=subject.id).exists():
        return None
    with transaction.atomic():
        return queue_call(subject, found)


def queue_call(subject: Subject, found: Sequence[Cause]) -> FollowUp:
    """Queue one call, or add the causes to the one that is open: nobody is called twice for one
    service. Runs in the caller's transaction. Journal: `follow_up.opened` or `.widened`.
    """
    known = FollowUp.objects.filter(
        subject_kind=subject.kind.value, subject=subject.id, state=FollowUpState.OPEN.value
    ).first()
    if known is not None:
        return _widen(known, subject, found)
    now = clock.now()
    cause = rules.gravest(found)
    due = deadline(subject.bureau.pk, now, rules.FOLLOW_UP_WORKING_DAYS[cause])
    call = FollowUp.objects.create(
        id=ids.new(),
        bureau=subject.bureau,
        subject_kind=subject.kind.value,
        subject=subject.id,
        number=subject.number,
        cause=cause.value,
        causes=[one.value for one in Cause if one in found],
        opened_at=now,
        due_at=due.at,
        calendar_version=due.calendar_version,
        provisional=due.provisional,
        script=_script(subject, found),
    )
    call.rated.set(subject.rated)
    _tell(call, "follow_up.opened", system(call.bureau_id), causes=call.causes)
    return call


def finish_call(call: FollowUp, done: Call, *, actor: Actor) -> FollowUp:
    """Record what the person said; a blocked point goes to the Monday meeting.

    Refuses: `not_allowed`, `blocked_point_needs_text` (OTHER without a sentence),
    `transition_refused`, `stale_version`. Journal: `follow_up.done`; what was said is private.
    """
    _check_caller(actor)
    if done.blocked_point is BlockedPoint.OTHER and not done.blocked_text:
        raise BlockedPointNeedsText({"blocked_text": "请写明堵在哪里"})
    call.version = done.version
    point = done.blocked_point.value if done.blocked_point else ""
    workflow.move(
        call,
        partial(
            call.finish,
            at=clock.now(),
            by=get_staff(actor),
            outcome=done.outcome.value,
            said=done.said,
            blocked=(point, done.blocked_text),
        ),
        actor=actor,
        kind="follow_up.done",
        stream=call.stream,
        data={**_data(call), "outcome": done.outcome.value, "blocked_point": point or None},
        private={"said": done.said, "blocked_text": done.blocked_text},
    )
    return call


def note_unreachable(call: FollowUp, *, version: int, actor: Actor) -> FollowUp:
    """Nobody answered; the third time the call is given up.

    Refuses: `not_allowed`, `follow_up_too_early` (within two hours of the last try),
    `transition_refused`, `stale_version`. Journal: `follow_up.tried` or `follow_up.unreachable`.
    """
    _check_caller(actor)
    now = clock.now()
    if call.last_try_at is not None and now < call.last_try_at + PAUSE:
        raise TooEarlyAgain({"again_at": clock.iso(call.last_try_at + PAUSE)})
    call.version = version
    data = {**_data(call), "tries": call.tries + 1}
    if call.state != FollowUpState.OPEN.value or call.tries + 1 >= rules.TRIES:
        workflow.move(
            call,
            partial(call.give_up, at=now, by=get_staff(actor)),
            actor=actor,
            kind="follow_up.unreachable",
            stream=call.stream,
            data=data,
        )
        return call
    with transaction.atomic():
        call.tries += 1
        call.last_try_at = now
        workflow.save_fields(call, "tries", "last_try_at")
        journal.append(call.stream, "follow_up.tried", actor=actor, data=data)
    return call


def _widen(call: FollowUp, subject: Subject, found: Sequence[Cause]) -> FollowUp:
    all_found = [one for one in Cause if one in found or one.value in call.causes]
    if [one.value for one in all_found] == call.causes:
        return call
    cause = rules.gravest(all_found)
    due = deadline(call.bureau_id, clock.now(), rules.FOLLOW_UP_WORKING_DAYS[cause])
    call.causes = [one.value for one in all_found]
    call.cause = cause.value
    call.script = _script(subject, all_found)
    # A graver cause may only bring the call forward.
    call.due_at = min(call.due_at, due.at)
    workflow.save_fields(call, "causes", "cause", "script", "due_at")
    _tell(call, "follow_up.widened", system(call.bureau_id), causes=call.causes)
    return call


def _script(subject: Subject, found: Sequence[Cause]) -> list[str]:
    return rules.script(
        found, number=subject.number, bureau=subject.bureau.name, items=subject.items_text
    )


def _check_caller(actor: Actor) -> None:
    refusal = policies.may_call(actor)
    if refusal is not None:
        raise refusal


def _tell(call: FollowUp, kind: str, actor: Actor, **more: JSONValue) -> None:
    journal.append(call.stream, kind, actor=actor, data={**_data(call), **more})


def _data(call: FollowUp) -> dict[str, JSONValue]:
    return {
        "follow_up": str(call.pk),
        "subject_kind": call.subject_kind,
        "subject": str(call.subject),
        "cause": call.cause,
    }
