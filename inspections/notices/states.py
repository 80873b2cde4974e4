from enum import StrEnum


class NoticeKind(StrEnum):
    """Which message. The second half speaks of a delegation, or of a visit to the door."""

    LINK = "LINK"
    APPOINTMENT = "APPOINTMENT"
    ON_SITE = "ON_SITE"
    RECTIFICATION = "RECTIFICATION"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    RESULT = "RESULT"
    RATING = "RATING"
    SITE_PROMISED = "SITE_PROMISED"
    SITE_DEPARTED = "SITE_DEPARTED"
    REGISTERED = "REGISTERED"
    PROMISED = "PROMISED"
    DEPARTED = "DEPARTED"
    DELIVERED = "DELIVERED"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    REVOKED = "REVOKED"
    VISIT_LINK = "VISIT_LINK"
    RATING_LINK = "RATING_LINK"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def link(self) -> str | None:
        """The purpose of the link the message carries (people's word), None without one."""
        return _LINKS.get(self)

    @property
    def has_link(self) -> bool:
        return self in _LINKS


_LABELS = {
    NoticeKind.LINK: "办理链接",
    NoticeKind.APPOINTMENT: "预约成功",
    NoticeKind.ON_SITE: "转现场勘验",
    NoticeKind.RECTIFICATION: "整改通知",
    NoticeKind.RETURNED: "整改退回",
    NoticeKind.ACCEPTED: "整改通过",
    NoticeKind.RESULT: "勘验结果",
    NoticeKind.RATING: "勘验评价",
    NoticeKind.SITE_PROMISED: "上门勘验时间",
    NoticeKind.SITE_DEPARTED: "勘验人员出发",
    NoticeKind.REGISTERED: "代办登记",
    NoticeKind.PROMISED: "上门时间",
    NoticeKind.DEPARTED: "代办专员出发",
    NoticeKind.DELIVERED: "代办送达",
    NoticeKind.SUSPENDED: "代办中止",
    NoticeKind.TERMINATED: "代办终止",
    NoticeKind.REVOKED: "委托撤销",
    NoticeKind.VISIT_LINK: "代办链接",
    NoticeKind.RATING_LINK: "评价链接",
}
_LINKS = {
    NoticeKind.LINK: "INSPECTION",
    NoticeKind.APPOINTMENT: "INSPECTION",
    NoticeKind.RECTIFICATION: "INSPECTION",
    NoticeKind.RETURNED: "INSPECTION",
    NoticeKind.ACCEPTED: "RATING",
    NoticeKind.RATING: "RATING",
    NoticeKind.PROMISED: "VISIT",
    NoticeKind.DEPARTED: "VISIT",
    NoticeKind.DELIVERED: "RATING",
    NoticeKind.VISIT_LINK: "VISIT",
    NoticeKind.RATING_LINK: "RATING",
}


class NoticeState(StrEnum):
    PENDING = "PENDING"
    SENT = "SENT"

    @property
    def label(self) -> str:
        return {"PENDING": "待发送", "SENT": "已发送"}[self.value]
