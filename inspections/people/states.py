"""What a member of staff may be, can do, answers for, and why one is away."""

from fieldsvc.kernel.labels import Labelled


class Role(Labelled):
    INSPECTOR = "INSPECTOR", "勘验人员"
    DISPATCHER = "DISPATCHER", "调度员"
    HEAD = "HEAD", "科室负责人"
    ADMINISTRATOR = "ADMINISTRATOR", "系统管理员"
    AUDITOR = "AUDITOR", "审计员"
    DELEGATE = "DELEGATE", "代办专员"
    LIAISON = "LIAISON", "包联专员"


class Skill(Labelled):
    """What a visit may ask of whoever comes."""

    ENTERPRISE = "ENTERPRISE", "企业开办"
    SOCIAL_INSURANCE = "SOCIAL_INSURANCE", "社保医保"
    REAL_ESTATE = "REAL_ESTATE", "不动产"
    TAX = "TAX", "税务"
    CONSTRUCTION = "CONSTRUCTION", "工程建设"
    DIALECT = "DIALECT", "方言"
    SIGN_LANGUAGE = "SIGN_LANGUAGE", "手语"
    VIDEO_KIT = "VIDEO_KIT", "视频勘验设备"
    INSPECTION = "INSPECTION", "现场勘验"


class AbsenceReason(Labelled):
    SICK = "SICK", "病假"
    LEAVE = "LEAVE", "事假"
    TRAINING = "TRAINING", "培训"
    OTHER = "OTHER", "其他"


class ResponsibilityLevel(Labelled):
    """包联责任制's four levels, highest first."""

    LEADER = "LEADER", "包联领导"
    CHAIN_TEAM = "CHAIN_TEAM", "产业链专班"
    DEPARTMENT = "DEPARTMENT", "责任科室"
    OFFICER = "OFFICER", "包联专员"


class LinkPurpose(Labelled):
    """What an applicant's link opens."""

    INSPECTION = "INSPECTION", "勘验"
    VISIT = "VISIT", "上门代办"
    RATING = "RATING", "评价"
