from fieldsvc.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion


class VisitUnknown(NotFound):
    code = "visit_unknown"
    title = "没有找到这次上门"
    action = "请返回派单看板，刷新后重新打开。"


class OrderUnknown(NotFound):
    code = "order_unknown"
    title = "没有找到这张派单"
    action = "请刷新今天的任务列表；刚被改派的任务会从列表中消失。"


class PlanUnknown(NotFound):
    code = "plan_unknown"
    title = "没有找到这个排班方案"
    action = "请返回派单看板，重新打开方案列表。"


class BoardNotYours(NotAllowed):
    code = "board_not_yours"
    title = "派单看板由调度员和科室负责人使用"
    action = "需要调整安排的，请联系本局调度员。"


class FieldNotYours(NotAllowed):
    code = "field_not_yours"
    title = "这里是代办专员的任务"
    action = "请用代办专员的账号登录。"


class VisitOver(Conflict):
    code = "visit_over"
    title = "这次上门已经办结或取消"
    action = "请刷新看板；还要再去一次的，请重新登记。"


class VisitUnderWay(Conflict):
    code = "visit_under_way"
    title = "专员已经出发，不能再改派"
    action = "请先电话联系专员；确实去不成的，由专员在手机上点「中止」。"


class VideoImpossible(Conflict):
    code = "video_impossible"
    title = "这次上门不能改为视频办理"
    action = "只有还没有出发、申请人没有拒绝录像的现场勘验可以改为视频。请照常安排上门。"


class OrderChanged(Conflict):
    """`fields.order`: the order as it stands now, for the phone's conflict screen."""

    code = "order_changed"
    title = "这张派单刚刚有了变化"
    action = "请看最新的状态：仍由您办理的请再点一次，已改派的无需再去。"


class BoardChanged(StaleVersion):
    """`fields.version`: the board's version now."""

    code = "board_changed"
    title = "看板刚刚有了变化，这次没有发布"
    action = "请核对最新的看板，再点一次发布；变化较大的请先重排。"


class MoveRefused(Conflict):
    """`fields.findings`: what was checked, `{code, ok, blocking, text}` each; `fields.alternatives`
    up to three places that were really checked, `{staff, staff_name, starts_at}` each."""

    code = "move_refused"
    title = "这样安排行不通"
    action = "请看每一项检查的说明，改用下面查验过的时间，或另选一位专员。"


class TimeTaken(Conflict):
    """`fields.alternatives`: up to three checked places, `{staff, staff_name, starts_at}` each."""

    code = "time_taken"
    title = "这段时间刚被占用"
    action = "请从下面查验过的时间中另选一个。"


class WindowGone(Conflict):
    """`fields.alternatives`: the next checked windows, `{starts_from, starts_until, label}`."""

    code = "window_gone"
    title = "这个时间段刚刚约满"
    action = "请从下面的时间段中另选一个。"


class PromiseBroken(Conflict):
    """`fields.visits`: the visits whose promise the plan would break, `{visit, title, text}`."""

    code = "promise_broken"
    title = "这个方案会打破已经作出的承诺，没有发布"
    action = "请把列出的上门恢复原来的安排，或与当事人另约时间后再发布。"


class PlanUnfit(Conflict):
    """`fields.violations`: what the check found, `{code, visit, staff, text}` each."""

    code = "plan_unfit"
    title = "这个方案已经不符合现在的情况，没有发布"
    action = "请点「重排」，按最新情况重新生成方案。"


class PlanNotReady(Conflict):
    code = "plan_not_ready"
    title = "这个方案现在不能发布"
    action = "正在计算的请稍候；已发布或已放弃的，请重新生成方案。"


class NothingToUndo(Conflict):
    code = "nothing_to_undo"
    title = "没有可以撤销的一步"
    action = "撤销只对看板上最近一次改派有效，不能撤销发布。"


class UndoPassed(Conflict):
    code = "undo_passed"
    title = "情况已经变化，上一步不能原样撤销"
    action = "请在看板上直接改派到需要的位置。"


class CodeWrong(Invalid):
    code = "code_wrong"
    title = "六位数字不对"
    action = "请让当事人打开手机上的办理页面，读出页面上的六位数字；没有手机的请改用拍照。"


class ArrivalPhotoMissing(Conflict):
    code = "arrival_photo_missing"
    title = "还没有收到这次上门的门口照片"
    action = "请先上传门口照片，收到回执后再登记到达；也可以请当事人读出六位数字。"


class ArrivalUnproven(Invalid):
    code = "arrival_unproven"
    title = "还没有到达凭据"
    action = "请输入当事人读出的六位数字，或扫当事人的码，或拍一张门口照片。"


class TooFarAway(Conflict):
    """`fields.distance_m`, `fields.allowed_m`: whole metres."""

    code = "too_far_away"
    title = "手机定位离上门地址太远"
    action = "请走到门口再试；定位不准的，请让当事人读出六位数字。"


class CalendarUnknown(NotFound):
    code = "calendar_unknown"
    title = "这个日历地址已经失效"
    action = "请在专员手机上重新生成日历地址。"
