"""What the messages say. An SMS is read later and elsewhere: exact dates, never 「今天」."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from inspections.notices.states import NoticeKind

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message may speak of; what a kind does not need stays empty."""

    bureau: str
    bureau_phone: str
    case_number: str
    service_item: str
    link: str = ""
    at: datetime | None = None
    items: int = 0
    outcome: str = ""


_TEXTS: Mapping[NoticeKind, str] = {
    NoticeKind.LINK: (
        "您办理的{service_item}（办件{case_number}）需要云勘验。请用拍摄现场的那部手机打开 {link} "
        "预约时间。链接只供您本人使用，30天内有效。"
    ),
    NoticeKind.APPOINTMENT: (
        "云勘验约在{at}。请届时在经营场所，提前10分钟用手机打开 {link} 进入。"
        "需要改时间的，请在预约时间之前打开链接办理。"
    ),
    NoticeKind.ON_SITE: (
        "办件{case_number}的勘验改为上门进行，不收费，不影响办理结果，不延长法定办理时限。"
        "工作人员会打电话与您约时间。"
    ),
    NoticeKind.RECTIFICATION: (
        "办件{case_number}的勘验有{items}项需要整改，请在{at}前改好，打开 {link} 上传照片并提交。"
        "逾期未提交的，按现有结果办理。"
    ),
    NoticeKind.RETURNED: (
        "办件{case_number}的整改材料还不够，请打开 {link} 按意见补充后重新提交。"
    ),
    NoticeKind.ACCEPTED: "办件{case_number}的整改已通过复核，结果正在转送审批环节，请等候。",
    NoticeKind.RESULT: (
        "办件{case_number}的勘验结论为「{outcome}」，已转送审批环节。对结论有意见的，可以陈述、申辩。"
    ),
}


def text(kind: NoticeKind, facts: Facts) -> str:
    """The message, signed by the bureau and with a number to call."""
    body = _TEXTS[kind].format(
        service_item=facts.service_item,
        case_number=facts.case_number,
        link=facts.link,
        at=when(facts.at) if facts.at else "",
        items=facts.items,
        outcome=facts.outcome,
    )
    return f"【{facts.bureau}】{body}咨询电话{facts.bureau_phone}。"


def when(at: datetime) -> str:
    """「11月23日（周一）15:30」."""
    local = at.astimezone(ZONE)
    weekday = "一二三四五六日"[local.weekday()]
    return f"{local.month}月{local.day}日（周{weekday}）{local.hour}:{local.minute:02d}"
