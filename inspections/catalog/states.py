"""Words of a checklist: how grave an item is, what proves it, what was found, what follows."""

from fieldsvc.kernel.labels import Labelled


class Level(Labelled):
    KEY = "KEY", "★关键"
    MAJOR = "MAJOR", "▲重点"
    GENERAL = "GENERAL", "○一般"


class Proof(Labelled):
    """What evidence an item asks for."""

    VIDEO = "V", "视频"
    PHOTO = "P", "定点照"
    MEASUREMENT = "M", "入镜测量"
    DOCUMENT = "D", "文书"
    QUESTION = "Q", "问答"


class Remote(Labelled):
    """Whether an item can be judged through a camera."""

    YES = "YES", "可远程"
    DOUBTFUL = "DOUBTFUL", "可初判，存疑转现场"
    NO = "NO", "须现场或检测报告"


class Result(Labelled):
    """What an inspector found at one item."""

    CONFORMING = "CONFORMING", "符合"
    NON_CONFORMING = "NON_CONFORMING", "不符合"
    NOT_APPLICABLE = "NOT_APPLICABLE", "合理缺项"
    UNDETERMINED = "UNDETERMINED", "无法远程判定"


class Outcome(Labelled):
    """The verdict over a whole checklist."""

    CONFORMING = "CONFORMING", "符合"
    NON_CONFORMING = "NON_CONFORMING", "不符合"
    ON_SITE_REQUIRED = "ON_SITE_REQUIRED", "转现场核查"


class PersonType(Labelled):
    """Who may ask for a service item."""

    PERSON = "PERSON", "个人"
    FIRM = "FIRM", "企业"


class ExemptBy(Labelled):
    """免证办: what stands for a paper that need not be handed in."""

    E_LICENCE = "E_LICENCE", "调用电子证照，免提交"
    DATA_SHARING = "DATA_SHARING", "数据共享核验，免提交"
    UNDERTAKING = "UNDERTAKING", "可以告知承诺代替"
