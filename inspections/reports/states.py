from enum import StrEnum


class RecordState(StrEnum):
    FROZEN = "FROZEN"
    ISSUED = "ISSUED"

    @property
    def label(self) -> str:
        return {"FROZEN": "待签名", "ISSUED": "已签发"}[self.value]


class PaperKind(StrEnum):
    """The papers of a delegation: DB3205/T 1077-2023 annexes A to E, and what goes with them."""

    REGISTRATION = "REGISTRATION"
    ACCEPTANCE = "ACCEPTANCE"
    MANDATE = "MANDATE"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    COMPLETION = "COMPLETION"
    TERMINATION = "TERMINATION"
    HAND_OVER = "HAND_OVER"

    @property
    def label(self) -> str:
        return _PAPER_LABELS[self]

    @property
    def code(self) -> str:
        """The letters in the paper's own number."""
        return _PAPER_CODES[self]

    @property
    def template(self) -> str:
        return _PAPER_TEMPLATES.get(self, f"{self.value.lower()}.typ")


_PAPER_LABELS = {
    PaperKind.REGISTRATION: "代办登记表",
    PaperKind.ACCEPTANCE: "代办受理单",
    PaperKind.MANDATE: "代办服务委托书",
    PaperKind.SUSPENSION: "代办中止单",
    PaperKind.RESUMPTION: "续办委托书",
    PaperKind.COMPLETION: "代办办结单",
    PaperKind.TERMINATION: "代办终止单",
    PaperKind.HAND_OVER: "材料交接清单",
}
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


class PaperState(StrEnum):
    """SUPERSEDED: a newer one took its place, or what it spoke of ended, before it was signed."""

    FROZEN = "FROZEN"
    SIGNED = "SIGNED"
    ISSUED = "ISSUED"
    SUPERSEDED = "SUPERSEDED"

    @property
    def label(self) -> str:
        return {
            "FROZEN": "待签名",
            "SIGNED": "已签名",
            "ISSUED": "已出具",
            "SUPERSEDED": "已作废",
        }[self.value]
