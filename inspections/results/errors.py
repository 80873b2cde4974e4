from fieldsvc.kernel.errors import Conflict, NotFound


class DeliveryUnknown(NotFound):
    code = "delivery_unknown"
    title = "没有找到这次结果回传"
    action = "请返回办件页面重新打开。"


class DeliveryNotDead(Conflict):
    code = "delivery_not_dead"
    title = "这次结果回传没有停止，不需要重新发起"
    action = "系统会按计划自动重试，请刷新页面查看最新状态。"


class EarlierResultMissing(Conflict):
    code = "earlier_result_missing"
    title = "前一版结果还没有进入回传队列"
    action = "系统会稍后自动再试，无需操作。"
