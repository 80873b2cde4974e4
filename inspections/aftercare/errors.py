from fieldsvc.kernel.errors import Conflict, Invalid, NotAllowed


class RatingGiven(Conflict):
    code = "rating_given"
    title = "这次服务您已经评价过了"
    action = "每次服务只能评价一次；还有意见，请致电本局。"


class RatingNotYet(Conflict):
    code = "rating_not_yet"
    title = "这次服务还没有办结，暂时不能评价"
    action = "办结后会给您发短信，请到时再打开链接评价。"


class RatedMayNotAct(NotAllowed):
    code = "rated_may_not_act"
    title = "这件差评评的是您参与的服务，应由别人办理"
    action = "请交由没有参与这次服务的负责人办理。"


class OwnerWasRated(Invalid):
    code = "owner_was_rated"
    title = "不能把差评交给被评价的人办理"
    action = "请选择没有参与这次服务的人员。"


class OwnerUnknown(Invalid):
    code = "owner_unknown"
    title = "没有找到这位工作人员"
    action = "请从本局在岗的负责人或调度员中选择。"


class NotTheOwner(NotAllowed):
    code = "not_the_owner"
    title = "这件差评由别人负责办理"
    action = "请由责任人或本局负责人办结。"


class TooEarlyAgain(Conflict):
    code = "follow_up_too_early"
    title = "刚刚打过一次，没有打通"
    action = "请隔两小时以上，换个时段再打。"


class BlockedPointNeedsText(Invalid):
    code = "blocked_point_needs_text"
    title = "选了“其他”堵点，但没有写明是什么"
    action = "请用一句话写明堵在哪里。"


class ExtensionTooLate(Conflict):
    code = "extension_too_late"
    title = "时限已经到了，不能再延期"
    action = "请立即办结，并向群众说明逾期原因。"


class ExtensionTooLong(Invalid):
    code = "extension_too_long"
    title = "延期后超过 15 个工作日"
    action = "连同延期，从收件登记起最多 15 个工作日，请缩短延期。"


class ExtendedAlready(Conflict):
    code = "extended_already"
    title = "已经延期过一次"
    action = "每件只能延期一次，请在时限前办结。"


class SampleEmpty(Invalid):
    code = "sample_period_empty"
    title = "这段时间没有可抽查的办件"
    action = "请放宽起止日期后重新抽取。"


class NotInSample(Invalid):
    code = "not_in_sample"
    title = "这个办件不在这次抽查之内"
    action = "请从抽取的名单中选择。"
