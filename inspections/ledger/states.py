"""Words of the ledger (台账) and of the Monday meeting."""

from enum import StrEnum


class LineKind(StrEnum):
    DELEGATION = "DELEGATION"
    INSPECTION = "INSPECTION"

    @property
    def label(self) -> str:
        return {"DELEGATION": "上门代办", "INSPECTION": "勘验"}[self.value]


class Phase(StrEnum):
    """Where a line stands, whatever its kind calls the state."""

    OPEN = "OPEN"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    STOPPED = "STOPPED"

    @property
    def label(self) -> str:
        return {"OPEN": "办理中", "PAUSED": "已中止", "FINISHED": "已办结", "STOPPED": "已终止"}[
            self.value
        ]


class GradeBucket(StrEnum):
    GOOD = "GOOD"
    BAD = "BAD"
    NONE = "NONE"

    @property
    def label(self) -> str:
        return {"GOOD": "好评", "BAD": "差评", "NONE": "未见评价"}[self.value]


class By(StrEnum):
    """What a statistic is broken down by."""

    ITEM = "item"
    AREA = "area"
    DELEGATE = "delegate"
    CHANNEL = "channel"

    @property
    def label(self) -> str:
        return {"item": "事项", "area": "片区", "delegate": "代办专员", "channel": "来源"}[
            self.value
        ]


class Origin(StrEnum):
    """What an obstacle of the week was gathered from."""

    UNRESOLVED = "UNRESOLVED"
    OVERDUE = "OVERDUE"
    BLOCKED_POINT = "BLOCKED_POINT"
    UNPLACED = "UNPLACED"
    BOUNCES = "BOUNCES"
    ABORTED = "ABORTED"
    MANUAL = "MANUAL"

    @property
    def label(self) -> str:
        return {
            "UNRESOLVED": "办不成事",
            "OVERDUE": "超过时限",
            "BLOCKED_POINT": "回访堵点",
            "UNPLACED": "排不上的上门",
            "BOUNCES": "退单",
            "ABORTED": "上门未成",
            "MANUAL": "会上提出",
        }[self.value]


class ObstacleState(StrEnum):
    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    CLOSED = "CLOSED"

    @property
    def label(self) -> str:
        return {"OPEN": "待认领", "CLAIMED": "已认领", "CLOSED": "已解决"}[self.value]


class DecisionState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"

    @property
    def label(self) -> str:
        return {"OPEN": "未完成", "DONE": "已完成"}[self.value]
