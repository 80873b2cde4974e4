from fieldsvc.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, SignInNeeded, TooMany


class WrongPassword(SignInNeeded):
    code = "wrong_password"
    title = "用户名或密码不对"
    action = "请核对后重新输入；忘记密码请联系本局管理员重置。"


class SignInThrottled(TooMany):
    code = "sign_in_throttled"
    title = "输错次数太多，已暂停登录"
    action = "请 15 分钟后再试；忘记密码请联系本局管理员重置。"


class CsrfFailed(NotAllowed):
    code = "csrf_failed"
    title = "页面已过期，这次操作没有提交"
    action = "请刷新页面后再操作一次。"


class LinkUnknown(NotFound):
    code = "link_unknown"
    title = "这个办理链接不对"
    action = "请从最近一条短信里重新打开链接；找不到短信请联系行政审批局重新发送。"


class LinkExpired(Refusal):
    code = "link_expired"
    status = 410
    title = "这个办理链接已经失效"
    action = "请打开最近一条短信里的链接，或点「重新发送链接」。"


class LinkUsed(Refusal):
    code = "link_used"
    status = 409
    title = "这个办理链接已在另一台设备上打开过"
    action = "请回到那台设备继续办理；要换到本机，请点「重新发送链接」。"


class LinkForeign(Refusal):
    code = "link_foreign"
    status = 409
    title = "这个浏览器正在办理另一件事项"
    action = "请先退出正在办理的那一件，或换一个浏览器打开本链接。"


class ResendTooMany(TooMany):
    code = "resend_too_many"
    title = "一小时内已经重新发送过 3 次"
    action = "请先查看短信（含拦截的短信），一小时后可再次发送，或致电行政审批局。"


class AreaRefused(Invalid):
    code = "area_refused"
    title = "片区边界不能使用"
    action = "请按提示重画边界后再保存。"


class ShiftRefused(Invalid):
    code = "shift_refused"
    title = "班次时间不能使用"
    action = "请按提示修改上班、下班和午休时间。"


class SkillRefused(Invalid):
    code = "skill_refused"
    title = "技能的有效期不能使用"
    action = "请让失效日期不早于生效日期，并从技能表中选择。"


class AbsenceRefused(Invalid):
    code = "absence_refused"
    title = "请假时间不能使用"
    action = "请让结束时间晚于开始时间，且一次不超过一年。"


class AbsenceOver(Refusal):
    code = "absence_over"
    status = 409
    title = "这次请假已经结束，不能再撤销"
    action = "如登记有误，请在台账中备注说明。"


class NotADelegate(Refusal):
    code = "not_a_delegate"
    status = 409
    title = "这位工作人员不是代办专员或包联专员"
    action = "请先由管理员授予代办专员或包联专员角色。"


class ProfileRefused(Invalid):
    code = "profile_refused"
    title = "专员资料不能使用"
    action = "请按提示修改后再保存。"


class PhotoRefused(Invalid):
    code = "photo_refused"
    title = "这张照片不能使用"
    action = "请上传 10 MB 以内、完整的 JPEG、PNG、WebP 或 HEIC 照片。"
