from fieldsvc.kernel.labels import Labelled


class AppointmentState(Labelled):
    CONFIRMED = "CONFIRMED", "已预约"
    CANCELLED = "CANCELLED", "已取消"
