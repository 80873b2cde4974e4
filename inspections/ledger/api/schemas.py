"""The weekly report as it is sent: the frozen content, field by field."""

from datetime import date

from ninja import Schema


class FigureOut(Schema):
    """`value` and `before` are None where the number may not be told."""

    key: str
    label: str
    unit: str
    value: int | None
    before: int | None
    change: str
    better: bool | None
    filter: dict[str, str] | None


class ShareOut(Schema):
    label: str
    total: int
    before: int
    finished: int
    late: int


class ObstacleLineOut(Schema):
    title: str
    origin: str
    count: int
    detail: str
    owner: str
    due: str
    state: str
    from_week: str


class DecisionLineOut(Schema):
    text: str
    owner: str
    due: str
    state: str
    late: bool
    note: str


class QuoteOut(Schema):
    number: str
    text: str


class ContentOut(Schema):
    """The report as it is read aloud; frozen, or as it would be frozen now."""

    v: int
    title: str
    bureau: str
    monday: date
    sunday: date
    read_on: str
    made_at: str
    # Reports of the first edition did not name their week.
    week_name: str = "上周"
    opening: list[str]
    figures: list[FigureOut]
    by_item: list[ShareOut]
    by_area: list[ShareOut]
    by_delegate: list[ShareOut]
    obstacles: list[ObstacleLineOut]
    obstacle_sentence: str
    quotes: list[QuoteOut]
    decisions: list[DecisionLineOut]
    decision_sentence: str
    decided_now: list[DecisionLineOut]
    closing: list[str]
    streams: int
    head: str
