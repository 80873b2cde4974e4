"""Promising a window, and keeping a place for it until somebody is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, append
from inspections.bookings import services as bookings
from inspections.bookings.errors import StaffTaken
from inspections.bookings.rules import Slot
from inspections.dispatch import policies, rules, selectors
from inspections.dispatch.errors import WindowGone
from inspections.dispatch.models import DispatchOrder, Hold, Visit
from inspections.dispatch.selectors.picture import picture
from inspections.dispatch.services.common import (
    facts,
    live_order,
    locked_visit,
    seen_visit,
    touch_board,
    withdraw,
)
from inspections.dispatch.services.visits import give_up_hold
from inspections.dispatch.shapes import Spot, WindowOffer
from inspections.dispatch.states import WithdrawReason


@dataclass(frozen=True, slots=True)
class Agreed:
    """A window as the applicant has agreed to it; `note` is what was said on the call."""

    since: datetime
    until: datetime
    note: str = ""


@transaction.atomic
def promise(visit_id: UUID, since: datetime, until: datetime, *, actor: Actor) -> Visit:
    """Promise that the visit starts between `since` and `until` (one local day).

    The place found for it is held, so that no later promise can take it; whoever plans may still
    send somebody else within the window. The same window again changes nothing. Refuses:
    `visit_unknown`, `visit_over`, `visit_under_way`, `window_gone` (`fields.alternatives`).
    Journal: `visit.promised`.
    """
    visit = locked_visit(visit_id)
    if (visit.promised_from, visit.promised_until) == (since, until):
        return visit
    live = live_order(visit)
    refusal = policies.may_place(visit, live)
    if refusal is not None:
        raise refusal
    _promise(visit, live, Agreed(since, until), actor)
    return visit


@transaction.atomic
def agree(visit_id: UUID, agreed: Agreed, *, version: int, actor: Actor) -> Visit:
    """Promise another window than before, as agreed on a call; `version` is the visit's.

    An order outside of it is taken back from whoever was to go, accepted or not. Refuses:
    `visit_unknown`, `stale_version`, `visit_over`, `visit_under_way`, `window_gone`
    (`fields.alternatives`; the old promise then stands). Journal: `order.withdrawn` as needed,
    `visit.promised` with the window before; the note is kept as a secret.
    """
    visit = seen_visit(visit_id, version)
    live = live_order(visit)
    if live is not None and not agreed.since <= live.starts_at <= agreed.until:
        live.visit = visit
        touch_board(visit.bureau_id, rules.local_day(live.starts_at))
        withdraw(live, WithdrawReason.REAGREED, actor=actor)
        live = None
    _promise(visit, live, agreed, actor)
    return visit


def _promise(visit: Visit, live: DispatchOrder | None, agreed: Agreed, actor: Actor) -> None:
    since, until = agreed.since, agreed.until
    if live is None:
        give_up_hold(visit)
        possible = hold_within(visit, since, until) is not None
    else:
        possible = since <= live.starts_at <= until
    if not possible:
        raise WindowGone({"alternatives": window_alternatives(visit)})
    told: dict[str, JSONValue] = {"from": clock.iso(since), "until": clock.iso(until)}
    if visit.promised_from is not None and visit.promised_until is not None:
        told["before"] = {
            "from": clock.iso(visit.promised_from),
            "until": clock.iso(visit.promised_until),
        }
        touch_board(visit.bureau_id, rules.local_day(visit.promised_from))
    visit.promised_from, visit.promised_until = since, until
    workflow.save_fields(visit, "promised_from", "promised_until")
    touch_board(visit.bureau_id, rules.local_day(since))
    append(
        visit.stream,
        "visit.promised",
        actor=actor,
        data={**facts(visit), **told},
        private={"note": agreed.note} if agreed.note else None,
    )


def hold_within(
    visit: Visit, since: datetime, until: datetime, *, avoid: UUID | None = None
) -> Hold | None:
    """Keep the cheapest checked place in the span for the visit, or None where there is none.

    `avoid` is somebody not to be asked again. The caller holds the bureau's queue.
    """
    seen = picture(visit.bureau_id, rules.local_day(since), also=[visit.pk])
    wished = _as_wished(seen.visits[visit.pk], since, until)
    spot = selectors.place_within(seen, wished, since, until, avoid=avoid)
    return _keep(visit, spot) if spot is not None else None


def keep_promise(visit: Visit, *, avoid: UUID) -> Hold | None:
    """Hold another place for a visit that lost its order, if it was promised a window to come."""
    since, until = visit.promised_from, visit.promised_until
    if since is None or until is None or until < clock.now():
        return None
    return hold_within(visit, since, until, avoid=avoid)


def window_alternatives(visit: Visit) -> list[JSONValue]:
    """The next three checked windows of a visit, from now to a day after the one it wished for."""
    now = clock.now()
    wish = selectors.Wish(
        place=visit.place,
        skills=frozenset(visit.skills),
        minutes=visit.minutes,
        since=max(now, visit.window_from),
        until=max(now, visit.window_until) + timedelta(days=1),
        wanted_staff=visit.wanted_staff_id,
        instead_of=visit.pk,
    )
    offers = selectors.windows_for(visit.bureau_id, wish, limit=rules.ALTERNATIVES)
    return [window_json(one) for one in offers]


def window_json(offer: WindowOffer) -> JSONValue:
    return {
        "starts_from": clock.iso(offer.starts_from),
        "starts_until": clock.iso(offer.starts_until),
        "label": offer.label,
        "why": offer.why,
    }


def _as_wished(visit: Visit, since: datetime, until: datetime) -> Visit:
    """The visit with the window asked about, in memory only."""
    visit.promised_from, visit.promised_until = since, until
    return visit


def _keep(visit: Visit, spot: Spot) -> Hold | None:
    ends_at = spot.starts_at + timedelta(minutes=visit.minutes)
    hold = Hold(
        id=ids.new(),
        bureau_id=visit.bureau_id,
        visit=visit,
        staff_id=spot.staff_id,
        starts_at=spot.starts_at,
        ends_at=ends_at,
        made_at=clock.now(),
    )
    try:
        bookings.occupy(spot.staff_id, Slot(hold.starts_at, hold.ends_at), holder=hold.pk)
    except StaffTaken:
        return None
    hold.save(force_insert=True)
    return hold
