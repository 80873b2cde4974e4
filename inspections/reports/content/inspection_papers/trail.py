"""签署审计页: who signed what when and by which means, where in the recording, on which chain."""

from datetime import datetime

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.evidence import authority
from inspections.evidence import selectors as evidence
from inspections.inspection.models import Inspection
from inspections.people.models import Staff
from inspections.reports import wording
from inspections.reports.content.inspection_papers.frame import Source, frame, party_rows
from inspections.reports.content.marks import is_built_in_root
from inspections.reports.models import Record
from inspections.reports.shapes.inspection_paper import TrailAct, TrailContent, TrailSigner
from inspections.reports.shapes.record import Row
from inspections.reports.states import SealLevel
from inspections.signing.models import SignatureRequest
from inspections.signing.selectors import requests_for
from inspections.signing.states import BUILT_IN, IdentityResult, SignatureState, SignerKind
from signaling import recordings
from signaling.models import Room

_ACTS = {
    "record.frozen": "笔录定稿，请各方核对签名",
    "signature.requested": "请求签名",
    "signature.read": "逐页阅读笔录",
    "signature.objected": "提出陈述申辩，笔录改版",
    "signature.identity_checked": "向身份核验服务核对姓名与证件号码",
    "signature.code_sent": "发出短信验证码",
    "signature.identified": "核验身份，出具一次性签名证书",
    "signature.completed": "手写签名并提交",
    "signature.declined": "拒绝签名",
    "signature.refusal_noted": "勘验人员记录拒签",
    "record.sealed": "加盖单位电子印章",
    "record.issued": "签发",
}
_MEANS = {"sms": "短信验证码", "session": "工作账号登录"}
_IDENTITY = {one.value: f"实名核验：{one.label}" for one in IdentityResult}
_KEYS = {"device": "本人设备上的一次性密钥", "server": "服务器代持的一次性密钥（旧浏览器）"}


def signing_trail(source: Source) -> TrailContent:
    """The acts of signing from freezing to issue, as the journal has them."""
    inspection = source.inspection
    record = inspection.records.order_by("-edition").first()
    if record is None:
        raise ValueError("a signing trail needs a record")
    found = journal.entries(inspection.stream).filter(
        kind__in=list(_ACTS), number__lte=source.entry.number
    )
    entries = list(found)
    zero = _recording_start(inspection)
    requests = requests_for(inspection.dossier_id, record.sha256)
    return {
        **frame(source, [*party_rows(inspection), *_document_rows(record)], _clauses()),
        "signers": [_signer(one, entries, zero) for one in requests],
        "acts": _acts(inspection, entries, zero),
        "texts": _texts(inspection, entries),
        "chain": _chain(source, entries),
    }


def _document_rows(record: Record) -> list[Row]:
    return [
        ["所签文书", f"{wording.TITLE}，第 {record.edition} 版，{len(record.page_keys)} 页"],
        ["签名所对应的文件指纹", f"SHA-256 {record.sha256}"],
        ["签发件指纹", f"SHA-256 {record.signed_sha256}"],
    ]


def _signer(
    request: SignatureRequest, entries: list[JournalEntry], zero: datetime | None
) -> TrailSigner:
    known = _last(entries, "signature.identified", request)
    done = _last(entries, "signature.completed", request)
    means = ["屏幕手写签名"] if request.state == SignatureState.COMPLETED.value else []
    if known is not None:
        means.insert(0, _MEANS.get(str(known.data.get("means")), ""))
        means.append(_IDENTITY.get(str(known.data.get("identity")), ""))
        means.append(_KEYS.get(str(known.data.get("key")), ""))
        issuer = str(known.data.get("issuer") or BUILT_IN)
        means.append("" if issuer == BUILT_IN else f"证书由{issuer}出具")
    certificate = str(known.data.get("certificate_sha256", "")) if known and done else ""
    return {
        "role": SignerKind(request.signer).label,
        "name": request.name,
        "result": SignatureState(request.state).label,
        "at": wording.moment(request.answered_at),
        "offset": _offset(request.answered_at, zero),
        "means": "；".join(one for one in means if one) or wording.NOTHING,
        "certificate": certificate or wording.NOTHING,
    }


