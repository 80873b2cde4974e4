from fieldsvc.kernel.labels import Labelled


class DeliveryState(Labelled):
    """DEAD: the receiver wants no more of it, or every planned try failed; a person may replay."""

    PENDING = "PENDING", "待回传"
    DELIVERED = "DELIVERED", "已签收"
    DEAD = "DEAD", "已停止回传"
