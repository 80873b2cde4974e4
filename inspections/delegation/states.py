"""Words of a delegation, with their Chinese labels."""

from fieldsvc.kernel.labels import Labelled


class DelegationState(Labelled):
    """The seven steps (委托 受理 办理 送达 归档 上报 回访) and the two ways out of them."""

    REGISTERED = "REGISTERED", "已登记"
    ACCEPTED = "ACCEPTED", "已受理"
    HANDLING = "HANDLING", "办理中"
    DELIVERED = "DELIVERED", "已送达"
    ARCHIVED = "ARCHIVED", "已归档"
    REPORTED = "REPORTED", "已上报"
    FOLLOWED_UP = "FOLLOWED_UP", "已回访"
    SUSPENDED = "SUSPENDED", "已中止"
    TERMINATED = "TERMINATED", "已终止"


# While a delegation is in one of these, its completion clock may run or be paused.
OPEN_STATES = frozenset(
    {
        DelegationState.REGISTERED.value,
        DelegationState.ACCEPTED.value,
        DelegationState.HANDLING.value,
        DelegationState.SUSPENDED.value,
    }
)


class Channel(Labelled):
    HOTLINE = "HOTLINE", "热线电话"
    WEB = "WEB", "网上申请"
    COUNTER = "COUNTER", "窗口登记"
    CASE = "CASE", "办件转来"
    INSPECTION = "INSPECTION", "勘验转来"


# Nobody goes out for these unless the place was given: the applicant stands at the counter.
AT_HAND = frozenset({Channel.COUNTER.value, Channel.CASE.value})


class PersonType(Labelled):
    PERSON = "PERSON", "个人"
    FIRM = "FIRM", "企业"


class Need(Labelled):
    """What the person needs beside the item; each counts as a protected group or a skill."""

    DISABLED = "DISABLED", "行动不便"
    ELDERLY = "ELDERLY", "高龄老人"
    DIALECT = "DIALECT", "讲方言"
    SIGN_LANGUAGE = "SIGN_LANGUAGE", "手语"


class MandateState(Labelled):
    DRAFT = "DRAFT", "待签署"
    SIGNED = "SIGNED", "有效"
    REVOKED = "REVOKED", "已撤销"
    EXPIRED = "EXPIRED", "已到期"


class SignedWay(Labelled):
    SCREEN = "SCREEN", "屏幕手写"
    PAPER_PHOTO = "PAPER_PHOTO", "纸质签署后拍照"


class StepState(Labelled):
    OPEN = "OPEN", "待办"
    DONE = "DONE", "已办"
    SKIPPED = "SKIPPED", "不需要"


class Direction(Labelled):
    RECEIVED = "RECEIVED", "从申请人处收到"
    RETURNED = "RETURNED", "交还申请人"


class FilePurpose(Labelled):
    """What a file of the visit shows."""

    MATERIAL = "MATERIAL", "申请材料"
    HAND_OVER = "HAND_OVER", "材料交接"
    RESULT = "RESULT", "办理结果"
    PLACE = "PLACE", "上门现场"
    MANDATE = "MANDATE", "委托书照片"
    OTHER = "OTHER", "其他"


# To take these is already to act for the applicant.
UNDER_MANDATE = frozenset({FilePurpose.MATERIAL, FilePurpose.HAND_OVER, FilePurpose.RESULT})


class DoorReport(Labelled):
    """What an applicant may say of a visit that went wrong."""

    NOBODY_CAME = "NOBODY_CAME", "没有人来"
    OTHER_PERSON = "OTHER_PERSON", "来的不是这个人"


class ClockKind(Labelled):
    RESPONSE = "RESPONSE", "首次联系"
    COMPLETION = "COMPLETION", "办结"


TIMELINE_LABELS = {
    "delegation.registered": "登记委托",
    "delegation.called_back": "已回电联系",
    "delegation.accepted": "受理",
    "delegation.handling": "开始办理",
    "delegation.suspended": "中止办理",
    "delegation.resumed": "恢复办理",
    "delegation.delivered": "结果送达",
    "delegation.archived": "归档",
    "delegation.reported": "上报",
    "delegation.followed_up": "回访完成",
    "delegation.terminated": "终止办理",
    "delegation.escalated": "时限提醒",
    "delegation.located": "标出上门位置",
    "delegation.delegate_chosen": "选定代办专员",
    "mandate.drafted": "拟定委托书",
    "mandate.signed": "委托书签署生效",
    "mandate.revoked": "委托书撤销",
    "mandate.expired": "委托书到期",
    "step.finished": "完成一个办理步骤",
    "document.handed_over": "交接材料",
    "door.report_made": "申请人反映上门情况",
    "visit.requested": "申请派人上门",
    "visit.promised": "约定上门时间",
    "visit.cancelled": "取消上门",
    "order.offered": "派单",
    "order.accepted": "代办专员接单",
    "order.declined": "代办专员退单",
    "order.withdrawn": "收回派单",
    "order.departed": "代办专员出发",
    "order.arrived": "代办专员到达",
    "order.finished": "上门办结",
    "order.aborted": "上门中止",
    "link.issued": "生成办理链接",
    "link.opened": "申请人打开链接",
    "paper.signed": "文书签署",
    "paper.issued": "文书出具",
    "rating.received": "收到评价",
}
