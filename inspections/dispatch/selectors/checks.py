"""What a move would do, told before it is made."""

from datetime import datetime
from uuid import UUID

from inspections.bookings.rules import ZONE
from inspections.dispatch import planning, rules
from inspections.dispatch.models import Visit
from inspections.dispatch.planning.shapes import Finding, MoveCheck
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.shapes import Check, Checked
from inspections.dispatch.states import PLEDGED
from inspections.people.selectors import OnDuty, in_area


def check_place(seen: Picture, visit: Visit, staff_id: UUID, starts_at: datetime) -> Checked:
    """Whether somebody can make the visit then while everything else that stands stays.

    `seen` is the picture of that day with the visit in it. Findings: SKILL AREA ABSENT SHIFT
    WINDOW PROMISE BREAK REACH_NEXT TRAVEL; a failed one that is not `blocking` may be overruled.
    """
    on_duty = next((one for one in seen.on_duty if one.staff_id == staff_id), None)
    if on_duty is None:
        text = "这一天不当班，或没有登记出发地点。"
        finding = Check("SHIFT", ok=False, blocking=True, text=text)
        return Checked(ok=False, extra_travel_seconds=0, travel_seconds=0, findings=(finding,))
    planned = Planned(seen)
    live = seen.live(visit.pk)
    rows = planned.live_rows(visit.pk)
    pledged = [live] if live is not None and live.state in PLEDGED else []
    day, result = planned.day([*rows, *pledged]), planned.result([*rows, *pledged])
    start = planned.down(starts_at)
    made = planning.check_move(day, result, str(visit.pk), str(staff_id), start)
    findings = [_told(one, visit) for one in made.findings if one.code != "AREA"]
    findings.append(_area(on_duty, visit))
    way = _way(planned, made, visit)
    findings.append(_travel(made, way))
    ok = not any(one.blocking and not one.ok for one in findings)
    return Checked(ok, made.extra_travel_s, way, tuple(findings))


def check_move(visit: Visit, staff_id: UUID, starts_at: datetime) -> Checked:
    """The same for a visit and a time alone, as the board asks while something is dragged."""
    seen = picture(visit.bureau_id, rules.local_day(starts_at), also=[visit.pk])
    return check_place(seen, seen.visits[visit.pk], staff_id, starts_at)


def _told(one: Finding, visit: Visit) -> Check:
    code, text = one.code, one.text
    if code == "WINDOW" and not one.ok and visit.promised_from and visit.promised_until:
        # The window of a visit with a promise is the promise.
        since, until = (
            at.astimezone(ZONE).strftime("%H:%M")
            for at in (visit.promised_from, visit.promised_until)
        )
        code, text = "PROMISE", f"已答应群众 {since} 至 {until} 之间上门。"
    return Check(code, one.ok, code not in rules.ADVISORY, text)


def _area(on_duty: OnDuty, visit: Visit) -> Check:
    inside = not on_duty.areas or in_area(on_duty.areas, visit.longitude, visit.latitude)
    text = "地址在负责的片区内。" if inside else f"地址不在{on_duty.name}负责的片区。"
    return Check("AREA", ok=inside, blocking=False, text=text)


def _way(planned: Planned, made: MoveCheck, visit: Visit) -> int:
    if not made.route:
        return 0
    return planned.ways(made.route)[0].get(str(visit.pk), 0)


def _travel(made: MoveCheck, way: int) -> Check:
    if not made.route:
        return Check("TRAVEL", ok=True, blocking=False, text="路程在能够安排时才计算。")
    minutes = round(made.extra_travel_s / 60)
    more = f"全天路程{'增加' if minutes >= 0 else '减少'} {abs(minutes)} 分钟"
    text = f"路上约 {max(1, round(way / 60))} 分钟，{more}。"
    return Check("TRAVEL", ok=way <= rules.FAR_SECONDS, blocking=False, text=text)
