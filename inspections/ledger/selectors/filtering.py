"""One meaning for each filter: lists, exports, statistics and figures all ask here."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor
from inspections.aftercare.models import FollowUp
from inspections.aftercare.selectors import visible_ratings
from inspections.aftercare.states import FollowUpState, Grade
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import OrderState
from inspections.ledger import rules
from inspections.ledger.models import LedgerLine, Obstacle
from inspections.ledger.rules.shapes import NOBODY, Filters, PersonFilters
from inspections.ledger.states import GradeBucket, Phase


def lines(filters: Filters, actor: Actor) -> QuerySet[LedgerLine]:
    """The bureau's lines that all the filters ask for, in no order.

    What rates the asker counts as not rated, so that no filter can find it.
    """
    return LedgerLine.objects.filter(bureau_id=actor.scope).filter(condition(filters, actor))


def condition(filters: Filters, actor: Actor) -> Q:
    return (
        _plain(filters)
        & _persons(filters)
        & _days(filters)
        & _flags(filters)
        & _orders(filters)
        & _ratings(filters, actor)
        & _calls(filters, actor)
    )


def _plain(filters: Filters) -> Q:
    found = Q()
    for field, value in (
        ("kind", filters.kind.value if filters.kind else None),
        ("item", filters.item),
        ("channel", filters.channel),
        ("state", filters.state),
        ("phase", filters.phase.value if filters.phase else None),
    ):
        if value is not None:
            found &= Q(**{field: value})
    if filters.number is not None:
        found &= Q(number__icontains=filters.number)
    if filters.includes is not None:
        found &= Q(items_key__contains=f"|{filters.includes}|")
    for field, value in (("area", filters.area), ("staff_id", filters.delegate)):
        if value is not None:
            found &= _one_or_nobody(field, value)
    return found


def _persons(filters: Filters) -> Q:
    found = Q()
    if not isinstance(filters, PersonFilters):
        return found
    if filters.phone_digest is not None:
        found &= Q(delegation__phone_digest=filters.phone_digest)
    if filters.applicant is not None:
        found &= (
            Q(delegation__applicant_name__startswith=filters.applicant)
            | Q(delegation__contact_name__startswith=filters.applicant)
            | Q(inspection__case__applicant_name__startswith=filters.applicant)
        )
    return found


def _days(filters: Filters) -> Q:
    return (
        _within("registered_at", filters.from_, filters.until)
        & _within("finished_at", filters.finished_from, filters.finished_until)
        & _within("due_at", filters.due_from, filters.due_until)
    )


def _flags(filters: Filters) -> Q:
    now = clock.now()
    found = Q()
    for wanted, meaning in (
        (filters.overdue, Q(phase=Phase.OPEN.value, due_at__lt=now)),
        (filters.late, late(now)),
        (filters.bounced, Q(bounces__gt=0)),
        (filters.many_trips, Q(trips__gt=1)),
        (filters.reached, Q(minutes_to_door__isnull=False)),
        (filters.within_day, Q(minutes_to_door__lte=rules.DOOR_MINUTES)),
    ):
        if wanted is not None:
            found &= meaning if wanted else ~meaning
    if filters.obstacle is not None:
        found &= Q(subject__in=_subjects_of(filters.obstacle))
    return found


def late(now: datetime) -> Q:
    """Finished after its deadline, or still open behind it."""
    return Q(finished_at__gt=F("due_at")) | Q(
        phase=Phase.OPEN.value, finished_at__isnull=True, due_at__lt=now
    )


def _orders(filters: Filters) -> Q:
    if filters.bounced_from is None and filters.bounced_until is None:
        return Q()
    declined = DispatchOrder.objects.filter(
        _within("answered_at", filters.bounced_from, filters.bounced_until),
        visit__subject=OuterRef("subject"),
        state=OrderState.DECLINED.value,
    )
    return Q(Exists(declined))


def _ratings(filters: Filters, actor: Actor) -> Q:
    visible = visible_ratings(actor).filter(subject=OuterRef("subject"))
    found = Q()
    if filters.rated_from is not None or filters.rated_until is not None:
        visible = visible.filter(_within("at", filters.rated_from, filters.rated_until))
        if filters.grade is None:
            found &= Q(Exists(visible))
    if filters.grade is GradeBucket.NONE:
        return found & ~Q(Exists(visible))
    if filters.grade is GradeBucket.BAD:
        return found & Q(Exists(visible.filter(grade__lte=Grade.BAD.value)))
    if filters.grade is GradeBucket.GOOD:
        return found & Q(Exists(visible.filter(grade__gt=Grade.BAD.value)))
    return found


def _calls(filters: Filters, actor: Actor) -> Q:
    if filters.followed_from is None and filters.followed_until is None:
        return Q()
    calls = FollowUp.objects.filter(
        _within("done_at", filters.followed_from, filters.followed_until),
        subject=OuterRef("subject"),
        bureau_id=actor.scope,
        state=FollowUpState.DONE.value,
    )
    if actor.kind == "staff":
        calls = calls.exclude(rated__id=actor.id)
    return Q(Exists(calls))


def _within(field: str, first: date | None, last: date | None) -> Q:
    since, until = rules.days_span(first, last)
    found = Q()
    if since is not None:
        found &= Q(**{f"{field}__gte": since})
    if until is not None:
        found &= Q(**{f"{field}__lt": until})
    return found


def _one_or_nobody(field: str, value: str) -> Q:
    if value == NOBODY:
        return Q(**{f"{field}__isnull": True})
    try:
        return Q(**{field: UUID(value)})
    except ValueError:
        return Q(pk__in=[])


def _subjects_of(obstacle: UUID) -> list[str]:
    row = Obstacle.objects.filter(pk=obstacle).first()
    return list(row.subjects) if row else []
