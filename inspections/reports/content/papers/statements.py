"""中止单, 办结单 and 终止单 (annexes B and D)."""

from fieldsvc.kernel.masking import mask_phone
from inspections.delegation.states import StepState
from inspections.reports import wording
from inspections.reports.content.papers.frame import documents_of, frame
from inspections.reports.content.papers.sources import ItemFacts, Sources, dash
from inspections.reports.shapes import ProgressLine, Row, StatementContent
from inspections.reports.states import PaperKind

_REASON_TITLES = {
    PaperKind.SUSPENSION: "中止的原因",
    PaperKind.COMPLETION: "办理结果",
    PaperKind.TERMINATION: "终止的原因",
}
_TIME_LABELS = {
    PaperKind.SUSPENSION: "中止时间",
    PaperKind.COMPLETION: "送达时间",
    PaperKind.TERMINATION: "终止时间",
}


def statement(sources: Sources) -> StatementContent:
    """What happened to the delegation, why, how far each item got, and what follows."""
    return {
        **frame(sources),
        "rows": _rows(sources),
        "reason_title": _REASON_TITLES[sources.kind],
        "reason": _reason(sources),
        "items": [_progress(sources, one) for one in sources.items],
        "documents": documents_of(sources),
        "clauses": _clauses(sources),
    }


def _rows(sources: Sources) -> list[Row]:
    delegation = sources.delegation
    staff = delegation.staff
    return [
        ["申请人", delegation.applicant_name],
        ["联系人", dash(delegation.contact_name), "联系电话", mask_phone(delegation.phone)],
        ["代办专员", staff.name if staff else wording.NOTHING, "咨询电话", delegation.bureau.phone],
        [
            "登记时间",
            wording.minute(delegation.registered_at),
            _TIME_LABELS[sources.kind],
            wording.minute(sources.at),
        ],
        ["办理时限", f"{wording.minute(delegation.due_at)} 前", "是否超期", _late(sources)],
    ]


def _late(sources: Sources) -> str:
    if sources.kind is PaperKind.SUSPENSION:
        return "时限暂停"
    return "超期" if sources.at > sources.delegation.due_at else "未超期"


def _reason(sources: Sources) -> str:
    if sources.kind is PaperKind.COMPLETION:
        return sources.reason.strip() or "委托事项已全部办结，结果已送达申请人。"
    return dash(sources.reason)


def _progress(sources: Sources, item: ItemFacts) -> ProgressLine:
    steps = [step for step in sources.steps if step.item == item.code]
    needed = [step for step in steps if step.state != StepState.SKIPPED.value]
    done = [step for step in needed if step.state == StepState.DONE.value]
    if steps and len(done) == len(needed):
        progress = "已办结"
    elif done:
        progress = f"已办 {len(done)}/{len(needed)} 步"
    else:
        progress = "未开始"
    return {
        "title": item.title,
        "progress": progress,
        "steps": "、".join(step.title for step in done) or wording.NOTHING,
    }


def _clauses(sources: Sources) -> list[str]:
    phone = sources.delegation.bureau.phone
    opinion = f"对以上内容有意见的，请致电 {phone}，并报代办编号；也可以打开短信中的链接反映。"
    if sources.kind is PaperKind.SUSPENSION:
        return [
            "中止期间不计入办理时限；恢复办理后，剩余时限接着计算。",
            f"中止的原因消除后，请致电 {phone} 恢复办理，签署《续办委托书》后继续代办，"
            "已经交过的材料不需要重新提供。",
            "您也可以随时要求终止代办、取回材料，改为自己办理。",
            opinion,
        ]
    if sources.kind is PaperKind.TERMINATION:
        return [
            "代办终止后，委托书同时失效，工作人员不再以您的名义办理任何事务。",
            "终止前已经办好的步骤仍然有效，您可以接着自己办理，也可以重新申请代办。",
            "收取的材料原件当面交还，以《材料交接清单》为准。",
            opinion,
        ]
    return [
        "委托事项办结后，委托书同时失效。",
        "结果文书和交还的材料以《材料交接清单》为准。",
        "本次代办没有收取任何费用。请您评价本次服务，评价内容不会让代办专员看到。",
        opinion,
    ]
