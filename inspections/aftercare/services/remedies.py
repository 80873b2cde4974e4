"""Putting right what a bad rating tells of (差评整改), within 15 working days."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import policies, rules
from inspections.aftercare.errors import OwnerUnknown, OwnerWasRated
from inspections.aftercare.models import Rating, Remedy
from inspections.aftercare.services.common import deadline, system
from inspections.aftercare.states import RemedyOutcome, RemedyState
from inspections.people.models import Staff
from inspections.people.selectors import get_staff
from inspections.people.states import Role


@dataclass(frozen=True, slots=True)
class Closing:
    """`found` is what was looked into, `answer` what the applicant was told."""

    version: int
    outcome: RemedyOutcome
    found: str
    answer: str


def open_remedy(rating: Rating) -> Remedy:
    """Open the remedy of a bad rating for a head (else a dispatcher) who took no part.

    Runs in the rating's transaction. Nobody free of part: it stays without an owner and is
    escalated. Journal: `remedy.opened`.
    """
    now = clock.now()
    due = deadline(rating.bureau_id, now, rules.REMEDY_WORKING_DAYS)
    remedy = Remedy.objects.create(
        id=ids.new(),
        bureau_id=rating.bureau_id,
        rating=rating,
        owner=_owner_for(rating),
        opened_at=now,
        due_at=due.at,
        calendar_version=due.calendar_version,
        provisional=due.provisional,
    )
    data: dict[str, JSONValue] = {
        **_data(remedy),
        "owner": str(remedy.owner_id) if remedy.owner_id else None,
        "due_at": clock.iso(remedy.due_at),
    }
    actor = system(rating.bureau_id)
    journal.append(rating.stream, "remedy.opened", actor=actor, data=data)
    return remedy


@transaction.atomic
def assign_remedy(remedy: Remedy, staff_id: UUID, *, version: int, actor: Actor) -> Remedy:
    """Give an open remedy to another owner.

    Refuses: `not_allowed` (heads only), `owner_unknown`, `owner_was_rated`, `stale_version`.
    Journal: `remedy.assigned`.
    """
    refusal = policies.may_assign_remedy(actor)
    if refusal is not None:
        raise refusal
    owner = Staff.objects.filter(pk=staff_id, bureau_id=remedy.bureau_id, is_active=True).first()
    if owner is None or not set(owner.roles) & policies.CALLERS:
        raise OwnerUnknown
    if remedy.rating.rated.filter(pk=owner.pk).exists():
        raise OwnerWasRated
    remedy.version = version
    remedy.owner = owner
    workflow.save_fields(remedy, "owner")
    data = {**_data(remedy), "owner": str(owner.pk)}
    journal.append(remedy.rating.stream, "remedy.assigned", actor=actor, data=data)
    return remedy


def close_remedy(remedy: Remedy, closing: Closing, *, actor: Actor) -> Remedy:
    """Settle a bad rating with what was found and what the applicant was told.

    Refuses: `not_allowed`, `not_the_owner`, `transition_refused`, `stale_version`.
    Journal: `remedy.closed`; both texts are private.
    """
    refusal = policies.may_close_remedy(actor, remedy)
    if refusal is not None:
        raise refusal
    remedy.version = closing.version
    workflow.move(
        remedy,
        partial(
            remedy.close,
            at=clock.now(),
            by=get_staff(actor),
            outcome=closing.outcome.value,
            found=closing.found,
            answer=closing.answer,
        ),
        actor=actor,
        kind="remedy.closed",
        stream=remedy.rating.stream,
        data={**_data(remedy), "outcome": closing.outcome.value},
        private={"found": closing.found, "answer": closing.answer},
    )
    return remedy


def escalate_remedies() -> int:
    """Tell of each open remedy that is past its deadline, once; returns how many.

    Journal: `remedy.escalated`.
    """
    now = clock.now()
    late = Remedy.objects.select_related("rating").filter(
        state=RemedyState.OPEN.value, due_at__lte=now, escalated_at__isnull=True
    )
    for remedy in late:
        with transaction.atomic():
            remedy.escalated_at = now
            workflow.save_fields(remedy, "escalated_at")
            actor = system(remedy.bureau_id)
            stream = remedy.rating.stream
            journal.append(stream, "remedy.escalated", actor=actor, data=_data(remedy))
    return len(late)


def _owner_for(rating: Rating) -> Staff | None:
    """Heads before dispatchers, then the one with the fewest open remedies."""
    rated = set(rating.rated.values_list("pk", flat=True))
    everyone = Staff.objects.filter(bureau_id=rating.bureau_id, is_active=True)
    free = [one for one in everyone if one.pk not in rated and set(one.roles) & policies.CALLERS]
    load = {
        row["owner"]: row["count"]
        for row in Remedy.objects.filter(
            bureau_id=rating.bureau_id, state=RemedyState.OPEN.value, owner__isnull=False
        )
        .values("owner")
        .annotate(count=Count("pk"))
    }
    return min(
        free,
        key=lambda one: (not one.has_role(Role.HEAD), load.get(one.pk, 0), one.badge_number),
        default=None,
    )


def _data(remedy: Remedy) -> dict[str, JSONValue]:
    return {
        "remedy": str(remedy.pk),
        "rating": str(remedy.rating_id),
        "subject_kind": remedy.rating.subject_kind,
        "subject": str(remedy.rating.subject),
    }
