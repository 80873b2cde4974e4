from fieldsvc.kernel.errors import Invalid, NotFound


class TemplateUnknown(NotFound):
    code = "template_unknown"
    title = "没有这个事项的勘验要点清单"
    action = "请核对事项编码，或联系管理员发布清单。"


class PublishedDiffers(Exception):
    """A published file was changed under a version that is already published: give it a new one."""


class GuideUnknown(NotFound):
    code = "guide_unknown"
    title = "没有这个事项的办事指南"
    action = "请从事项清单中重新选择，或联系管理员发布指南。"


class BundleUnknown(NotFound):
    code = "bundle_unknown"
    title = "没有这个「一件事」"
    action = "请从「一件事」清单中重新选择。"


class CalendarDayRefused(Invalid):
    code = "calendar_day_refused"
    title = "工作日历不能这样设置"
    action = "请核对日期和年份后重新提交。"
