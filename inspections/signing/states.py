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

    @property
    def label(self) -> str:
        return {"APPLICANT": "申请人（现场人员）", "INSPECTOR": "勘验人员"}[self.value]
