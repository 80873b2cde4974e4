"""Words of what comes after a service: grades, causes, outcomes, forms."""

from enum import IntEnum, StrEnum


class SubjectKind(StrEnum):
    DELEGATION = "DELEGATION"
    INSPECTION = "INSPECTION"

    @property
    def label(self) -> str:
        return {"DELEGATION": "上门代办", "INSPECTION": "勘验"}[self.value]


class Grade(IntEnum):
    """好差评 five grades (GB/T 39735); the lower two are bad."""

    VERY_BAD = 1
    BAD = 2
    FAIR = 3
    GOOD = 4
    VERY_GOOD = 5

    @property
    def label(self) -> str:
        return ("非常不满意", "不满意", "基本满意", "满意", "非常满意")[self.value - 1]

    @property
    def is_bad(self) -> bool:
        return self <= Grade.BAD

    @property
    def tags(self) -> tuple["Tag", ...]:
        """What may be ticked beside this grade."""
        return BAD_TAGS if self.is_bad else GOOD_TAGS


class Tag(StrEnum):
    FAST = "FAST"
    POLITE = "POLITE"
    CLEAR = "CLEAR"
    ON_TIME = "ON_TIME"
    ONE_TRIP = "ONE_TRIP"
    HELPFUL = "HELPFUL"
    LATE = "LATE"
    NOBODY_CAME = "NOBODY_CAME"
    RUDE = "RUDE"
    UNCLEAR = "UNCLEAR"
    MANY_TRIPS = "MANY_TRIPS"
    EXTRA_MATERIALS = "EXTRA_MATERIALS"
    CHARGED = "CHARGED"
    WRONG = "WRONG"

    @property
    def label(self) -> str:
        return _TAG_LABELS[self]


_TAG_LABELS = {
    Tag.FAST: "办得快",
    Tag.POLITE: "态度好",
    Tag.CLEAR: "讲得清楚",
    Tag.ON_TIME: "准时上门",
    Tag.ONE_TRIP: "一次办好",
    Tag.HELPFUL: "主动帮忙",
    Tag.LATE: "来晚了",
    Tag.NOBODY_CAME: "没有人来",
    Tag.RUDE: "态度不好",
    Tag.UNCLEAR: "没有讲清楚",
    Tag.MANY_TRIPS: "跑了多趟",
    Tag.EXTRA_MATERIALS: "多要了材料",
    Tag.CHARGED: "收了费用",
    Tag.WRONG: "办错了",
}
GOOD_TAGS = (Tag.FAST, Tag.POLITE, Tag.CLEAR, Tag.ON_TIME, Tag.ONE_TRIP, Tag.HELPFUL)
BAD_TAGS = tuple(tag for tag in Tag if tag not in GOOD_TAGS)


