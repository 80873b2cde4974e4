"""Breakdowns in which every number carries the filter that opens its cases."""

from collections.abc import Mapping

from django.db.models import Count, Max

from fieldsvc.kernel.journal import Actor
from inspections.delegation.states import Channel
from inspections.ledger import policies, rules
from inspections.ledger.rules.shapes import NOBODY, Breakdown, Cell, Filters, Statistic
from inspections.ledger.selectors.filtering import condition, lines
from inspections.ledger.states import By, GradeBucket, Phase

# What is counted, as the filter that finds it: the number and its list cannot disagree.
MEASURES: dict[str, tuple[str, Filters]] = {
    "total": ("登记", Filters()),
    "open": ("办理中", Filters(phase=Phase.OPEN)),
    "finished": ("办结", Filters(phase=Phase.FINISHED)),
    "overdue": ("逾期未办结", Filters(overdue=True)),
    "late": ("超过时限", Filters(late=True)),
    "within_day": ("一天内上门", Filters(within_day=True)),
    "many_trips": ("不止一趟", Filters(many_trips=True)),
    "bounced": ("有退单", Filters(bounced=True)),
    "bad": ("差评", Filters(grade=GradeBucket.BAD)),
}

_GROUPS = {
    By.ITEM: ("item", "item_title"),
    By.AREA: ("area", "area_title"),
    By.DELEGATE: ("staff_id", "staff__name"),
    By.CHANNEL: ("channel", "channel"),
}


def statistics(by: By, filters: Filters, actor: Actor) -> Breakdown:
    """Counts per item, area, delegate or channel within `filters`.

    Each line belongs to exactly one row (an application for several items counts under the
    leading one), so that the rows add up to the total. By delegate nothing is told of ratings.
    Refuses with `not_allowed`.
    """
    refusal = policies.may_read(actor)
    if refusal is not None:
        raise refusal
    group, title = _GROUPS[by]
    measures = _measures(by)
    found = lines(filters, actor)
    counts = {
        name: Count("subject", filter=condition(measure, actor))
        for name, (_, measure) in measures.items()
    }
    minutes = _minutes(filters, actor, group)
    # The newest title names the group: an item may have been called otherwise before.
    grouped = found.values(group).annotate(label=Max(title), **counts).order_by("-total", group)
    rows = [
        Statistic(
            key=_key(one[group]),
            label=_label(by, one["label"]),
            cells={
                name: Cell(one[name], _open(by, one[group], filters, measure))
                for name, (_, measure) in measures.items()
            },
            minutes_to_door=rules.median(minutes.get(one[group], [])),
        )
        for one in grouped
    ]
    total = _total(measures, filters, found.aggregate(**counts), minutes)
    return Breakdown(by, {name: label for name, (label, _) in measures.items()}, rows, total)


def _total(
    measures: Mapping[str, tuple[str, Filters]],
    filters: Filters,
    sums: Mapping[str, int],
    minutes: Mapping[object, list[int]],
) -> Statistic:
    return Statistic(
        key="",
        label="合计",
        cells={
            name: Cell(sums[name], merged(filters, measure).query())
            for name, (_, measure) in measures.items()
        },
        minutes_to_door=rules.median([one for some in minutes.values() for one in some]),
    )


def merged(filters: Filters, more: Filters) -> Filters:
    """Both filters together; what `more` names wins."""
    return filters.model_copy(update={name: getattr(more, name) for name in more.set_names()})


def _measures(by: By) -> dict[str, tuple[str, Filters]]:
    if by is By.DELEGATE:
        # One delegate's bad ratings are nobody's list to open.
        return {name: value for name, value in MEASURES.items() if name != "bad"}
    return MEASURES


def _open(by: By, key: object, filters: Filters, measure: Filters) -> dict[str, str]:
    one = _key(key)
    narrowed = {
        By.ITEM: Filters(item=one),
        By.AREA: Filters(area=one),
        By.DELEGATE: Filters(delegate=one),
        By.CHANNEL: Filters(channel=one),
    }[by]
    return merged(merged(filters, narrowed), measure).query()


def _key(value: object) -> str:
    return NOBODY if value is None else str(value)


def _label(by: By, label: str | None) -> str:
    if by is By.CHANNEL and label:
        return Channel(label).label
    return label or {By.AREA: "没有划入片区", By.DELEGATE: "还没有人接单"}.get(by, "—")


def _minutes(filters: Filters, actor: Actor, group: str) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    rows = lines(filters, actor).filter(minutes_to_door__isnull=False)
    for key, minutes in rows.values_list(group, "minutes_to_door"):
        found.setdefault(key, []).append(minutes)
    return found
