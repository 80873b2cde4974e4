from fieldsvc.kernel.errors import Conflict


class SlotTaken(Conflict):
    """`fields.alternatives`: the next three free slots, `{starts_at, label}` each."""

    code = "slot_taken"
    title = "这个时段刚被别人约走"
    action = "请从下面列出的时段中另选一个。"


class SlotNotOffered(Conflict):
    code = "slot_not_offered"
    title = "这个时段现在不能预约"
    action = "请从下面列出的时段中另选一个。"


class BookingClosed(Conflict):
    code = "booking_closed"
    title = "这件办件现在不能再约时间"
    action = "请刷新页面查看办理进度；需要帮助请致电行政审批局。"


class AppointmentStarted(Conflict):
    code = "appointment_started"
    title = "预约的时间已经到了，不能再改"
    action = "请直接进入勘验；确实不方便的，请致电行政审批局。"


class NoAppointment(Conflict):
    code = "no_appointment"
    title = "现在没有预约"
    action = "请刷新页面，重新选择时间。"


class StaffTaken(Conflict):
    code = "staff_taken"
    title = "这位工作人员在这段时间已有别的安排"
    action = "请换一个时间，或改派给另一位工作人员。"
