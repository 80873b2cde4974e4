"""Words of a checklist: how grave an item is, what proves it, what was found, what follows."""

from enum import StrEnum


class Level(StrEnum):
    KEY = "KEY"
    MAJOR = "MAJOR"
    GENERAL = "GENERAL"

    @property
    def label(self) -> str:
        return {"KEY": "★关键", "MAJOR": "▲重点", "GENERAL": "○一般"}[self.value]


class Proof(StrEnum):
    """What evidence an item asks for."""

    VIDEO = "V"
    PHOTO = "P"
    MEASUREMENT = "M"
    DOCUMENT = "D"
    QUESTION = "Q"

    @property
    def label(self) -> str:
        return {"V": "视频", "P": "定点照", "M": "入镜测量", "D": "文书", "Q": "问答"}[self.value]


class Remote(StrEnum):
    """Whether an item can be judged through a camera."""

    YES = "YES"
    DOUBTFUL = "DOUBTFUL"
    NO = "NO"

    @property
    def label(self) -> str:
        return {
            "YES": "可远程",
            "DOUBTFUL": "可初判，存疑转现场",
            "NO": "须现场或检测报告",
        }[self.value]


class Result(StrEnum):
    """What an inspector found at one item."""

    CONFORMING = "CONFORMING"
    NON_CONFORMING = "NON_CONFORMING"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNDETERMINED = "UNDETERMINED"

    @property
    def label(self) -> str:
        return {
            "CONFORMING": "符合",
            "NON_CONFORMING": "不符合",
            "NOT_APPLICABLE": "合理缺项",
            "UNDETERMINED": "无法远程判定",
        }[self.value]


class Outcome(StrEnum):
    """The verdict over a whole checklist."""

    CONFORMING = "CONFORMING"
    NON_CONFORMING = "NON_CONFORMING"
    ON_SITE_REQUIRED = "ON_SITE_REQUIRED"

    @property
    def label(self) -> str:
        return {
            "CONFORMING": "符合",
            "NON_CONFORMING": "不符合",
            "ON_SITE_REQUIRED": "转现场核查",
        }[self.value]


class PersonType(StrEnum):
    """Who may ask for a service item."""

    PERSON = "PERSON"
    FIRM = "FIRM"

    @property
    def label(self) -> str:
        return {"PERSON": "个人", "FIRM": "企业"}[self.value]


class ExemptBy(StrEnum):
    """免证办: what stands for a paper that need not be handed in."""

    E_LICENCE = "E_LICENCE"
    DATA_SHARING = "DATA_SHARING"
    UNDERTAKING = "UNDERTAKING"

    @property
    def label(self) -> str:
        return {
            "E_LICENCE": "调用电子证照，免提交",
            "DATA_SHARING": "数据共享核验，免提交",
            "UNDERTAKING": "可以告知承诺代替",
        }[self.value]
