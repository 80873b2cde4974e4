"""Words of an inspection, with their Chinese labels."""

from enum import StrEnum


class InspectionState(StrEnum):
    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    CONCLUDED = "CONCLUDED"
    SEALED = "SEALED"
    TRANSFERRED = "TRANSFERRED"

    @property
    def label(self) -> str:
        return INSPECTION_LABELS[self]


INSPECTION_LABELS = {
    InspectionState.SCHEDULED: "待勘验",
    InspectionState.IN_PROGRESS: "勘验中",
    InspectionState.CONCLUDED: "已下结论，待签名",
    InspectionState.SEALED: "已封存",
    InspectionState.TRANSFERRED: "已转现场勘验",
}


class Mode(StrEnum):
    REMOTE = "REMOTE"
    ON_SITE = "ON_SITE"

    @property
    def label(self) -> str:
        return {"REMOTE": "云勘验（远程视频）", "ON_SITE": "现场勘验"}[self.value]


class SelfResult(StrEnum):
    """What the applicant says of an item before the inspection."""

    YES = "YES"
    NO = "NO"
    UNSURE = "UNSURE"

    @property
    def label(self) -> str:
        return {"YES": "已做到", "NO": "还没做到", "UNSURE": "说不准"}[self.value]


class RectificationState(StrEnum):
    ORDERED = "ORDERED"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"

    @property
    def label(self) -> str:
        return RECTIFICATION_LABELS[self]


RECTIFICATION_LABELS = {
    RectificationState.ORDERED: "待整改",
    RectificationState.SUBMITTED: "已提交，待复核",
    RectificationState.RETURNED: "已退回，请补充",
    RectificationState.ACCEPTED: "整改合格",
}


class TransferReason(StrEnum):
    """Why an inspection goes on at the place itself."""

    CONSENT_REFUSED = "CONSENT_REFUSED"
    INSPECTOR_DECIDED = "INSPECTOR_DECIDED"
    APPLICANT_ASKED = "APPLICANT_ASKED"

    @property
    def label(self) -> str:
        return {
            "CONSENT_REFUSED": "申请人不同意录音录像",
            "INSPECTOR_DECIDED": "勘验人员决定转现场",
            "APPLICANT_ASKED": "申请人要求改为现场勘验",
        }[self.value]


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
