"""What a delegate sees of their own day."""

from datetime import date, timedelta
from uuid import UUID

from fieldsvc.kernel import clock
from fieldsvc.kernel.hashing import sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies, rules
from inspections.dispatch.errors import CalendarUnknown
from inspections.dispatch.models import CalendarToken, DispatchOrder
from inspections.dispatch.states import LIVE, OrderState
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import Purpose
from inspections.people.models import Staff

# How far a calendar shows: what a week's report still asks about, and what can be planned.
_BACK, _AHEAD = timedelta(days=7), timedelta(days=60)
_SHOWN = (*LIVE, OrderState.DONE.value)


def orders_of_day(actor: Actor, day: date) -> list[DispatchOrder]:
    """The delegate's own orders of the local day that stand or are done, in order of time.

    Refuses: `field_not_yours`.
    """
    refusal = policies.may_use_field(actor)
    if refusal is not None:
        raise refusal
    begins = rules.midnight(day)
    rows = DispatchOrder.objects.select_related("visit").filter(
        staff_id=actor.id,
        starts_at__gte=begins,
        starts_at__lt=begins + timedelta(days=1),
        state__in=_SHOWN,
    )
    return list(rows.order_by("starts_at", "pk"))


def is_photo_received(order: DispatchOrder, sha256: str) -> bool:
    """Whether the visit's own dossier holds this photo, and took it in since the departure: one
    of an earlier visit proves nothing."""
    return EvidenceItem.objects.filter(
        dossier__stream=order.visit.stream,
        purpose=Purpose.VISIT.value,
        sha256=sha256,
        admitted_at__gte=order.departed_at,
    ).exists()


def has_calendar(staff_id: UUID | str) -> bool:
    return CalendarToken.objects.filter(staff_id=staff_id, revoked_at__isnull=True).exists()


def calendar_of(token: str) -> tuple[Staff, list[DispatchOrder]]:
    """Whose calendar a secret opens and what is in it; refuses with `calendar_unknown`."""
    row = (
        CalendarToken.objects.select_related("staff")
        .filter(
            token_digest=sha256_hex(token.encode()),
            revoked_at__isnull=True,
            staff__is_active=True,
        )
        .first()
    )
    if row is None:
        raise CalendarUnknown
    now = clock.now()
    orders = DispatchOrder.objects.select_related("visit").filter(
        staff=row.staff,
        starts_at__gte=now - _BACK,
        starts_at__lt=now + _AHEAD,
        state__in=_SHOWN,
    )
    return row.staff, list(orders.order_by("starts_at", "pk"))
