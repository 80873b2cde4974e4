"""Why a step of a delegation is refused."""

from fieldsvc.kernel.errors import Conflict, Invalid, NotFound, TooMany


class DelegationUnknown(NotFound):
    code = "delegation_unknown"
    title = "没有找到这件代办"
    action = "请核对代办编号，或返回列表重新打开。"


class DelegationInvalid(Invalid):
    """`fields.errors` names each field."""

    code = "delegation_invalid"
    title = "登记内容有误，还没有登记"
    action = "请按提示修改后重新提交。"


class PossibleDuplicate(Conflict):
    """`fields.existing` lists id, number, state and items of what is there already."""

    code = "possible_duplicate"
    title = "这个电话三天内已经登记过同样的事项"
    action = "请先核对已有的登记；确实是另一件的，请勾选「不是重复」后再提交。"


class IntakeThrottled(TooMany):
    code = "intake_throttled"
    title = "提交次数太多，已暂停接收"
    action = "请稍后再试，或直接拨打本局代办热线登记。"


class ReasonNeeded(Invalid):
    code = "reason_needed"
    title = "请写明原因"
    action = "请用一两句话写明原因，申请人会在文书上看到。"


class PlaceNeeded(Invalid):
    code = "place_needed"
    title = "还不知道上门的准确位置"
    action = "请在地图上标出上门地点后再受理。"


class PlaceKnown(Conflict):
    code = "place_known"
    title = "上门位置已经标好"
    action = "请刷新页面查看；位置标错的，请终止这一件，按正确的位置重新登记。"


class MandateMissing(Conflict):
    code = "mandate_missing"
    title = "申请人还没有签署委托书"
    action = "请先请申请人签署委托书，再办理这一步。"


class OutsideMandate(Conflict):
    """`fields.action` is what was asked, `fields.scope` what the mandate allows."""

    code = "outside_mandate"
    title = "这一步不在委托书的授权范围内"
    action = "请由申请人自己办理，或请申请人重新签署包含这一步的委托书。"


class MandateRevoked(Conflict):
    code = "mandate_revoked"
    title = "申请人已经撤销委托"
    action = "请停止办理并交还材料；申请人愿意继续的，请重新签署委托书。"


class MandateExpired(Conflict):
    code = "mandate_expired"
    title = "委托书已经到期"
    action = "请申请人签署续办委托书后再办理。"


class MandateInForce(Conflict):
    code = "mandate_in_force"
    title = "已有一份有效的委托书"
    action = "需要改变授权范围的，请先撤销现有委托书，再重新拟定。"


class MandateUnknown(NotFound):
    code = "mandate_unknown"
    title = "这件代办还没有委托书"
    action = "请先拟定委托书。"


class MandateInvalid(Invalid):
    """`fields.errors` names each field."""

    code = "mandate_invalid"
    title = "委托书内容有误"
    action = "请按提示修改授权范围或有效期。"


class StepsOpen(Conflict):
    """`fields.steps` lists what is still open."""

    code = "steps_open"
    title = "还有办理步骤没有完成"
    action = "请完成列出的步骤，或注明不需要办理，再登记送达。"


class DocumentsNotReturned(Conflict):
    """`fields.documents` lists the originals still with the bureau."""

    code = "documents_not_returned"
    title = "还有收取的原件没有交还申请人"
    action = "请先交还列出的原件并登记交接，再归档。"


class StepUnknown(NotFound):
    code = "step_unknown"
    title = "没有找到这个办理步骤"
    action = "请刷新页面，按最新的步骤办理。"


class DelegationClosed(Conflict):
    code = "delegation_closed"
    title = "这件代办现在不能再办理"
    action = "请刷新页面查看它的状态；已中止的请先恢复办理。"


class DelegateUnknown(Invalid):
    code = "delegate_unknown"
    title = "没有这位代办专员，或暂时不能选择"
    action = "请从公示的代办专员中重新选择，或不指定由本局安排。"


class DelegateFixed(Conflict):
    code = "delegate_fixed"
    title = "代办专员已经接单，不能再更换"
    action = "需要更换的，请联系本局调度员。"


class VisitCodeWrong(Invalid):
    code = "visit_code_wrong"
    title = "核验码不一致"
    action = "请不要开门或交出材料，核对对方出示的号码；仍不一致请点「来的不是这个人」。"


class VisitNotComing(Conflict):
    code = "visit_not_coming"
    title = "现在没有正在上门的工作人员"
    action = "请等短信通知工作人员出发后再核验；已有人自称上门的，请点「来的不是这个人」。"


class HandOverDiffers(Conflict):
    code = "hand_over_differs"
    title = "这个交接编号已用于另一份材料"
    action = "请刷新后重新登记这份材料。"
