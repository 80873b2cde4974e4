"""Words of the ledger (台账) and of the Monday meeting."""

from fieldsvc.kernel.labels import Labelled


class LineKind(Labelled):
    DELEGATION = "DELEGATION", "上门代办"
    INSPECTION = "INSPECTION", "勘验"


class Phase(Labelled):
    """Where a line stands, whatever its kind calls the state."""

    OPEN = "OPEN", "办理中"
    PAUSED = "PAUSED", "已中止"
    FINISHED = "FINISHED", "已办结"
    STOPPED = "STOPPED", "已终止"


class GradeBucket(Labelled):
    GOOD = "GOOD", "好评"
    BAD = "BAD", "差评"
    NONE = "NONE", "未见评价"


class By(Labelled):
    """What a statistic is broken down by."""

    ITEM = "item", "事项"
    AREA = "area", "片区"
    DELEGATE = "delegate", "代办专员"
    CHANNEL = "channel", "来源"


class Origin(Labelled):
    """What an obstacle of the week was gathered from."""

    UNRESOLVED = "UNRESOLVED", "办不成事"
    OVERDUE = "OVERDUE", "超过时限"
    BLOCKED_POINT = "BLOCKED_POINT", "回访堵点"
    UNPLACED = "UNPLACED", "排不上的上门"
    BOUNCES = "BOUNCES", "退单"
    ABORTED = "ABORTED", "上门未成"
    MANUAL = "MANUAL", "会上提出"


class ObstacleState(Labelled):
    OPEN = "OPEN", "待认领"
    CLAIMED = "CLAIMED", "已认领"
    CLOSED = "CLOSED", "已解决"


class DecisionState(Labelled):
    OPEN = "OPEN", "未完成"
    DONE = "DONE", "已完成"
