"""What a record says, gathered once from the slices below; afterwards only this is set in type."""

from dataclasses import dataclass
from datetime import datetime

from fieldsvc.kernel import clock, hashing, journal
from fieldsvc.kernel.journal import Head
from fieldsvc.kernel.masking import mask_phone
from inspections.catalog.rules import reason_text
from inspections.catalog.selectors import Consent as ConsentText
from inspections.catalog.selectors import Template, current_consent, get_consent, service_item_title
from inspections.catalog.states import Level, Outcome, Result
from inspections.evidence import selectors as evidence
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import Challenge
from inspections.evidence.states import EvidenceKind, Grade
from inspections.inspection import rules
from inspections.inspection.models import Finding, Inspection
from inspections.inspection.selectors import assigned_staff, spoken_words, template_of
from inspections.inspection.selectors.judging import findings_by_item
from inspections.inspection.states import Mode
from inspections.people.models import Staff
from inspections.reports import wording
from inspections.reports.content.manifest import manifest_of
from inspections.reports.content.marks import check_address, root_line
from inspections.reports.shapes.record import (
    Content,
    GapLine,
    ItemLine,
    OutcomeBlock,
    Person,
    Photo,
    RectificationBlock,
    Row,
    Signature,
)
from signaling import recordings, rooms
from signaling.models import Room
from signaling.spans import Kept
from signaling.states import CAUSE_LABELS

# 2: with address of the check page, root, seal and evidence manifest. 3: with smaller photos.
VERSION = 3
MARKS = {Level.KEY: "★", Level.MAJOR: "▲", Level.GENERAL: "○"}
SIGNING_WORDS = "以上笔录我已阅读（或已向我宣读），内容属实。"
APPLICANT = "申请人（现场人员）"


@dataclass(frozen=True, slots=True)
class _Sources:
    inspection: Inspection
    template: Template
    consent_text: ConsentText
    staff: list[Staff]
    findings: dict[str, Finding]
    pictures: list[EvidenceItem]
    room: Room
    at: datetime


def gather(inspection: Inspection, edition: int, at: datetime) -> Content:
    """The content of a record as of `at`, the moment of freezing."""
    sources = _sources(inspection, at)
    opening, closing = spoken_words(inspection)
    head = journal.head(inspection.stream)
    return {
        "v": VERSION,
        "at": clock.iso(at),
        "check": check_address(inspection.number),
        "title": wording.TITLE,
        "bureau": {"name": inspection.bureau.name},
        "number": inspection.number,
        "case_number": inspection.case.number,
        "round": inspection.round,
        "version": edition,
        "date": wording.day(at),
        "case_rows": _case_rows(inspection),
        "consent_rows": _consent_rows(sources),
        "people": _people(sources),
        "place_rows": _place_rows(inspection),
        "recording_rows": _recording_rows(sources),
        "gaps": _gaps(sources),
        "opening_words": opening,
        "closing_words": closing,
        "checklist": _checklist(sources.template),
        "items": _items(sources),
        "outcome": _outcome(sources),
        "rectification": _rectification(inspection),
        "objections": [],
        "signing_words": SIGNING_WORDS,
        "signatures": _signers(sources),
        "signed_note": "",
        "photos": _photos(sources),
        "stamp": None,
        "manifest": manifest_of(inspection, edition, at, head, sources.template),
        "footer": footer_of(inspection, edition, at, head),
    }


def footer_of(inspection: Inspection, edition: int, at: datetime, head: Head) -> list[str]:
    """Which edition this is and what it was frozen on."""
    return [
        f"勘验编号 {inspection.number} 第 {edition} 版 · 生成时间 {wording.moment(at)}",
        f"案卷链头 {head.digest}",
        root_line(),
    ]


def _sources(inspection: Inspection, at: datetime) -> _Sources:
    consent = getattr(inspection, "consent", None)
    return _Sources(
        inspection=inspection,
        template=template_of(inspection),
        consent_text=get_consent(consent.text_version) if consent else current_consent(),
        staff=assigned_staff(inspection),
        findings=findings_by_item(inspection),
        pictures=_stills(inspection),
        room=Room.objects.get(pk=inspection.room),
        at=at,
    )


def _stills(inspection: Inspection) -> list[EvidenceItem]:
    return [
        piece
        for piece in evidence.pictures(inspection.dossier)
        if piece.kind == EvidenceKind.STILL.value
    ]


