from fieldsvc.kernel.errors import Conflict, Invalid, NotFound


class NotAMonday(Invalid):
    code = "not_a_monday"
    title = "请给出那一周的星期一"
    action = "请使用星期一的日期，例如 2026-11-16。"


class WeekNotOver(Conflict):
    code = "week_not_over"
    title = "这一周还没有过完，不能定稿"
    action = "请在下一个星期一开会前定稿；现在可以先看汇总。"


class WeekFrozen(Conflict):
    code = "week_frozen"
    title = "这一周的周报已经定稿"
    action = "定稿不再改动；新的情况请记入下一周。"


class ReportUnknown(NotFound):
    code = "report_unknown"
    title = "这一周的周报还没有定稿"
    action = "请先在周报页面点「定稿」。"


class TooManyRows(Invalid):
    code = "too_many_rows"
    title = "一次最多导出 50,000 行"
    action = "请缩小起止日期后分次导出。"
