from fieldsvc.kernel.labels import Labelled


class SignatureState(Labelled):
    PENDING = "PENDING", "待签名"
    COMPLETED = "COMPLETED", "已签名"
    DECLINED = "DECLINED", "拒绝签名"


class SignerKind(Labelled):
    APPLICANT = "APPLICANT", "申请人（现场人员）"
    INSPECTOR = "INSPECTOR", "勘验人员"
    DELEGATE = "DELEGATE", "代办专员"


class SignedWay(Labelled):
    """SCREEN: drawn stroke by stroke. PAPER_PHOTO: on paper, of which we hold a photo."""

    SCREEN = "SCREEN", "屏幕手写签名"
    PAPER_PHOTO = "PAPER_PHOTO", "纸质签名（照片存档）"
