from enum import StrEnum


class DeliveryState(StrEnum):
    """DEAD: the receiver wants no more of it, or every planned try failed; a person may replay."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"

    @property
    def label(self) -> str:
        return {"PENDING": "待回传", "DELIVERED": "已签收", "DEAD": "已停止回传"}[self.value]