def _case_rows(inspection: Inspection) -> list[Row]:
    case = inspection.case
    return [
        ["事项", service_item_title(case.service_item), "办理方式", Mode(inspection.mode).label],
        ["申请人", case.applicant_name, "统一社会信用代码", case.credit_code],
        ["经营场所", case.premises_name],
        ["地址", case.address],
        ["联系人", case.contact_name, "联系电话", mask_phone(case.contact_phone)],
        [
            "受理时间",
            wording.moment(case.accepted_at or case.received_at),
            "预约时间",
            wording.moment(inspection.starts_at),
        ],
    ]


def _consent_rows(sources: _Sources) -> list[Row]:
    inspection = sources.inspection
    sent = [
        entry.at
        for entry in journal.entries(f"case:{inspection.case_id}")
        if entry.kind == "notice.sent"
    ]
    told = f"{len(sent)} 条，首次 {wording.moment(sent[0])}" if sent else "无发送记录"
    rows = [
        ["短信告知", told],
        ["告知书", f"{sources.consent_text.title} {sources.consent_text.version}"],
    ]
    consent = getattr(inspection, "consent", None)
    if consent is None:
        return [*rows, ["同意情况", "未作答"]]
    answer = "同意全程录音录像" if consent.accepted else "不同意录音录像"
    place = "同意提供位置" if consent.location_accepted else "不提供位置"
    return [
        *rows,
        ["同意情况", f"{answer}；{place}；{wording.moment(consent.answered_at)} 本人在手机上确认"],
        ["告知书指纹", f"SHA-256 {consent.text_sha256}"],
    ]


def _people(sources: _Sources) -> list[Person]:
    there = {one.subject: one for one in rooms.presence(sources.room)}
    people = [
        (str(staff.pk), "勘验人员", staff.name, staff.unit or "—", staff.badge_number or "—")
        for staff in sources.staff
    ]
    case = sources.inspection.case
    people.append((str(case.pk), APPLICANT, case.contact_name, case.premises_name, "—"))
    lines: list[Person] = []
    for subject, role, name, unit, badge in people:
        stay = there.get(subject)
        left = wording.clock_time(stay.left_at) if stay and stay.left_at else "在场"
        lines.append(
            {
                "role": role,
                "name": name,
                "unit": unit,
                "badge_number": badge,
                "joined": wording.clock_time(stay.joined_at) if stay else "—",
                "left": left if stay and stay.joined_at else "—",
            }
        )
    return lines


def _place_rows(inspection: Inspection) -> list[Row]:
    times = [
        [
            "开始时间",
            wording.moment(inspection.begun_at),
            "下结论时间",
            wording.moment(inspection.concluded_at),
        ],
        ["时间来源", "服务器时钟（显示为北京时间）"],
        *_challenge_rows(inspection),
    ]
    place = inspection.places.filter(denied=False).last()
    if place is None or place.longitude is None or place.latitude is None:
        said = "申请人未提供手机位置" if inspection.places.exists() else "没有位置记录"
        return [*times, ["手机位置", f"{said}，场所由勘验人员以门牌、招牌核对"]]
    accuracy = f"，误差 {place.accuracy_m:.0f} 米" if place.accuracy_m is not None else ""
    rows = [["手机位置", wording.degrees(place.longitude, place.latitude) + accuracy]]
    case = inspection.case
    if case.longitude is not None and case.latitude is not None:
        metres = rules.distance_m(
            (place.longitude, place.latitude), (case.longitude, case.latitude)
        )
        rows.append(
            ["距登记位置", f"{metres:.0f} 米", "报告时间", wording.moment(place.reported_at)]
        )
    return [*times, *rows]


def _challenge_rows(inspection: Inspection) -> list[Row]:
    """When the codes of the running proof of time were shown and heard; or that none was."""
    found = evidence.challenges(inspection.dossier)
    if not found:
        return [["时间口令", "未核验（视频中没有出示时间口令）"]]
    return [["时间口令", _challenge_line(one)] for one in found]


def _challenge_line(one: Challenge) -> str:
    heard = (
        f"{wording.clock_time(one.spoken_at)} 申请人口述，勘验人员听到"
        if one.spoken_at
        else "未核验（没有听到口述）"
    )
    shown = wording.clock_time(one.shown_at)
    return f"{one.code}，{shown} 出示（检查点第 {one.checkpoint} 号）；{heard}"


