"""复查意見书: what the second look at what had to be put right has found."""

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.inspection.models import Rectification, RectificationItem
from inspections.people.models import Staff
from inspections.reports import wording
from inspections.reports.content.inspection_papers.frame import Source, frame, party_rows
from inspections.reports.shapes.inspection_paper import ReviewContent, ReviewLine

ACCEPTED = "rectification.item_accepted"
_DECISIONS = (ACCEPTED, "rectification.item_returned")


def review_opinion(source: Source) -> ReviewContent:
    """Each item with what was decided of it up to the entry that ends this look."""
    inspection = source.inspection
    rectification: Rectification = inspection.rectification
    decisions = _decisions(source.entry)
    items = [_line(one, decisions.get(one.item)) for one in rectification.items.all()]
    passed = sum(one["passed"] for one in items)
    rows = [
        *party_rows(inspection),
        [
            "整改期限",
            f"{wording.deadline(rectification.deadline)} 前",
            "提交时间",
            wording.minute(rectification.submitted_at),
        ],
        ["复查方式", "勘验人员逐项查看申请人上传的照片、视频原件"],
    ]
    return {
        **frame(source, rows, _clauses(source, len(items) - passed)),
        "items": items,
        "conclusion": _conclusion(len(items), passed),
    }


def _conclusion(total: int, passed: int) -> str:
    if passed == total:
        return f"经复查，{total} 项整改全部合格，复查通过。"
    return f"经复查，{total} 项中 {passed} 项合格，{total - passed} 项尚未达到要求，请继续整改。"


def _clauses(source: Source, left: int) -> list[str]:
    phone = source.inspection.bureau.phone
    opinion = f"对复查意见有异议的，可以向我局陈述、申辩，电话 {phone}。"
    if not left:
        return ["复查结果已记入本办件，不需要您再提交材料。", opinion]
    return [
        "请按「复查意见」一栏补充整改，仍从短信中的链接上传；已经合格的项目不再复查。",
        "原定整改期限不变；确有困难的，请在到期前致电我局。",
        opinion,
    ]


def _decisions(end: JournalEntry) -> dict[str, JournalEntry]:
    """The last decision of each item that was made by then: later ones belong to a later paper."""
    found = journal.entries(end.stream).filter(kind__in=_DECISIONS, number__lte=end.number)
    return {str(one.data["item"]): one for one in found}


def _line(item: RectificationItem, decision: JournalEntry | None) -> ReviewLine:
    accepted = decision is not None and decision.kind == ACCEPTED
    return {
        "code": item.item,
        "title": item.title,
        "demand": item.demand,
        "passed": accepted,
        "result": "合格" if accepted else "未达到要求",
        "opinion": (journal.reveal(decision, "opinion") or "") if decision else "",
        "decided": _decided(decision),
    }


def _decided(decision: JournalEntry | None) -> str:
    if decision is None:
        return wording.NOTHING
    name = Staff.objects.filter(pk=decision.actor.id).values_list("name", flat=True).first()
    return f"{name or wording.NOTHING} {wording.minute(decision.at)}"
