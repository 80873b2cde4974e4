from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies
from inspections.dispatch.errors import OrderUnknown, PlanUnknown, VisitUnknown
from inspections.dispatch.models import BoardDay, BoardRevision, DispatchOrder, Plan, Visit
from inspections.dispatch.states import LIVE


def access_visit(actor: Actor, visit_id: UUID) -> Visit:
    """A visit of the board, for those who use it.

    Refuses: `board_not_yours`, `visit_unknown` (another bureau's, too).
    """
    _board(actor)
    found = Visit.objects.filter(pk=visit_id, bureau_id=actor.scope).first()
    if found is None:
        raise VisitUnknown
    return found


def check_field(actor: Actor) -> None:
    """Refuses with `field_not_yours` whoever does not go out."""
    refusal = policies.may_use_field(actor)
    if refusal is not None:
        raise refusal


def board_version(bureau_id: UUID, day: date) -> int:
    """How often the day's board was changed."""
    row = BoardDay.objects.filter(bureau_id=bureau_id, day=day).first()
    return row.version if row else 0


def access_order(actor: Actor, order_id: UUID) -> DispatchOrder:
    """The delegate's own order, in whatever state.

    Refuses: `field_not_yours`, `order_unknown` (a colleague's, too).
    """
    check_field(actor)
    found = _orders().filter(pk=order_id, staff_id=actor.id).first()
    if found is None:
        raise OrderUnknown
    return found


def access_plan(actor: Actor, plan_id: UUID) -> Plan:
    """A plan of the actor's bureau. Refuses: `board_not_yours`, `plan_unknown`."""
    _board(actor)
    found = Plan.objects.filter(pk=plan_id, bureau_id=actor.scope).first()
    if found is None:
        raise PlanUnknown
    return found


def get_visit(visit_id: UUID | str) -> Visit:
    """The visit, for slices above that hold its id; refuses with `visit_unknown`."""
    found = Visit.objects.filter(pk=visit_id).first()
    if found is None:
        raise VisitUnknown
    return found


def get_order(order_id: UUID | str) -> DispatchOrder:
    """The order with its visit and staff, for subscribers; refuses with `order_unknown`."""
    found = _orders().filter(pk=order_id).first()
    if found is None:
        raise OrderUnknown
    return found


def live_order_of(visit_id: UUID) -> DispatchOrder | None:
    """The order of a visit that stands (offered to arrived), with its staff; None when it waits."""
    return _orders().filter(visit_id=visit_id, state__in=LIVE).first()


def visits_of(subject: UUID) -> list[Visit]:
    """All visits of one subject (a delegation, an inspection), oldest first."""
    return list(Visit.objects.filter(subject=subject).order_by("requested_at", "pk"))


def last_revision(bureau_id: UUID, day: date | None = None) -> BoardRevision | None:
    """The last move of a bureau's boards (or of one day's) that may still be undone."""
    rows = BoardRevision.objects.select_related("board").filter(
        Q(board__published_at__isnull=True) | Q(at__gt=F("board__published_at")),
        board__bureau_id=bureau_id,
        undone_at__isnull=True,
    )
    if day is not None:
        rows = rows.filter(board__day=day)
    return rows.order_by("-at", "-pk").first()


def _orders() -> QuerySet[DispatchOrder]:
    return DispatchOrder.objects.select_related("visit", "staff")


def _board(actor: Actor) -> None:
    refusal = policies.may_use_board(actor)
    if refusal is not None:
        raise refusal
