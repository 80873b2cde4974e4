"""Why a step of an inspection is refused."""

from fieldsvc.kernel.errors import Conflict, Invalid, NotFound


class InspectionUnknown(NotFound):
    code = "inspection_unknown"
    title = "没有找到这次勘验"
    action = "请回到今日勘验列表重新打开。"


class InspectionNotScheduled(NotFound):
    code = "inspection_not_scheduled"
    title = "这一件还没有约定勘验时间"
    action = "请先选择一个勘验时间。"


class ItemUnknown(NotFound):
    code = "item_unknown"
    title = "核查表里没有这一项"
    action = "请刷新页面，按最新的核查表办理。"


class ConsentNeeded(Conflict):
    code = "consent_needed"
    title = "还没有同意录音录像"
    action = "请先阅读告知书并作出选择；不同意也可以，我们改为上门勘验。"


class ConsentTextChanged(Conflict):
    code = "consent_text_changed"
    title = "告知书内容已更新"
    action = "请重新阅读最新的告知书，再作选择。"


class ConsentAnswered(Conflict):
    code = "consent_answered"
    title = "您已经作出过选择"
    action = "如想改变选择，请联系行政审批局工作人员。"


class TooEarly(Conflict):
    """`fields.room_opens_at` says when to come."""

    code = "too_early"
    title = "视频房间还没有开放"
    action = "请在页面显示的开放时间之后再进入，到时也会短信提醒您。"


class InspectionOver(Conflict):
    code = "inspection_over"
    title = "这次勘验已经结束或已改为现场勘验"
    action = "请刷新页面查看结果和下一步。"


class NotOnSite(Conflict):
    code = "not_on_site"
    title = "这次勘验不需要上门"
    action = "需要改为现场勘验的，请先转现场，再标出位置。"


class InspectionNotBegun(Conflict):
    code = "inspection_not_begun"
    title = "视频勘验还没有开始"
    action = "请先在房间里接入申请人，再登记结果。"


class PreSurveyClosed(Conflict):
    code = "pre_survey_closed"
    title = "预勘已经提交，不能再改"
    action = "有变化请在视频勘验时当面说明。"


class KeyItemNeedsEvidence(Invalid):
    code = "key_item_needs_evidence"
    title = "关键项还没有录到证据，不能判为符合"
    action = "请让对方再拍一次（按 P 拍照），或等画面录制恢复后再判定，或转为现场勘验。"


class ItemMustExist(Invalid):
    code = "item_must_exist"
    title = "这一项不允许合理缺项"
    action = "请判定为符合、不符合或无法远程判定。"


class NoteNeeded(Invalid):
    code = "note_needed"
    title = "请写明情况"
    action = "不符合、合理缺项或无法远程判定时，请用一两句话写明看到的情况。"


class ConcludeBlocked(Conflict):
    """`fields.blockers` lists everything that is missing."""

    code = "conclude_blocked"
    title = "还不能下结论"
    action = "请逐条处理下面列出的事项，再点「下结论」。"


class RectificationUnknown(NotFound):
    code = "rectification_unknown"
    title = "没有找到这份整改"
    action = "请刷新页面后再试。"


class RectificationNotOpen(Conflict):
    code = "rectification_not_open"
    title = "这份整改现在不能这样处理"
    action = "请刷新页面查看整改进行到哪一步。"


class RectificationIncomplete(Invalid):
    """`fields.items` are the codes still without a photo or clip."""

    code = "rectification_incomplete"
    title = "还有整改项没有照片或视频"
    action = "请为列出的每一项至少拍一张照片或一段短视频，再提交。"
