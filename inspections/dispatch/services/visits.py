"""Opening and giving up a visit."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.dispatch import rules
from inspections.dispatch.errors import VisitOver
from inspections.dispatch.models import Hold, Visit
from inspections.dispatch.services.common import facts, live_order, locked_visit, touch_board
from inspections.dispatch.shapes import NewVisit
from inspections.dispatch.states import VisitKind, VisitState, WithdrawReason
from inspections.people.models import Staff
from inspections.people.states import Skill


@transaction.atomic
def request_visit(new: NewVisit, *, actor: Actor) -> Visit:
    """Put one more visit onto the board, waiting for an order; its clock starts now.

    Minutes are rounded up to whole cells of five. Refuses with `invalid` (`fields.errors`).
    Journal on `new.stream`: `visit.requested`; name, phone, address and notes go in as secrets.
    """
    _check(new)
    visit = Visit.objects.create(
        id=ids.new(),
        bureau_id=new.bureau_id,
        stream=new.stream,
        subject=new.subject,
        kind=VisitKind(new.kind).value,
        title=new.title,
        case_label=new.case_label,
        contact_name=new.contact_name,
        contact_phone=new.contact_phone,
        address=new.address,
        note=new.note,
        door_note=new.door_note,
        longitude=new.place[0],
        latitude=new.place[1],
        skills=sorted(new.skills),
        minutes=rules.on_grid(new.minutes),
        window_from=new.window_from,
        window_until=new.window_until,
        priority=new.priority,
        protected=new.protected,
        may_be_video=new.may_be_video,
        wanted_staff_id=new.wanted_staff,
        requested_at=clock.now(),
    )
    journal.append(
        visit.stream,
        "visit.requested",
        actor=actor,
        data={**facts(visit), **_wish(visit)},
        private=_personal(new),
    )
    return visit


@transaction.atomic
def cancel_visit(visit_id: UUID, *, reason: str, actor: Actor) -> Visit:
    """Give a visit up: its order is withdrawn, whoever was to come is free again.

    `reason` is a code of the caller's. The same again changes nothing. Refuses: `visit_unknown`,
    `visit_over` (done), `transition_refused` (the delegate is inside). Call it before appending to
    the visit's own stream. Journal: `order.withdrawn` (if there was one), `visit.cancelled`.
    """
    visit = locked_visit(visit_id)
    if visit.state == VisitState.CANCELLED.value:
        return visit
    if visit.is_over:
        raise VisitOver
    order = live_order(visit)
    if order is None:
        give_up_hold(visit)
        _cancel(visit, reason, actor)
        return visit
    now = clock.now()
    data = facts(visit, order, reason=WithdrawReason.CANCELLED.value)
    workflow.move(
        order,
        lambda: order.withdraw(at=now, reason_code=WithdrawReason.CANCELLED.value),
        actor=actor,
        kind="order.withdrawn",
        stream=visit.stream,
        data=data,
    )
    bookings.release(order.pk)
    _cancel(visit, reason, actor)
    touch_board(visit.bureau_id, rules.local_day(order.starts_at))
    return visit


def erase_contacts(subject: UUID) -> None:
    """Take the contact out of all visits of an inspection or a delegation. Idempotent."""
    visits = Visit.objects.filter(subject=subject)
    visits.update(contact_name="", contact_phone="", door_note="")


def give_up_hold(visit: Visit) -> None:
    """Free what was kept for the visit's promise, if anything was."""
    hold = Hold.objects.filter(visit=visit).first()
    if hold is not None:
        bookings.release(hold.pk)
        hold.delete()


def _cancel(visit: Visit, reason: str, actor: Actor) -> None:
    workflow.move(
        visit,
        "cancel",
        actor=actor,
        kind="visit.cancelled",
        stream=visit.stream,
        data=facts(visit, reason=reason),
    )


def _check(new: NewVisit) -> None:
    errors: dict[str, str] = {}
    least, most = rules.MINUTES
    if not least <= new.minutes <= most:
        errors["minutes"] = f"上门时长应在 {least} 到 {most} 分钟之间"
    if new.window_until < new.window_from:
        errors["window"] = "结束时间早于开始时间"
    if new.priority not in rules.PRIORITIES:
        errors["priority"] = "不在可选范围内"
    if unknown := new.skills - {skill.value for skill in Skill}:
        errors["skills"] = "没有这项技能：" + "、".join(sorted(unknown))
    longitude, latitude = new.place
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        errors["place"] = "经纬度不对"
    if new.wanted_staff is not None and not _works_here(new.wanted_staff, new.bureau_id):
        errors["wanted_staff"] = "本局没有这位专员"
    if errors:
        raise Invalid(errors)


def _works_here(staff_id: UUID, bureau_id: UUID) -> bool:
    return Staff.objects.filter(pk=staff_id, bureau_id=bureau_id, is_active=True).exists()


def _wish(visit: Visit) -> dict[str, JSONValue]:
    return {
        "skills": list(visit.skills),
        "minutes": visit.minutes,
        "window_from": clock.iso(visit.window_from),
        "window_until": clock.iso(visit.window_until),
        "priority": visit.priority,
        "protected": visit.protected,
        "wanted_staff": str(visit.wanted_staff_id) if visit.wanted_staff_id else None,
    }


def _personal(new: NewVisit) -> dict[str, str]:
    told = {
        "contact_name": new.contact_name,
        "contact_phone": new.contact_phone,
        "address": new.address,
        "note": new.note,
        "door_note": new.door_note,
        "place": f"{new.place[0]},{new.place[1]}",
    }
    return {name: value for name, value in told.items() if value}
