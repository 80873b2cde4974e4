from fieldsvc.kernel.labels import Labelled


class SignatureState(Labelled):
    """SUPERSEDED: the document was changed after an objection; the new edition is asked for."""

    PENDING = "PENDING", "待签名"
    COMPLETED = "COMPLETED", "已签名"
    DECLINED = "DECLINED", "拒绝签名"
    SUPERSEDED = "SUPERSEDED", "已改版，请核对新版"


class SignerKind(Labelled):
    APPLICANT = "APPLICANT", "申请人（现场人员）"
    INSPECTOR = "INSPECTOR", "勘验人员"
    DELEGATE = "DELEGATE", "代办专员"


class SignedWay(Labelled):
    """SCREEN: drawn stroke by stroke. PAPER_PHOTO: on paper, of which we hold a photo."""

    SCREEN = "SCREEN", "屏幕手写签名"
    PAPER_PHOTO = "PAPER_PHOTO", "纸质签名（照片存档）"


class Assurance(Labelled):
    """What stands behind a signature: the movement of the hand, or a certified key as well."""

    HANDWRITTEN = "HANDWRITTEN", "手写签名"
    CERTIFIED = "CERTIFIED", "手写签名和数字证书"


class SigningKey(Labelled):
    """Where the key lived that signed; the server's is the way out for an old browser."""

    DEVICE = "device", "签名人设备上的密钥"
    SERVER = "server", "系统代为生成的一次性密钥"


# The name of the installation's own root in the journal, where a licensed authority has its own.
BUILT_IN = "builtin"


class IdentityResult(Labelled):
    """What the identity service said of name and number."""

    MATCHED = "matched", "姓名与证件号码一致"
    DIFFERENT = "different", "姓名与证件号码不一致"
    UNAVAILABLE = "unavailable", "身份核验服务当时不可用，未核验"


class Means(Labelled):
    """How a signer was identified."""

    SMS = "sms", "短信验证码"
    SESSION = "session", "工作账号登录"
