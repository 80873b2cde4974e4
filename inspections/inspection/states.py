"""Words of an inspection, with their Chinese labels."""

from enum import StrEnum

from fieldsvc.kernel.labels import Labelled


class InspectionState(Labelled):
    SCHEDULED = "SCHEDULED", "待勘验"
    IN_PROGRESS = "IN_PROGRESS", "勘验中"
    CONCLUDED = "CONCLUDED", "已下结论，待签名"
    SEALED = "SEALED", "已封存"
    TRANSFERRED = "TRANSFERRED", "已转现场勘验"


class Mode(Labelled):
    REMOTE = "REMOTE", "云勘验（远程视频）"
    ON_SITE = "ON_SITE", "现场勘验"


class SelfResult(Labelled):
    """What the applicant says of an item before the inspection."""

    YES = "YES", "已做到"
    NO = "NO", "还没做到"
    UNSURE = "UNSURE", "说不准"


class RectificationState(Labelled):
    ORDERED = "ORDERED", "待整改"
    SUBMITTED = "SUBMITTED", "已提交，待复核"
    RETURNED = "RETURNED", "已退回，请补充"
    ACCEPTED = "ACCEPTED", "整改合格"


class TransferReason(Labelled):
    """Why an inspection goes on at the place itself."""

    CONSENT_REFUSED = "CONSENT_REFUSED", "申请人不同意录音录像"
    INSPECTOR_DECIDED = "INSPECTOR_DECIDED", "勘验人员决定转现场"
    APPLICANT_ASKED = "APPLICANT_ASKED", "申请人要求改为现场勘验"


class Step(StrEnum):
    """Where the applicant's page stands."""

    BOOK = "BOOK"
    PREPARING = "PREPARING"
    PRE_SURVEY = "PRE_SURVEY"
    CONSENT = "CONSENT"
    LOBBY = "LOBBY"
    CALL = "CALL"
    CONCLUDED = "CONCLUDED"
    SEALED = "SEALED"
    RECTIFY = "RECTIFY"
    DONE = "DONE"
    TRANSFERRED = "TRANSFERRED"
