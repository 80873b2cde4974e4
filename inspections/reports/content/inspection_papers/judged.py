"""Papers of a verdict: 现场核查表, 整改通知书, 不予通过说明 and 中止说明."""

from inspections.catalog.rules import reason_text
from inspections.catalog.selectors import TemplateItem
from inspections.catalog.states import Outcome, Result
from inspections.inspection.models import Finding
from inspections.inspection.selectors import assigned_staff, template_of
from inspections.inspection.selectors.judging import findings_by_item
from inspections.inspection.states import TransferReason
from inspections.reports import wording
from inspections.reports.content.inspection_papers.frame import Source, frame, party_rows
from inspections.reports.content.record import MARKS
from inspections.reports.shapes.inspection_paper import (
    CheckLine,
    CheckSheetContent,
    ExplanationContent,
    NoticeContent,
    NoticeLine,
)
from inspections.reports.states import InspectionPaperKind


def check_sheet(source: Source) -> CheckSheetContent:
    """Every item of the checklist with its basis, its result and who judged it when."""
    inspection = source.inspection
    template, known = template_of(inspection), findings_by_item(inspection)
    rows = [
        *party_rows(inspection),
        ["勘验人员", _staff(source), "核查时间", wording.minute(inspection.begun_at)],
        ["核查表", f"{template.title}（{template.code} {template.version}）"],
        ["核查依据", template.basis],
    ]
    verdict = Outcome(inspection.outcome).label if inspection.outcome else wording.NOTHING
    return {
        **frame(source, rows, [*_notes(template.note), "签名见同一次勘验的《勘验笔录》。"]),
        "items": [_check_line(item, known.get(item.code)) for item in template.items],
        "totals": [
            ["判定规则", template.rule_text],
            ["计数", wording.counts(inspection.counts)],
            ["结论", verdict],
        ],
    }


def rectification_notice(source: Source) -> NoticeContent:
    """What must be put right by when, each item with what was found and on what basis."""
    inspection = source.inspection
    rectification = inspection.rectification
    until, phone = wording.deadline(rectification.deadline), inspection.bureau.phone
    demands = {one.item: one.demand for one in rectification.items.all()}
    items = [one for one in _failed(source, demands) if one["code"] in demands]
    opening = (
        f"我局于 {wording.day(source.entry.at)} 对你（单位）申请办理许可的经营场所进行勘验，"
        f"发现下列 {len(demands)} 项不符合要求。请于 {until} 前完成整改，"
        "并打开短信中的链接逐项上传整改后的照片或者视频。"
    )
    return {
        **frame(
            source,
            party_rows(inspection),
            [
                "整改完成并提交后，由勘验人员复查；复查只看上列项目，已经符合的不再重查。",
                f"在 {until} 前不能完成的，请在到期前致电 {phone} 说明情况。",
                f"对本通知所列情况有异议的，可以向我局陈述、申辩，电话 {phone}。",
                "整改不收取任何费用，不指定施工单位和设备供应商。",
                *_marked(items, source),
            ],
        ),
        "addressee": inspection.case.applicant_name,
        "opening": opening,
        "items": items,
    }


def explanation(source: Source) -> ExplanationContent:
    """Why the place was not passed, or why the video inspection ended, and what follows."""
    inspection = source.inspection
    broken_off = source.kind is InspectionPaperKind.BROKEN_OFF
    day = wording.day(source.entry.at)
    opening = (
        f"你（单位）申请的云勘验于 {day} 中止，改为勘验人员到现场核查。现将原因和后续安排说明如下。"
        if broken_off
        else f"我局于 {day} 对你（单位）申请办理许可的经营场所进行勘验，结论为不符合。"
        "现将理由说明如下。"
    )
    wanted = Result.UNDETERMINED if broken_off else Result.NON_CONFORMING
    items = _failed(source, {}, wanted)
    clauses = [*_clauses(source), *_marked(items, source)]
    return {
        **frame(source, party_rows(inspection), clauses),
        "addressee": inspection.case.applicant_name,
        "opening": opening,
        "reason": _reason(source),
        "items": items,
    }


def _clauses(source: Source) -> list[str]:
    phone, begun = source.inspection.bureau.phone, source.inspection.begun_at is not None
    if source.kind is InspectionPaperKind.BROKEN_OFF:
        return [
            "改为现场核查不收费，不影响办理结果，也不延长法定办理时限。",
            "视频中已经核查并记录的项目继续有效，现场只核查其余项目。"
            if begun
            else "视频勘验还没有开始，没有录音录像；全部项目到现场核查。",
            f"上门时间由我局与您约定；也可以致电 {phone} 预约。",
        ]
    return [
        "本说明记载勘验的结论和理由，不是行政许可决定；是否准予许可，以我局作出的决定书为准。",
        f"对结论有异议的，可以向我局陈述、申辩，电话 {phone}；"
        "对行政许可决定不服的，可以依法申请行政复议或者提起行政诉讼。",
        "同时收到《整改通知书》的，按期整改并经复查合格后，按符合办理；不整改或者逾期的，"
        "按本说明的结论办理。",
    ]


def _reason(source: Source) -> str:
    inspection = source.inspection
    if inspection.transfer_reason:
        return f"{TransferReason(inspection.transfer_reason).label}。"
    said = reason_text(inspection.reason_code, inspection.counts)
    return f"{said}{wording.counts(inspection.counts)}。" if inspection.counts else said


def _failed(
    source: Source, demands: dict[str, str], wanted: Result = Result.NON_CONFORMING
) -> list[NoticeLine]:
    known = findings_by_item(source.inspection)
    return [
        {
            "code": item.code,
            "title": item.title,
            "basis": item.basis,
            "found": known[item.code].note,
            "demand": demands.get(item.code, item.criterion),
        }
        for item in template_of(source.inspection).items
        if item.code in known and known[item.code].result == wanted.value
    ]


def _check_line(item: TemplateItem, finding: Finding | None) -> CheckLine:
    measured = f"实测：{finding.measured}。" if finding and finding.measured else ""
    return {
        "code": item.code,
        "mark": MARKS[item.level],
        "title": item.title,
        "criterion": item.criterion,
        "basis": item.basis,
        "result": finding.result if finding else "",
        "result_label": Result(finding.result).label if finding else wording.NOTHING,
        "note": f"{measured}{finding.note}" if finding else "",
        "decided": f"{finding.decided_by.name} {wording.clock_time(finding.decided_at)}"
        if finding
        else wording.NOTHING,
    }


def _staff(source: Source) -> str:
    return "、".join(
        f"{one.name}（{wording.or_nothing(one.badge_number)}）"
        for one in assigned_staff(source.inspection)
    )


def _marked(items: list[NoticeLine], source: Source) -> list[str]:
    """What † stands for, where one of the lines has it."""
    shown = any("†" in f"{one['demand']}{one['found']}" for one in items)
    return _notes(template_of(source.inspection).note) if shown else []


def _notes(note: str) -> list[str]:
    return [note] if note.strip() else []
