from fieldsvc.kernel.labels import Labelled


class CaseState(Labelled):
    RECEIVED = "RECEIVED", "已受理，待预约"
    SCHEDULED = "SCHEDULED", "已预约"
    CONCLUDED = "CONCLUDED", "已有结论"
    RECTIFYING = "RECTIFYING", "整改中"
    TRANSFERRED = "TRANSFERRED", "转现场勘验"
    CLOSED = "CLOSED", "已办结"


# What the approval system and the bureau's staff may read of a case's stream.
TIMELINE_LABELS = {
    "case.received": "收到办件",
    "link.issued": "生成办理链接",
    "link.opened": "申请人打开链接",
    "booking.confirmed": "预约成功",
    "booking.cancelled": "预约取消",
    "notice.sent": "短信已发送",
    "notice.failed": "短信发送失败",
    "case.concluded": "勘验作出结论",
    "case.rectifying": "要求整改",
    "case.transferred": "转为现场勘验",
    "case.reopened": "改回视频勘验，等候预约",
    "visit.place_missing": "现场位置待标注",
    "visit.requested": "安排上门勘验",
    "visit.promised": "约定上门时间",
    "order.departed": "勘验人员出发",
    "order.arrived": "勘验人员到达",
    "order.finished": "现场勘验完成",
    "visit.cancelled": "取消上门",
    "result.queued": "结果待回传",
    "result.attempted": "回传结果",
    "result.replayed": "重新发起回传",
    "result.delivered": "审批系统已签收结果",
    "case.result_recorded": "结果已记入办件",
    "case.closed": "办结",
}
