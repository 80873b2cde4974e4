from fieldsvc.kernel.labels import Labelled


class NoticeKind(Labelled):
    """Which message. The second half speaks of a delegation, or of a visit to the door."""

    LINK = "LINK", "办理链接"
    APPOINTMENT = "APPOINTMENT", "预约成功"
    ON_SITE = "ON_SITE", "转现场勘验"
    VIDEO = "VIDEO", "改为视频勘验"
    RECTIFICATION = "RECTIFICATION", "整改通知"
    RETURNED = "RETURNED", "整改退回"
    ACCEPTED = "ACCEPTED", "整改通过"
    RESULT = "RESULT", "勘验结果"
    RATING = "RATING", "勘验评价"
    SITE_PROMISED = "SITE_PROMISED", "上门勘验时间"
    SITE_DEPARTED = "SITE_DEPARTED", "勘验人员出发"
    REGISTERED = "REGISTERED", "代办登记"
    PROMISED = "PROMISED", "上门时间"
    DEPARTED = "DEPARTED", "代办专员出发"
    DELIVERED = "DELIVERED", "代办送达"
    SUSPENDED = "SUSPENDED", "代办中止"
    TERMINATED = "TERMINATED", "代办终止"
    REVOKED = "REVOKED", "委托撤销"
    VISIT_LINK = "VISIT_LINK", "代办链接"
    RATING_LINK = "RATING_LINK", "评价链接"
    SIGNING_CODE = "SIGNING_CODE", "签名验证码"

    @property
    def link(self) -> str | None:
        """The purpose of the link the message carries (people's word), None without one."""
        return _LINKS.get(self)

    @property
    def has_link(self) -> bool:
        return self in _LINKS


_LINKS = {
    NoticeKind.LINK: "INSPECTION",
    NoticeKind.APPOINTMENT: "INSPECTION",
    NoticeKind.VIDEO: "INSPECTION",
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


class NoticeState(Labelled):
    PENDING = "PENDING", "待发送"
    SENT = "SENT", "已发送"
