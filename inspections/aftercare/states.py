"""Words of what comes after a service: grades, causes, outcomes, forms."""

from enum import IntEnum

from fieldsvc.kernel.labels import Labelled


class SubjectKind(Labelled):
    DELEGATION = "DELEGATION", "上门代办"
    INSPECTION = "INSPECTION", "勘验"


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


class Tag(Labelled):
    FAST = "FAST", "办得快"
    POLITE = "POLITE", "态度好"
    CLEAR = "CLEAR", "讲得清楚"
    ON_TIME = "ON_TIME", "准时上门"
    ONE_TRIP = "ONE_TRIP", "一次办好"
    HELPFUL = "HELPFUL", "主动帮忙"
    LATE = "LATE", "来晚了"
    NOBODY_CAME = "NOBODY_CAME", "没有人来"
    RUDE = "RUDE", "态度不好"
    UNCLEAR = "UNCLEAR", "没有讲清楚"
    MANY_TRIPS = "MANY_TRIPS", "跑了多趟"
    EXTRA_MATERIALS = "EXTRA_MATERIALS", "多要了材料"
    CHARGED = "CHARGED", "收了费用"
    WRONG = "WRONG", "办错了"


GOOD_TAGS = (Tag.FAST, Tag.POLITE, Tag.CLEAR, Tag.ON_TIME, Tag.ONE_TRIP, Tag.HELPFUL)
BAD_TAGS = tuple(tag for tag in Tag if tag not in GOOD_TAGS)


class RemedyState(Labelled):
    OPEN = "OPEN", "整改中"
    CLOSED = "CLOSED", "已办结"


class RemedyOutcome(Labelled):
    PUT_RIGHT = "PUT_RIGHT", "属实，已改正"
    EXPLAINED = "EXPLAINED", "已说明，群众理解"
    NOT_UPHELD = "NOT_UPHELD", "经核实不属实"


class FollowUpState(Labelled):
    OPEN = "OPEN", "待回访"
    DONE = "DONE", "已回访"
    UNREACHABLE = "UNREACHABLE", "多次联系不上"


class Cause(Labelled):
    """Why somebody is called back; in the order of weight."""

    BAD_RATING = "BAD_RATING", "差评必访"
    LONG = "LONG", "超过承诺时限"
    MANY_TRIPS = "MANY_TRIPS", "上门不止一趟"
    SAMPLE = "SAMPLE", "抽样回访"


class FollowUpOutcome(Labelled):
    SATISFIED = "SATISFIED", "满意"
    UNDERSTANDING = "UNDERSTANDING", "经说明表示理解"
    STILL_DISSATISFIED = "STILL_DISSATISFIED", "仍不满意"
    NEW_REQUEST = "NEW_REQUEST", "提出新的诉求"
    DECLINED = "DECLINED", "不愿接受回访"


class BlockedPoint(Labelled):
    """堵点: where the case got stuck, as the caller tells it."""

    MATERIALS = "MATERIALS", "材料多、反复补"
    UNCLEAR_NOTICE = "UNCLEAR_NOTICE", "没有一次告知清楚"
    HAND_OVER = "HAND_OVER", "部门之间流转慢"
    SYSTEM = "SYSTEM", "系统打不开、传不上"
    WAITING = "WAITING", "等候时间长"
    TRIPS = "TRIPS", "跑了多趟"
    CONDUCT = "CONDUCT", "服务态度"
    POLICY = "POLICY", "政策不允许或不明确"
    OTHER = "OTHER", "其他"


class UnresolvedState(Labelled):
    """办不成事 as its forms follow each other: 收件登记表, 分办呈批表, 交办单, 回复, 办结."""

    REGISTERED = "REGISTERED", "已收件登记"
    PROPOSED = "PROPOSED", "分办待批"
    ASSIGNED = "ASSIGNED", "已交办"
    REPLIED = "REPLIED", "部门已回复"
    CLOSED = "CLOSED", "已办结"


class Source(Labelled):
    WINDOW = "WINDOW", "“办不成事”窗口"
    HOTLINE = "HOTLINE", "热线电话"
    DOOR = "DOOR", "群众在门口反映"
    SUPERVISOR = "SUPERVISOR", "特邀监督员"


class Complexity(Labelled):
    SIMPLE = "SIMPLE", "简单"
    NORMAL = "NORMAL", "一般"
    COMPLEX = "COMPLEX", "复杂"


class ToldWay(Labelled):
    """How the person was told of an extension before the old deadline."""

    PHONE = "PHONE", "电话"
    SMS = "SMS", "短信"
    IN_PERSON = "IN_PERSON", "当面"


class Check(Labelled):
    """What a supervisor looks at in a sampled case."""

    ON_TIME = "ON_TIME", "按约定时间上门"
    SHOWED_CODE = "SHOWED_CODE", "上门时亮明身份"
    WITHIN_MANDATE = "WITHIN_MANDATE", "没有超出委托范围"
    TOLD_ONCE = "TOLD_ONCE", "材料一次告知清楚"
    RATING_FREE = "RATING_FREE", "评价没有被引导或代填"
    PAPERS_COMPLETE = "PAPERS_COMPLETE", "登记、交接、办结材料齐全"


class Answer(Labelled):
    YES = "YES", "是"
    NO = "NO", "否"
    UNKNOWN = "UNKNOWN", "无法判断"
