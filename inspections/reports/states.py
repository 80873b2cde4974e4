from fieldsvc.kernel.labels import Labelled


class RecordState(Labelled):
    """SUPERSEDED: the applicant objected; a later edition holds the objection."""

    FROZEN = "FROZEN", "待签名"
    ISSUED = "ISSUED", "已签发"
    SUPERSEDED = "SUPERSEDED", "已改版"


class SealLevel(Labelled):
    """PAdES levels (ETSI EN 319 142-1): B-B when no timestamp authority answered."""

    B_LTA = "B-LTA", "长期有效（含文档时间戳）"
    B_B = "B-B", "没有时间戳（时间戳机构当时不可用）"


class PaperKind(Labelled):
    """The papers of a delegation: DB3205/T 1077-2023 annexes A to E, and what goes with them."""

    REGISTRATION = "REGISTRATION", "代办登记表"
    ACCEPTANCE = "ACCEPTANCE", "代办受理单"
    MANDATE = "MANDATE", "代办服务委托书"
    SUSPENSION = "SUSPENSION", "代办中止单"
    RESUMPTION = "RESUMPTION", "续办委托书"
    COMPLETION = "COMPLETION", "代办办结单"
    TERMINATION = "TERMINATION", "代办终止单"
    HAND_OVER = "HAND_OVER", "材料交接清单"

    @property
    def code(self) -> str:
        """The letters in the paper's own number."""
        return _PAPER_CODES[self]

    @property
    def template(self) -> str:
        return _PAPER_TEMPLATES.get(self, f"{self.value.lower()}.typ")


_PAPER_CODES = {
    PaperKind.REGISTRATION: "DJ",
    PaperKind.ACCEPTANCE: "SL",
    PaperKind.MANDATE: "WT",
    PaperKind.SUSPENSION: "ZD",
    PaperKind.RESUMPTION: "XB",
    PaperKind.COMPLETION: "BJ",
    PaperKind.TERMINATION: "ZZ",
    PaperKind.HAND_OVER: "JJ",
}
_PAPER_TEMPLATES = {
    PaperKind.RESUMPTION: "mandate.typ",
    PaperKind.SUSPENSION: "statement.typ",
    PaperKind.COMPLETION: "statement.typ",
    PaperKind.TERMINATION: "statement.typ",
}


class PaperState(Labelled):
    """SUPERSEDED: a newer one took its place, or what it spoke of ended, before it was signed."""

    FROZEN = "FROZEN", "待签名"
    SIGNED = "SIGNED", "已签名"
    ISSUED = "ISSUED", "已出具"
    SUPERSEDED = "SUPERSEDED", "已作废"


class InspectionPaperKind(Labelled):
    """The papers beside the record of an inspection; each is sealed and issued as it is made."""

    CHECK_SHEET = "CHECK_SHEET", "现场核查表"
    RECTIFICATION_NOTICE = "RECTIFICATION_NOTICE", "整改通知书"
    REVIEW_OPINION = "REVIEW_OPINION", "复查意见书"
    NOT_PASSED = "NOT_PASSED", "勘验不予通过说明"
    BROKEN_OFF = "BROKEN_OFF", "勘验中止说明"
    SERVICE_RECEIPT = "SERVICE_RECEIPT", "送达回证"
    SIGNING_TRAIL = "SIGNING_TRAIL", "签署审计页"

    @property
    def code(self) -> str:
        """The letters in the paper's own number."""
        return _INSPECTION_PAPER_CODES[self]

    @property
    def template(self) -> str:
        if self in {InspectionPaperKind.NOT_PASSED, InspectionPaperKind.BROKEN_OFF}:
            return "explanation.typ"
        return f"{self.value.lower()}.typ"


_INSPECTION_PAPER_CODES = {
    InspectionPaperKind.CHECK_SHEET: "HC",
    InspectionPaperKind.RECTIFICATION_NOTICE: "ZG",
    InspectionPaperKind.REVIEW_OPINION: "FC",
    InspectionPaperKind.NOT_PASSED: "BY",
    InspectionPaperKind.BROKEN_OFF: "ZZ",
    InspectionPaperKind.SERVICE_RECEIPT: "SD",
    InspectionPaperKind.SIGNING_TRAIL: "SJ",
}
