from enum import StrEnum


class NoticeKind(StrEnum):
    LINK = "LINK"
    APPOINTMENT = "APPOINTMENT"
    ON_SITE = "ON_SITE"
    RECTIFICATION = "RECTIFICATION"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    RESULT = "RESULT"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def has_link(self) -> bool:
        return self in _WITH_LINK


_LABELS = {
    NoticeKind.LINK: "办理链接",
    NoticeKind.APPOINTMENT: "预约成功",
    NoticeKind.ON_SITE: "转现场勘验",
    NoticeKind.RECTIFICATION: "整改通知",
    NoticeKind.RETURNED: "整改退回",
    NoticeKind.ACCEPTED: "整改通过",
    NoticeKind.RESULT: "勘验结果",
}
_WITH_LINK = frozenset(
    {NoticeKind.LINK, NoticeKind.APPOINTMENT, NoticeKind.RECTIFICATION, NoticeKind.RETURNED}
)


class NoticeState(StrEnum):
    PENDING = "PENDING"
    SENT = "SENT"

    @property
    def label(self) -> str:
        return {"PENDING": "待发送", "SENT": "已发送"}[self.value]
