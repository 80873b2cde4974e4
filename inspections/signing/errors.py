from fieldsvc.kernel.errors import Conflict, Invalid, NotFound


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
