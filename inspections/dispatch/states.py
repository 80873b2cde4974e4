"""Words of dispatch, with their Chinese labels."""

from enum import StrEnum


class VisitKind(StrEnum):
    DELEGATION = "DELEGATION"
    INSPECTION = "INSPECTION"
    RECTIFICATION = "RECTIFICATION"

    @property
    def label(self) -> str:
        return {"DELEGATION": "帮办代办", "INSPECTION": "现场勘验", "RECTIFICATION": "整改复核"}[
            self.value
        ]


class VisitState(StrEnum):
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    EN_ROUTE = "EN_ROUTE"
    ARRIVED = "ARRIVED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"

    @property
    def label(self) -> str:
        return _VISIT_LABELS[self]


_VISIT_LABELS = {
    VisitState.WAITING: "待派单",
    VisitState.OFFERED: "已派单",
    VisitState.ACCEPTED: "已接单",
    VisitState.EN_ROUTE: "已出发",
    VisitState.ARRIVED: "已到达",
    VisitState.DONE: "已办结",
    VisitState.CANCELLED: "已取消",
}


class OrderState(StrEnum):
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EN_ROUTE = "EN_ROUTE"
    ARRIVED = "ARRIVED"
    DONE = "DONE"
    ABORTED = "ABORTED"

    @property
    def label(self) -> str:
        return _ORDER_LABELS[self]


_ORDER_LABELS = {
    OrderState.OFFERED: "待接单",
    OrderState.ACCEPTED: "已接单",
    OrderState.DECLINED: "已拒单",
    OrderState.WITHDRAWN: "已撤回",
    OrderState.EN_ROUTE: "已出发",
    OrderState.ARRIVED: "已到达",
    OrderState.DONE: "已办结",
    OrderState.ABORTED: "已中止",
}

# An order that still stands; a visit has at most one such.
LIVE = (
    OrderState.OFFERED.value,
    OrderState.ACCEPTED.value,
    OrderState.EN_ROUTE.value,
    OrderState.ARRIVED.value,
)
# The delegate has given their word: no plan may touch these.
PLEDGED = (OrderState.ACCEPTED.value, OrderState.EN_ROUTE.value, OrderState.ARRIVED.value)
UNDER_WAY = (OrderState.EN_ROUTE.value, OrderState.ARRIVED.value)


class PlanState(StrEnum):
    WORKING = "WORKING"
    FAILED = "FAILED"
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"

    @property
    def label(self) -> str:
        return {
            "WORKING": "正在计算",
            "FAILED": "没有算成",
            "DRAFT": "待发布",
            "PUBLISHED": "已发布",
            "DISCARDED": "已放弃",
        }[self.value]


class PlanSource(StrEnum):
    SOLVED = "SOLVED"
    EDITED = "EDITED"


class DeclineReason(StrEnum):
    CLASH = "CLASH"
    TOO_FAR = "TOO_FAR"
    NOT_SKILLED = "NOT_SKILLED"
    RECUSAL = "RECUSAL"
    VEHICLE = "VEHICLE"
    UNWELL = "UNWELL"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return {
            "CLASH": "时间冲突",
            "TOO_FAR": "路程赶不到",
            "NOT_SKILLED": "业务不熟",
            "RECUSAL": "需要回避",
            "VEHICLE": "交通工具故障",
            "UNWELL": "身体不适",
            "OTHER": "其他原因",
        }[self.value]


class AbortReason(StrEnum):
    NOBODY_HOME = "NOBODY_HOME"
    WRONG_ADDRESS = "WRONG_ADDRESS"
    NOT_WANTED = "NOT_WANTED"
    MATERIALS_MISSING = "MATERIALS_MISSING"
    UNSAFE = "UNSAFE"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return {
            "NOBODY_HOME": "家中无人",
            "WRONG_ADDRESS": "地址不对",
            "NOT_WANTED": "群众不再需要",
            "MATERIALS_MISSING": "材料不齐，需改日再来",
            "UNSAFE": "现场不安全",
            "OTHER": "其他原因",
        }[self.value]


class WithdrawReason(StrEnum):
    ABSENT = "ABSENT"
    MOVED = "MOVED"
    UNASSIGNED = "UNASSIGNED"
    REPLANNED = "REPLANNED"
    CANCELLED = "CANCELLED"

    @property
    def label(self) -> str:
        return {
            "ABSENT": "专员不在岗",
            "MOVED": "调度改派",
            "UNASSIGNED": "调度撤回",
            "REPLANNED": "重新排班",
            "CANCELLED": "上门已取消",
        }[self.value]


class ArrivalMethod(StrEnum):
    CODE = "CODE"
    QR = "QR"
    PHOTO = "PHOTO"

    @property
    def label(self) -> str:
        return {"CODE": "亮码核对", "QR": "扫码核对", "PHOTO": "现场拍照"}[self.value]
