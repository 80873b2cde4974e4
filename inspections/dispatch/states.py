"""Words of dispatch, with their Chinese labels."""

from enum import StrEnum

from fieldsvc.kernel.labels import Labelled


class VisitKind(Labelled):
    DELEGATION = "DELEGATION", "帮办代办"
    INSPECTION = "INSPECTION", "现场勘验"
    RECTIFICATION = "RECTIFICATION", "整改复核"


class VisitState(Labelled):
    WAITING = "WAITING", "待派单"
    OFFERED = "OFFERED", "已派单"
    ACCEPTED = "ACCEPTED", "已接单"
    EN_ROUTE = "EN_ROUTE", "已出发"
    ARRIVED = "ARRIVED", "已到达"
    DONE = "DONE", "已办结"
    CANCELLED = "CANCELLED", "已取消"


class OrderState(Labelled):
    OFFERED = "OFFERED", "待接单"
    ACCEPTED = "ACCEPTED", "已接单"
    DECLINED = "DECLINED", "已拒单"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    EN_ROUTE = "EN_ROUTE", "已出发"
    ARRIVED = "ARRIVED", "已到达"
    DONE = "DONE", "已办结"
    ABORTED = "ABORTED", "已中止"


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


class PlanState(Labelled):
    WORKING = "WORKING", "正在计算"
    FAILED = "FAILED", "没有算成"
    DRAFT = "DRAFT", "待发布"
    PUBLISHED = "PUBLISHED", "已发布"
    DISCARDED = "DISCARDED", "已放弃"


class PlanSource(StrEnum):
    SOLVED = "SOLVED"
    EDITED = "EDITED"


class DeclineReason(Labelled):
    CLASH = "CLASH", "时间冲突"
    TOO_FAR = "TOO_FAR", "路程赶不到"
    NOT_SKILLED = "NOT_SKILLED", "业务不熟"
    RECUSAL = "RECUSAL", "需要回避"
    VEHICLE = "VEHICLE", "交通工具故障"
    UNWELL = "UNWELL", "身体不适"
    OTHER = "OTHER", "其他原因"


class AbortReason(Labelled):
    NOBODY_HOME = "NOBODY_HOME", "家中无人"
    WRONG_ADDRESS = "WRONG_ADDRESS", "地址不对"
    NOT_WANTED = "NOT_WANTED", "群众不再需要"
    MATERIALS_MISSING = "MATERIALS_MISSING", "材料不齐，需改日再来"
    UNSAFE = "UNSAFE", "现场不安全"
    OTHER = "OTHER", "其他原因"


class WithdrawReason(Labelled):
    ABSENT = "ABSENT", "专员不在岗"
    MOVED = "MOVED", "调度改派"
    UNASSIGNED = "UNASSIGNED", "调度撤回"
    REPLANNED = "REPLANNED", "重新排班"
    REAGREED = "REAGREED", "与群众另约时间"
    CANCELLED = "CANCELLED", "上门已取消"


class ArrivalMethod(Labelled):
    CODE = "CODE", "亮码核对"
    QR = "QR", "扫码核对"
    PHOTO = "PHOTO", "现场拍照"
