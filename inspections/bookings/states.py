from enum import StrEnum


class AppointmentState(StrEnum):
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"

    @property
    def label(self) -> str:
        return {"CONFIRMED": "已预约", "CANCELLED": "已取消"}[self.value]