class RemedyState(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"

    @property
    def label(self) -> str:
        return {"OPEN": "整改中", "CLOSED": "已办结"}[self.value]


class RemedyOutcome(StrEnum):
    PUT_RIGHT = "PUT_RIGHT"
    EXPLAINED = "EXPLAINED"
    NOT_UPHELD = "NOT_UPHELD"

    @property
    def label(self) -> str:
        return {
            "PUT_RIGHT": "属实，已改正",
            "EXPLAINED": "已说明，群众理解",
            "NOT_UPHELD": "经核实不属实",
        }[self.value]


class FollowUpState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    UNREACHABLE = "UNREACHABLE"

    @property
    def label(self) -> str:
        return {"OPEN": "待回访", "DONE": "已回访", "UNREACHABLE": "多次联系不上"}[self.value]


class Cause(StrEnum):
    """Why somebody is called back; in the order of weight."""

    BAD_RATING = "BAD_RATING"
    LONG = "LONG"
    MANY_TRIPS = "MANY_TRIPS"
    SAMPLE = "SAMPLE"

    @property
    def label(self) -> str:
        return {
            "BAD_RATING": "差评必访",
            "LONG": "超过承诺时限",
            "MANY_TRIPS": "上门不止一趟",
            "SAMPLE": "抽样回访",
        }[self.value]


class FollowUpOutcome(StrEnum):
    SATISFIED = "SATISFIED"
    UNDERSTANDING = "UNDERSTANDING"
    STILL_DISSATISFIED = "STILL_DISSATISFIED"
    NEW_REQUEST = "NEW_REQUEST"
    DECLINED = "DECLINED"

    @property
    def label(self) -> str:
        return {
            "SATISFIED": "满意",
            "UNDERSTANDING": "经说明表示理解",
            "STILL_DISSATISFIED": "仍不满意",
            "NEW_REQUEST": "提出新的诉求",
            "DECLINED": "不愿接受回访",
        }[self.value]


class BlockedPoint(StrEnum):
    """堵点: where the case got stuck, as the caller tells it."""

    MATERIALS = "MATERIALS"
    UNCLEAR_NOTICE = "UNCLEAR_NOTICE"
    HAND_OVER = "HAND_OVER"
    SYSTEM = "SYSTEM"
    WAITING = "WAITING"
    TRIPS = "TRIPS"
    CONDUCT = "CONDUCT"
    POLICY = "POLICY"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return {
            "MATERIALS": "材料多、反复补",
            "UNCLEAR_NOTICE": "没有一次告知清楚",
            "HAND_OVER": "部门之间流转慢",
            "SYSTEM": "系统打不开、传不上",
            "WAITING": "等候时间长",
            "TRIPS": "跑了多趟",
            "CONDUCT": "服务态度",
            "POLICY": "政策不允许或不明确",
            "OTHER": "其他",
        }[self.value]


class UnresolvedState(StrEnum):
    """办不成事 as its forms follow each other: 收件登记表, 分办呈批表, 交办单, 回复, 办结."""

    REGISTERED = "REGISTERED"
    PROPOSED = "PROPOSED"
    ASSIGNED = "ASSIGNED"
    REPLIED = "REPLIED"
    CLOSED = "CLOSED"

    @property
    def label(self) -> str:
        return {
            "REGISTERED": "已收件登记",
            "PROPOSED": "分办待批",
            "ASSIGNED": "已交办",
            "REPLIED": "部门已回复",
            "CLOSED": "已办结",
        }[self.value]


class Source(StrEnum):
    WINDOW = "WINDOW"
    HOTLINE = "HOTLINE"
    DOOR = "DOOR"
    SUPERVISOR = "SUPERVISOR"

    @property
    def label(self) -> str:
        return {
            "WINDOW": "“办不成事”窗口",
            "HOTLINE": "热线电话",
            "DOOR": "群众在门口反映",
            "SUPERVISOR": "特邀监督员",
        }[self.value]


class Complexity(StrEnum):
    SIMPLE = "SIMPLE"
    NORMAL = "NORMAL"
    COMPLEX = "COMPLEX"

    @property
    def label(self) -> str:
        return {"SIMPLE": "简单", "NORMAL": "一般", "COMPLEX": "复杂"}[self.value]


class ToldWay(StrEnum):
    """How the person was told of an extension before the old deadline."""

    PHONE = "PHONE"
    SMS = "SMS"
    IN_PERSON = "IN_PERSON"

    @property
    def label(self) -> str:
        return {"PHONE": "电话", "SMS": "短信", "IN_PERSON": "当面"}[self.value]


class Check(StrEnum):
    """What a supervisor looks at in a sampled case."""

    ON_TIME = "ON_TIME"
    SHOWED_CODE = "SHOWED_CODE"
    WITHIN_MANDATE = "WITHIN_MANDATE"
    TOLD_ONCE = "TOLD_ONCE"
    RATING_FREE = "RATING_FREE"
    PAPERS_COMPLETE = "PAPERS_COMPLETE"

    @property
    def label(self) -> str:
        return {
            "ON_TIME": "按约定时间上门",
            "SHOWED_CODE": "上门时亮明身份",
            "WITHIN_MANDATE": "没有超出委托范围",
            "TOLD_ONCE": "材料一次告知清楚",
            "RATING_FREE": "评价没有被引导或代填",
            "PAPERS_COMPLETE": "登记、交接、办结材料齐全",
        }[self.value]


class Answer(StrEnum):
    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"

    @property
    def label(self) -> str:
        return {"YES": "是", "NO": "否", "UNKNOWN": "无法判断"}[self.value]
