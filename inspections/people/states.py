"""What a member of staff may be, can do, answers for, and why one is away."""

from enum import StrEnum


class Role(StrEnum):
    INSPECTOR = "INSPECTOR"
    DISPATCHER = "DISPATCHER"
    HEAD = "HEAD"
    ADMINISTRATOR = "ADMINISTRATOR"
    AUDITOR = "AUDITOR"
    DELEGATE = "DELEGATE"
    LIAISON = "LIAISON"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.INSPECTOR: "勘验人员",
    Role.DISPATCHER: "调度员",
    Role.HEAD: "科室负责人",
    Role.ADMINISTRATOR: "系统管理员",
    Role.AUDITOR: "审计员",
    Role.DELEGATE: "代办专员",
    Role.LIAISON: "包联专员",
}


class Skill(StrEnum):
    """What a visit may ask of whoever comes."""

    ENTERPRISE = "ENTERPRISE"
    SOCIAL_INSURANCE = "SOCIAL_INSURANCE"
    REAL_ESTATE = "REAL_ESTATE"
    TAX = "TAX"
    CONSTRUCTION = "CONSTRUCTION"
    DIALECT = "DIALECT"
    SIGN_LANGUAGE = "SIGN_LANGUAGE"
    VIDEO_KIT = "VIDEO_KIT"
    INSPECTION = "INSPECTION"

    @property
    def label(self) -> str:
        return SKILL_LABELS[self]


SKILL_LABELS = {
    Skill.ENTERPRISE: "企业开办",
    Skill.SOCIAL_INSURANCE: "社保医保",
    Skill.REAL_ESTATE: "不动产",
    Skill.TAX: "税务",
    Skill.CONSTRUCTION: "工程建设",
    Skill.DIALECT: "方言",
    Skill.SIGN_LANGUAGE: "手语",
    Skill.VIDEO_KIT: "视频勘验设备",
    Skill.INSPECTION: "现场勘验",
}


class AbsenceReason(StrEnum):
    SICK = "SICK"
    LEAVE = "LEAVE"
    TRAINING = "TRAINING"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return {"SICK": "病假", "LEAVE": "事假", "TRAINING": "培训", "OTHER": "其他"}[self.value]


class ResponsibilityLevel(StrEnum):
    """包联责任制's four levels, highest first."""

    LEADER = "LEADER"
    CHAIN_TEAM = "CHAIN_TEAM"
    DEPARTMENT = "DEPARTMENT"
    OFFICER = "OFFICER"

    @property
    def label(self) -> str:
        return {
            "LEADER": "包联领导",
            "CHAIN_TEAM": "产业链专班",
            "DEPARTMENT": "责任科室",
            "OFFICER": "包联专员",
        }[self.value]


class LinkPurpose(StrEnum):
    """What an applicant's link opens."""

    INSPECTION = "INSPECTION"
    VISIT = "VISIT"
    RATING = "RATING"

    @property
    def label(self) -> str:
        return {"INSPECTION": "勘验", "VISIT": "上门代办", "RATING": "评价"}[self.value]
