from fieldsvc.kernel.errors import Invalid, NotFound, Unavailable


class RecordNotReady(NotFound):
    code = "record_not_ready"
    title = "勘验笔录还没有生成"
    action = "勘验下结论后会自动生成，一般只要几秒钟，请稍候再看。"


class PageUnknown(NotFound):
    code = "page_unknown"
    title = "笔录没有这一页"
    action = "请回到第一页重新翻看。"


class GlyphMissing(Invalid):
    """`fields.character` names the character that no bundled font can draw."""

    code = "glyph_missing"
    title = "笔录里有字体不能显示的生僻字，为免缺字，笔录没有生成"
    action = "请联系管理员补装含该字的字体后重新生成；不要改字替代。"


class RenderFailed(Unavailable):
    code = "render_failed"
    title = "笔录暂时不能生成"
    action = "系统会自动重试；如超过 10 分钟仍未生成，请联系管理员。"
