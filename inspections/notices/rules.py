"""What the messages say. An SMS is read later and elsewhere: exact dates, never 「今天」.

Seventy characters make one SMS; what has no link stays within that for a bureau of usual name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from inspections.notices.states import NoticeKind

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message may speak of; what a kind does not need stays empty.

    `staff` is the name of who comes: the only name a message ever tells. `fingerprint` is the end
    of the digest of the document a code is for.
    """

    bureau: str
    bureau_phone: str
    case_number: str
    service_item: str = ""
    link: str = ""
    at: datetime | None = None
    until: datetime | None = None
    staff: str = ""
    items: int = 0
    outcome: str = ""
    code: str = ""
    document_number: str = ""
    fingerprint: str = ""


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
    NoticeKind.VIDEO: (
        "办件{case_number}的勘验改用视频进行，不再派人上门。请用拍摄现场的那部手机打开 {link} "
        "预约时间。链接只供您本人使用，30天内有效。"
    ),
    NoticeKind.RECTIFICATION: (
        "办件{case_number}的勘验有{items}项需要整改，请在{at}前改好，打开 {link} 上传照片并提交。"
        "逾期未提交的，按现有结果办理。"
    ),
    NoticeKind.RETURNED: (
        "办件{case_number}的整改材料还不够，请打开 {link} 按意见补充后重新提交。"
    ),
    NoticeKind.ACCEPTED: (
        "办件{case_number}的整改已通过复核，结果正在转送审批环节，请等候。"
        "请您评价这次勘验：{link} 勘验人员看不到您的评价。"
    ),
    NoticeKind.RESULT: (
        "办件{case_number}的勘验结论为「{outcome}」，已转送审批环节。对结论有意见的，可以陈述、申辩。"
    ),
    NoticeKind.RATING: "办件{case_number}的勘验已完成，请您评价：{link} 勘验人员看不到您的评价。",
    NoticeKind.SITE_PROMISED: "现场勘验约在{window}，请安排人在场。",
    NoticeKind.SITE_DEPARTED: "勘验人员{staff}已出发，约{time}到。请先核对执法证件。",
    NoticeKind.REGISTERED: "代办{case_number}已登记，{callback}不收费。",
    NoticeKind.PROMISED: "代办约在{window}上门。要备的材料、谁来上门，请看 {link} ",
    NoticeKind.DEPARTED: (
        "代办专员{staff}已出发，约{time}到。开门前请打开 {link} 核对照片和身份码。"
    ),
    NoticeKind.DELIVERED: "代办{case_number}已办结送达，请您评价：{link} 代办专员看不到您的评价。",
    NoticeKind.SUSPENDED: "代办{case_number}已中止，办理时限暂停计算，恢复请来电。",
    NoticeKind.TERMINATED: "代办{case_number}已终止，收取的原件将当面交还。",
    NoticeKind.REVOKED: "代办{case_number}的委托已撤销，已停止代办，原件将当面交还。",
    NoticeKind.VISIT_LINK: "代办{case_number}的链接：{link} 只供您本人使用，30天内有效。",
    NoticeKind.SIGNING_CODE: (
        "签名验证码{code}，10分钟内有效，只用于签署勘验笔录{document_number}"
        "（文件指纹尾号{fingerprint}）。请勿告诉他人，工作人员不会索要。"
    ),
    NoticeKind.RATING_LINK: "{case_number}的评价链接：{link} 只供您本人使用，30天内有效。",
}
_CALLBACK = "{at}前回电，"
_NO_CALLBACK = "上门时间短信告知，"


def text(kind: NoticeKind, facts: Facts, link: str = "") -> str:
    """The message, signed by the bureau and with a number to call."""
    at = when(facts.at) if facts.at else ""
    body = _TEXTS[kind].format(
        service_item=facts.service_item,
        case_number=facts.case_number,
        link=link or facts.link,
        at=at,
        time=clock_time(facts.at) if facts.at else "",
        window=window(facts.at, facts.until) if facts.at and facts.until else at,
        callback=_CALLBACK.format(at=at) if at else _NO_CALLBACK,
        staff=facts.staff,
        items=facts.items,
        outcome=facts.outcome,
        code=facts.code,
        document_number=facts.document_number,
        fingerprint=facts.fingerprint,
    )
    return f"【{facts.bureau}】{body}{_call(kind)}{facts.bureau_phone}。"


def when(at: datetime) -> str:
    """「11月23日（周一）15:30」."""
    local = at.astimezone(ZONE)
    weekday = "一二三四五六日"[local.weekday()]
    return f"{local.month}月{local.day}日（周{weekday}）{clock_time(at)}"


def window(since: datetime, until: datetime) -> str:
    """「11月23日（周一）9:00-10:30」; the second day is told when it is another."""
    same = since.astimezone(ZONE).date() == until.astimezone(ZONE).date()
    return f"{when(since)}-{clock_time(until) if same else when(until)}"


def clock_time(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.hour}:{local.minute:02d}"


def _call(kind: NoticeKind) -> str:
    return "咨询电话" if kind in _REMOTE else "电话"


# The messages of a remote inspection are long anyway; the others must fit into one SMS.
_REMOTE = frozenset(
    {
        NoticeKind.LINK,
        NoticeKind.APPOINTMENT,
        NoticeKind.ON_SITE,
        NoticeKind.VIDEO,
        NoticeKind.RECTIFICATION,
        NoticeKind.RETURNED,
        NoticeKind.ACCEPTED,
        NoticeKind.RESULT,
    }
)