def _last(entries: list[JournalEntry], kind: str, request: SignatureRequest) -> JournalEntry | None:
    mine = [
        one for one in entries if one.kind == kind and one.data.get("signature") == str(request.pk)
    ]
    return mine[-1] if mine else None


def _acts(
    inspection: Inspection, entries: list[JournalEntry], zero: datetime | None
) -> list[TrailAct]:
    return [
        {
            "number": entry.number,
            "at": wording.moment(entry.at),
            "offset": _offset(entry.at, zero),
            "act": _ACTS[entry.kind],
            "who": _who(inspection, entry),
        }
        for entry in entries
    ]


def _who(inspection: Inspection, entry: JournalEntry) -> str:
    actor = entry.actor
    if actor.kind == "applicant":
        return inspection.case.contact_name
    if actor.kind == "staff":
        name = Staff.objects.filter(pk=actor.id).values_list("name", flat=True).first()
        return name or wording.NOTHING
    return "系统"


def _recording_start(inspection: Inspection) -> datetime | None:
    found = list(recordings.segments(Room.objects.get(pk=inspection.room)))
    return min(one.started_at for one in found) if found else None


def _offset(at: datetime | None, zero: datetime | None) -> str:
    """How far into the recording, as a player shows it."""
    if at is None or zero is None or at < zero:
        return wording.NOTHING
    minutes, seconds = divmod(int((at - zero).total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _texts(inspection: Inspection, entries: list[JournalEntry]) -> list[Row]:
    rows: list[Row] = []
    consent = getattr(inspection, "consent", None)
    if consent is not None:
        rows.append([f"录制告知书 {consent.text_version}", f"SHA-256 {consent.text_sha256}"])
    agreed = {
        (str(one.data.get("consent_version", "")), str(one.data["consent_sha256"]))
        for one in entries
        if one.kind == "signature.identified" and one.data.get("consent_sha256")
    }
    rows.extend([f"电子签名确认书 {version}", f"SHA-256 {sha}"] for version, sha in sorted(agreed))
    return rows


def _chain(source: Source, entries: list[JournalEntry]) -> list[Row]:
    frozen = [one for one in entries if one.kind == "record.frozen"]
    sealed = [one for one in entries if one.kind == "record.sealed"]
    rows: list[Row] = []
    if frozen:
        rows.append(["定稿时的链头", f"第 {frozen[-1].number} 条 {frozen[-1].digest}"])
    rows.append(["签发时的链头", f"第 {source.entry.number} 条 {source.entry.digest}"])
    checkpoint = evidence.latest_checkpoint()
    if checkpoint is not None:
        rows.append(["最近的检查点", f"第 {checkpoint.number} 号 {checkpoint.root}"])
    rows.extend(
        [
            f"时间戳 {one.authority}",
            f"检查点第 {one.checkpoint_id} 号，{wording.moment(one.stamped_at)}",
        ]
        for one in evidence.newest_stamps()
    )
    if sealed:
        level = SealLevel(str(sealed[-1].data["level"])).label
        rows.append(["单位电子印章", f"{sealed[-1].data['level']}：{level}"])
    name = "内置测试根（示意，不具有第三方效力）" if is_built_in_root() else "本单位根证书"
    rows.append([name, f"SHA-256 {authority.fingerprint()}"])
    return rows


def _clauses() -> list[str]:
    return [
        "本页由系统按案卷日志编制，供核对签署过程；所列时间为服务器时间（北京时间），"
        "「录像位置」为距录像开始的时长。",
        "本页不证明画面所示场所就是申请的场所，也不代替对笔录内容的审查。",
        "签名、证书、时间戳和录像的核验，以案卷包和离线核验程序的结果为准。",
    ]
