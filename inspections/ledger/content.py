"""What a weekly report says, gathered once; afterwards only this is set in type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fieldsvc.kernel.journal import Actor, JournalEntry, JournalStream
from inspections.aftercare.models import FollowUp, Rating, Unresolved
from inspections.aftercare.states import Cause, FollowUpState
from inspections.ledger import rules, selectors, wording
from inspections.ledger.models import Decision, LedgerLine, Obstacle
from inspections.ledger.rules.shapes import (
    DecisionLine,
    Figure,
    Filters,
    Heads,
    ObstacleLine,
    Quote,
    Share,
    WeekContent,
)
from inspections.ledger.selectors import lines
from inspections.ledger.states import DecisionState, ObstacleState, Origin, Phase
from inspections.ledger.wording import WeekName
from inspections.people.models import Bureau

VERSION = 1
SHARES = 8
QUOTES = 5
HIDDEN = "（评价不足 5 件，按规定不单独公布）"


@dataclass(frozen=True, slots=True)
class _Week:
    """One week of one bureau, counted for nobody in particular."""

    actor: Actor
    first: date

    @property
    def last(self) -> date:
        return rules.sunday_of(self.first)

    @property
    def before(self) -> "_Week":
        return _Week(self.actor, self.first - rules.WEEK)

    def count(self, filters: Filters) -> int:
        return lines(filters, self.actor).count()


@dataclass(frozen=True, slots=True)
class _Measure:
    """`good` is 1 where more is better, -1 where less is, 0 where it is neither."""

    key: str
    label: str
    filters: Callable[["_Week"], Filters]
    good: int
    unit: str = "件"


_MEASURES = (
    _Measure("registered", "登记", lambda w: Filters(from_=w.first, until=w.last), 0),
    _Measure(
        "finished",
        "办结",
        lambda w: Filters(finished_from=w.first, finished_until=w.last, phase=Phase.FINISHED),
        1,
    ),
    _Measure(
        "within_day",
        "一天内上门",
        lambda w: Filters(from_=w.first, until=w.last, within_day=True),
        1,
    ),
    _Measure(
        "late", "超过承诺时限", lambda w: Filters(due_from=w.first, due_until=w.last, late=True), -1
    ),
    _Measure(
        "many_trips",
        "上门不止一趟",
        lambda w: Filters(finished_from=w.first, finished_until=w.last, many_trips=True),
        -1,
    ),
    _Measure(
        "bounced", "被退过单", lambda w: Filters(bounced_from=w.first, bounced_until=w.last), -1
    ),
    _Measure(
        "followed", "完成回访", lambda w: Filters(followed_from=w.first, followed_until=w.last), 1
    ),
)


def gather(bureau: Bureau, monday: date, at: datetime, heads: Heads) -> WeekContent:
    """The content of the week that begins on `monday`, as of `at`."""
    week = _Week(Actor("system", "system", str(bureau.pk)), monday)
    name = wording.week_name(monday, week.last, rules.monday_of(at))
    figures = [_figure(one, week) for one in _MEASURES]
    figures += [_minutes(week), *_ratings(week, bureau), _unresolved(week, bureau)]
    by_key = {one["key"]: one for one in figures}
    obstacles = selectors.obstacles_of(bureau.pk, monday)
    decided = selectors.decisions_to_look_at(bureau.pk, monday)
    return {
        "v": VERSION,
        "title": "上门代办与勘验周报",
        "bureau": bureau.name,
        "monday": monday.isoformat(),
        "sunday": week.last.isoformat(),
        "read_on": wording.long_day(monday + rules.WEEK),
        "made_at": wording.moment(at),
        "week_name": name.short,
        "opening": _opening(name, by_key, _commonest_point(bureau.pk, monday)),
        "figures": figures,
        "by_item": _shares(week, "item", "item_title"),
        "by_area": _shares(week, "area", "area_title", none="没有划入片区"),
        "by_delegate": _shares(week, "staff_id", "staff__name", none="还没有人接单"),
        "obstacles": [_obstacle(row, monday) for row in obstacles],
        "obstacle_sentence": _obstacle_sentence(obstacles, name),
        "quotes": _quotes(bureau.pk, monday),
        "decisions": [_decision(row, at) for row in decided],
        "decision_sentence": _decision_sentence(decided, at),
        "decided_now": [_decision(row, at) for row in selectors.decisions_of(bureau.pk, monday)],
        "closing": _closing(len(heads)),
        "streams": len(heads),
        "head": rules.tree(heads),
    }


def heads_of(bureau_id: UUID) -> Heads:
    """Name, length and last digest of every chain that the bureau has written to."""
    streams = JournalEntry.objects.filter(scope=str(bureau_id)).values("stream")
    rows = JournalStream.objects.filter(stream__in=streams).order_by("stream")
    return list(rows.values_list("stream", "length", "head"))


def _figure(one: _Measure, week: _Week) -> Figure:
    filters = one.filters(week)
    value, before = week.count(filters), week.before.count(one.filters(week.before))
    return _compared(one, value, before, filters.query())


def _compared(
    one: _Measure, value: int | None, before: int | None, opens: dict[str, str] | None
) -> Figure:
    moved = 0 if value is None or before is None else value - before
    return {
        "key": one.key,
        "label": one.label,
        "unit": one.unit,
        "value": value,
        "before": before,
        "change": wording.change(value, before, one.unit),
        "better": None if moved * one.good == 0 else moved * one.good > 0,
        "filter": opens,
    }


def _minutes(week: _Week) -> Figure:
    def reached(one: _Week) -> Filters:
        return Filters(from_=one.first, until=one.last, reached=True)

    def median(one: _Week) -> int | None:
        found = lines(reached(one), one.actor).values_list("minutes_to_door", flat=True)
        return rules.median(minutes for minutes in found if minutes is not None)

    measure = _Measure("minutes_to_door", "从登记到上门（中位数）", reached, -1, "分钟")
    return _compared(measure, median(week), median(week.before), reached(week).query())


def _ratings(week: _Week, bureau: Bureau) -> list[Figure]:
    """Told only from 5 up: the report is read aloud before those who are rated."""

    def spread(one: _Week) -> tuple[int | None, int | None]:
        since, until = rules.week_span(one.first)
        rows = Rating.objects.filter(bureau=bureau, at__gte=since, at__lt=until)
        total = rows.count()
        if total < rules.PUBLISHED_FROM:
            return None, None
        return total, rows.filter(grade__lte=2).count()

    (total, bad), (total_before, bad_before) = spread(week), spread(week.before)
    rated = Filters(rated_from=week.first, rated_until=week.last).query()
    measures = (
        (_Measure("rated", "群众评价", _nothing, 1), total, total_before, rated),
        (_Measure("bad", "其中差评", _nothing, -1), bad, bad_before, {**rated, "grade": "BAD"}),
    )
    return [
        _compared(measure, value, before, None if value is None else opens)
        for measure, value, before, opens in measures
    ]


def _unresolved(week: _Week, bureau: Bureau) -> Figure:
    def count(one: _Week) -> int:
        since, until = rules.week_span(one.first)
        rows = Unresolved.objects.filter(bureau=bureau, registered_at__gte=since)
        return rows.filter(registered_at__lt=until).count()

    measure = _Measure("unresolved", "“办不成事”收件", _nothing, -1)
    # These are no lines of the ledger: each stands among the obstacles by its number.
    return _compared(measure, count(week), count(week.before), None)


def _nothing(_week: _Week) -> Filters:
    return Filters()


def _opening(name: WeekName, by_key: dict[str, Figure], point: str) -> list[str]:
    said = [_registered(name, by_key), _reached(name, by_key), _late_words(by_key)]
    rated, bad = by_key["rated"]["value"], by_key["bad"]["value"]
    if rated is not None and bad is not None:
        voice = f"群众评价 {rated} 件，" + (f"其中差评 {bad} 件。" if bad else "没有差评。")
    else:
        voice = f"群众评价不单列{HIDDEN}。"
    said.append(f"完成回访 {by_key['followed']['value']} 件。{voice}")
    if point:
        said.append(point)
    return said


def _registered(name: WeekName, by_key: dict[str, Figure]) -> str:
    new, done = by_key["registered"], by_key["finished"]
    return (
        f"{name.full}全局登记 {new['value']} 件"
        f"{wording.against(new['value'], new['before'], '件')}；办结 {done['value']} 件"
        f"{wording.against(done['value'], done['before'], '件')}。"
    )


def _reached(name: WeekName, by_key: dict[str, Figure]) -> str:
    minutes, within = by_key["minutes_to_door"], by_key["within_day"]
    if minutes["value"] is None:
        return f"{name.short}登记的件还没有上门记录。"
    said = f"从群众来电登记到专员上门，一半的件在 {wording.length(minutes['value'])}以内"
    if minutes["before"] is not None:
        said += f"，前一周是 {wording.length(minutes['before'])}"
    return f"{said}；登记后一天之内有人上门的 {within['value']} 件。"


def _late_words(by_key: dict[str, Figure]) -> str:
    late, trips, bounced = by_key["late"], by_key["many_trips"], by_key["bounced"]
    said = (
        f"超过承诺时限的 {late['value']} 件{wording.against(late['value'], late['before'], '件')}"
        if late["value"]
        else "没有一件超过承诺时限"
    )
    rest = [
        f"{words} {one['value']} 件"
        for one, words in ((trips, "上门不止一趟的"), (bounced, "派单后被退回过的"))
        if one["value"]
    ]
    return f"{said}{'；' + '，'.join(rest) if rest else ''}。"


def _commonest_point(bureau_id: UUID, monday: date) -> str:
    points = Obstacle.objects.filter(
        bureau_id=bureau_id, monday=monday, origin=Origin.BLOCKED_POINT.value
    )
    top = points.order_by("-count", "key").first()
    return f"回访中{top.title}的最多，有 {top.count} 件。" if top else ""


def _shares(week: _Week, group: str, title: str, none: str = "—") -> list[Share]:
    def counted(one: _Week, filters: Filters) -> dict[object, int]:
        found: dict[object, int] = {}
        for key in lines(filters, one.actor).values_list(group, flat=True):
            found[key] = found.get(key, 0) + 1
        return found

    measures = {one.key: one for one in _MEASURES}
    new = counted(week, measures["registered"].filters(week))
    old = counted(week.before, measures["registered"].filters(week.before))
    done = counted(week, measures["finished"].filters(week))
    late = counted(week, measures["late"].filters(week))
    labels = dict(
        LedgerLine.objects.filter(bureau_id=week.actor.scope)
        .order_by("registered_at")
        .values_list(group, title)
    )
    keys = sorted(
        new.keys() | old.keys() | done.keys() | late.keys(),
        key=lambda key: (-new.get(key, 0), -done.get(key, 0), str(labels.get(key) or "")),
    )
    return [
        {
            "label": str(labels.get(key) or none),
            "total": new.get(key, 0),
            "before": old.get(key, 0),
            "finished": done.get(key, 0),
            "late": late.get(key, 0),
        }
        for key in keys[:SHARES]
    ]


def _obstacle(row: Obstacle, monday: date) -> ObstacleLine:
    return {
        "title": row.title,
        "origin": Origin(row.origin).label,
        "count": row.count,
        "detail": row.detail,
        "owner": row.claimed_by.name if row.claimed_by else "",
        "due": wording.day(row.due) if row.due else "",
        "state": ObstacleState(row.state).label,
        "from_week": "" if row.monday == monday else f"{wording.day(row.monday)}那周提出",
    }


def _obstacle_sentence(rows: list[Obstacle], name: WeekName) -> str:
    if not rows:
        return f"{name.short}没有记录到堵点。"
    free = sum(row.state == ObstacleState.OPEN.value for row in rows)
    said = f"摆在会上的堵点 {len(rows)} 个"
    if not free:
        return f"{said}，都有人认领。"
    return f"{said}，{free} 个还没有人认领，请在会上逐个认领。"


def _quotes(bureau_id: UUID, monday: date) -> list[Quote]:
    """What people said on the phone; never those who were called for a bad rating."""
    since, until = rules.week_span(monday)
    calls = FollowUp.objects.filter(
        bureau_id=bureau_id,
        state=FollowUpState.DONE.value,
        done_at__gte=since,
        done_at__lt=until,
    ).exclude(said="")
    told = [one for one in calls.order_by("done_at") if Cause.BAD_RATING.value not in one.causes]
    return [{"number": one.number, "text": one.said[:200]} for one in told[:QUOTES]]


def _decision(row: Decision, at: datetime) -> DecisionLine:
    return {
        "text": row.text,
        "owner": row.owner,
        "due": wording.day(row.due),
        "state": DecisionState(row.state).label,
        "late": _is_late(row, at),
        "note": row.note,
    }


def _is_late(row: Decision, at: datetime) -> bool:
    return row.done_at is None and row.due < at.astimezone(rules.BEIJING).date()


def _decision_sentence(rows: list[Decision], at: datetime) -> str:
    if not rows:
        return "上次会议没有留下待落实的决定。"
    done = sum(row.done_at is not None for row in rows)
    late = sum(_is_late(row, at) for row in rows)
    said = f"上次会议以来要落实的决定 {len(rows)} 项，完成 {done} 项"
    if done == len(rows):
        return f"{said}，全部落实。"
    return f"{said}，{len(rows) - done} 项还在办" + (
        f"，其中 {late} 项已过期限。" if late else "。"
    )


def _closing(streams: int) -> list[str]:
    now_known = f"定稿时本局共有 {streams} 条记录链"
    return [
        "文中每个数字都能在台账里逐件打开核对。",
        f"{now_known}，下面的总指纹由各条链的末端算出，附件 heads.json 列有每一条，可以重算。",
    ]
