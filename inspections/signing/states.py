from enum import StrEnum


class SignatureState(StrEnum):
    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"

    @property
    def label(self) -> str:
        return {"PENDING": "待签名", "COMPLETED": "已签名", "DECLINED": "拒绝签名"}[self.value]


class SignerKind(StrEnum):
    APPLICANT = "APPLICANT"
    INSPECTOR = "INSPECTOR"
    DELEGATE = "DELEGATE"

    @property
    def label(self) -> str:
        return _SIGNER_LABELS[self]


_SIGNER_LABELS = {
    SignerKind.APPLICANT: "申请人（现场人员）",
    SignerKind.INSPECTOR: "勘验人员",
    SignerKind.DELEGATE: "代办专员",
}


class SignedWay(StrEnum):
    """SCREEN: drawn stroke by stroke. PAPER_PHOTO: on paper, of which we hold a photo."""

    SCREEN = "SCREEN"
    PAPER_PHOTO = "PAPER_PHOTO"

    @property
    def label(self) -> str:
        return {"SCREEN": "屏幕手写签名", "PAPER_PHOTO": "纸质签名（照片存档）"}[self.value]