def _recording_rows(sources: _Sources) -> list[Row]:
    found = list(recordings.segments(sources.room))
    if not found:
        return [["录像", "没有录像"]]
    coverage = recordings.coverage(sources.room)
    digests = hashing.sha256_hex("\n".join(one.sha256 for one in found).encode())
    last = max(one.ended_at for one in found)
    return [
        ["录像开始", wording.moment(found[0].started_at), "已存至", wording.moment(last)],
        ["分段", f"{len(found)} 段", "覆盖率", f"{coverage.percent:.1f}%"],
        ["分段清单指纹", f"SHA-256 {digests}"],
        ["说明", "录像到签名完成为止；此处为生成笔录时的情况，完整清单见封存清单。"],
    ]


def _gaps(sources: _Sources) -> list[GapLine]:
    return [
        {
            "since": wording.clock_time(span.starts_at),
            "to": wording.clock_time(span.ends_at),
            "length": wording.length(span.ends_at - span.starts_at),
            "cause": CAUSE_LABELS[span.cause] if span.cause else "原因不明",
        }
        for span in recordings.coverage(sources.room).spans
        if span.state is Kept.GAP
    ]


def _items(sources: _Sources) -> list[ItemLine]:
    numbers = _picture_numbers(sources.pictures)
    lines: list[ItemLine] = []
    for item in sources.template.items:
        finding = sources.findings[item.code]
        measured = f"实测：{finding.measured}。" if finding.measured else ""
        lines.append(
            {
                "code": item.code,
                "mark": MARKS[item.level],
                "title": item.title,
                "criterion": item.criterion,
                "result": finding.result,
                "result_label": Result(finding.result).label,
                "note": f"{measured}{finding.note}",
                "decided": f"{finding.decided_by.name} {wording.clock_time(finding.decided_at)}",
                "evidence": _proof(item.code, finding, sources.pictures, numbers),
            }
        )
    return lines


def _picture_numbers(pictures: list[EvidenceItem]) -> dict[str, int]:
    return {str(piece.id): number for number, piece in enumerate(pictures, start=1)}


def _proof(
    code: str, finding: Finding, pictures: list[EvidenceItem], numbers: dict[str, int]
) -> str:
    chosen = {str(piece.id) for piece in finding.evidence.all()}
    chosen |= {str(piece.id) for piece in pictures if piece.item == code}
    shown = sorted(numbers[one] for one in chosen if one in numbers)
    parts = [f"图 {'、'.join(map(str, shown))}"] if shown else []
    if finding.recorded:
        parts.append("录像")
    return "；".join(parts) or "—"


def _checklist(template: Template) -> str:
    local = any("†" in item.criterion for item in template.items)
    named = f"{template.code} {template.version} {template.title}"
    return f"{named}（† 的数值以本局公布的为准）" if local else named


def _outcome(sources: _Sources) -> OutcomeBlock:
    inspection = sources.inspection
    return {
        "code": inspection.outcome,
        "label": Outcome(inspection.outcome).label,
        "rule": sources.template.rule_text,
        "counts": wording.counts(inspection.counts),
        "reason": reason_text(inspection.reason_code, inspection.counts),
        "opinion": inspection.opinion,
    }


def _rectification(inspection: Inspection) -> RectificationBlock | None:
    rectification = getattr(inspection, "rectification", None)
    if rectification is None:
        return None
    return {
        "deadline": wording.deadline(rectification.deadline),
        "items": [
            {"code": item.item, "title": item.title, "demand": item.demand}
            for item in rectification.items.all()
        ],
    }


def _signers(sources: _Sources) -> list[Signature]:
    signers = [(APPLICANT, sources.inspection.case.contact_name)]
    signers.extend(("勘验人员", staff.name) for staff in sources.staff)
    return [
        {
            "role": role,
            "name": name,
            "at": "",
            "picture": None,
            "empty": "（签名）",
            "alt": "",
            "how": "",
        }
        for role, name in signers
    ]


def _photos(sources: _Sources) -> list[Photo]:
    titles = {item.code: f"{item.code} {item.title}" for item in sources.template.items}
    return [
        {
            "number": number,
            "evidence": str(piece.id),
            "file": f"photo{number}.jpg",
            "title": titles.get(piece.item, "未指定项目"),
            "caption": f"{wording.moment(piece.admitted_at)} · {Grade(piece.grade).label} · "
            f"{piece.width}×{piece.height}",
            "sha256": f"{piece.sha256[:16]}…",
            "alt": f"图 {number} {titles.get(piece.item, '')}",
        }
        for number, piece in enumerate(sources.pictures, start=1)
    ]
