from fieldsvc.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unavailable


class TooFewStrokes(Invalid):
    code = "too_few_strokes"
    title = "签名笔画太少，看不出是姓名"
    action = "请在签名框内一笔一画写下完整姓名。"


class StrokesUnusable(Invalid):
    code = "strokes_unusable"
    title = "签名笔迹没有完整传到"
    action = "请清空签名框，重新签一次。"


class StrokesReplayed(Invalid):
    code = "strokes_replayed"
    title = "这次签名与以前的一次笔迹完全相同"
    action = "请清空签名框，亲手重新签一次。"


class WillMissing(Invalid):
    code = "will_missing"
    title = "还没有确认签名意愿"
    action = "请先阅读文书，勾选「我已阅读，内容属实，自愿签名」后再签。"


class DocumentChanged(Conflict):
    code = "document_changed"
    title = "文书内容已更新，您看到的不是最新版本"
    action = "请重新打开文书，核对后再签名。"


class AlreadySigned(Conflict):
    code = "already_signed"
    title = "这份文书您已经签过，或已经答复过"
    action = "不需要再次签名，请刷新页面查看结果。"


class SignatureUnknown(NotFound):
    code = "signature_unknown"
    title = "没有找到需要您签名的文书"
    action = "请回到办理页面，从「核对文书」进入。"


class NotAskedFor(Conflict):
    code = "not_asked_for"
    title = "这份文书的签名不需要这一步"
    action = "请按页面上的步骤签名。"


class NotRead(Conflict):
    """`fields.pages` are those not opened yet."""

    code = "not_read"
    title = "笔录还有没看过的页"
    action = "请把每一页都看一遍，再回来签名。"


class ConsentChanged(Conflict):
    code = "consent_changed"
    title = "签名确认书已更新，您看到的不是最新版本"
    action = "请重新打开签名页面，看过新的确认书后再继续。"


class CodeTooSoon(TooMany):
    code = "signing_code_too_soon"
    title = "验证码刚刚发过"
    action = "短信一般一分钟内到达；没有收到的，请倒数结束后再点一次发送。"


class CodeWrong(Invalid):
    """`fields.tries_left` says how often one may still try."""

    code = "signing_code_wrong"
    title = "验证码不对"
    action = "请核对短信里的六位数字；短信里的文件指纹尾号应与页面上的一致。"


class CodeExpired(Invalid):
    code = "signing_code_expired"
    title = "验证码已过期，或已经用过"
    action = "请重新获取验证码。"


class CodeLocked(TooMany):
    code = "signing_code_locked"
    title = "验证码连续输错五次，已暂停核对"
    action = "请在十五分钟后重新获取验证码；需要帮助的，请联系勘验人员。"


class KeyUnusable(Invalid):
    code = "key_unusable"
    title = "手机生成的签名密钥不能使用"
    action = "请刷新页面重试；仍不行的，请换一个浏览器打开。"


class NotIdentified(Conflict):
    code = "not_identified"
    title = "还没有确认签名人身份"
    action = "请先核对验证码（工作人员请先确认签名确认书），再手写签名。"


class CertificateExpired(Conflict):
    code = "certificate_expired"
    title = "签名证书已过一小时的有效期"
    action = "请重新确认身份，再签名。"


class SignatureInvalid(Invalid):
    code = "signature_invalid"
    title = "数字签名与文书或证书对不上"
    action = "请重新确认身份后再签一次；多次出现的，请联系勘验人员。"


class CertificateUnavailable(Unavailable):
    code = "certificate_unavailable"
    title = "电子认证机构暂时没有答复，签名证书没有办下来"
    action = "已看的页、已填的内容都还在，请稍等一分钟再点一次；多次不成的，请联系勘验人员。"


class CertificateRefused(Conflict):
    code = "certificate_refused"
    title = "电子认证机构没有给这次签名出具证书"
    action = "请联系勘验人员；也可以改签纸质笔录。"


class IdentityNeeded(Conflict):
    code = "identity_needed"
    title = "还没有核验身份证件"
    action = "请先填写身份证号码核验身份，再输入验证码。"


class IdentityDifferent(Invalid):
    """`fields.tries_left` says how often one may still try."""

    code = "identity_different"
    title = "姓名与证件号码对不上"
    action = "请核对身份证号码再试；办件登记的姓名有误的，请告诉勘验人员。"


class IdentityTriesSpent(TooMany):
    code = "identity_tries_spent"
    title = "身份核验已达五次，不能再试"
    action = "请联系勘验人员，当面核对证件，改签纸质笔录。"


class ObjectionsSpent(Conflict):
    code = "objections_spent"
    title = "对这份笔录已提出五次异议，不能在线再提"
    action = "请书面提交意见，或请勘验人员到现场核对；您也可以写明理由拒绝签名。"


class AlreadyObjected(Conflict):
    code = "already_objected"
    title = "对这一版笔录的异议已经收到"
    action = "请等新版笔录生成后核对；对新版仍有异议的，可以再提。"


class ObjectionEmpty(Invalid):
    code = "objection_empty"
    title = "异议里还没有内容"
    action = "请写明您不同意的地方，或录一段话。"


class SecondInspectorNeeded(Conflict):
    code = "second_inspector_needed"
    title = "拒绝签名须由两名勘验人员共同注明"
    action = "请由另一名参加勘验的人员登录后见证。"


class RefusalNotNoted(Conflict):
    code = "refusal_not_noted"
    title = "还没有人注明申请人拒绝签名"
    action = "请先由一名勘验人员写明情况。"


class RefusalNoted(Conflict):
    code = "refusal_noted"
    title = "申请人拒绝签名的情况已经注明"
    action = "请由另一名勘验人员见证，不需要再次填写。"
