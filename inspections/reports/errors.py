from fieldsvc.kernel.errors import Conflict, NotFound, TooMany, Unavailable


class RecordNotReady(NotFound):
    code = "record_not_ready"
    title = "勘验笔录还没有生成"
    action = "勘验下结论后会自动生成，一般只要几秒钟，请稍候再看。"


class PageUnknown(NotFound):
    code = "page_unknown"
    title = "这份文书没有这一页"
    action = "请回到第一页重新翻看。"


class RenderFailed(Unavailable):
    code = "render_failed"
    title = "文书暂时不能生成"
    action = "系统会自动重试；如超过 10 分钟仍未生成，请联系管理员。"


class PaperUnknown(NotFound):
    code = "paper_unknown"
    title = "没有找到这份文书"
    action = "请回到这件代办的页面，重新打开文书列表。"


class PaperClosed(Conflict):
    """`fields.state` is the state it is in."""

    code = "paper_closed"
    title = "这份文书已经签署、作废或不需要签名"
    action = "请刷新文书列表，按最新的一份办理。"


class DocumentUnknown(NotFound):
    code = "document_unknown"
    title = "没有登记过这个编号的文书"
    action = "请核对文书上的编号；仍查不到的，可能不是本系统出具的，请致电出具单位核实。"


class LookUpThrottled(TooMany):
    code = "look_up_throttled"
    title = "查询太频繁"
    action = "请 10 分钟后再查。离线核验不受影响。"


class NothingToServe(Conflict):
    code = "nothing_to_serve"
    title = "笔录还没有签发，没有可以送达的文书"
    action = "请等各方签名完成、笔录签发后再出送达回证。"


class PapersChanged(Conflict):
    code = "papers_changed"
    title = "文书有变化，还没有确认收到"
    action = "请刷新本页，按现在列出的文书确认。"
