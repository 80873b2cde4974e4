from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import cast
from uuid import UUID

from fieldsvc.kernel import hashing, journal
from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.delegation.errors import DelegationUnknown
from inspections.delegation.models import Delegation
from inspections.delegation.policies import may_see
from inspections.evidence.selectors import papers_stream
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import access_inspection
from inspections.reports.errors import DocumentUnknown, PageUnknown, PaperUnknown, RecordNotReady
from inspections.reports.models import InspectionPaper, Paper, Record
from inspections.reports.states import InspectionPaperKind, PaperKind, PaperState, RecordState
from inspections.reports.wording import TITLE


def record_of(inspection: Inspection) -> Record:
    """The newest record of an inspection; refuses with `record_not_ready`, or with
    `glyph_missing` when a character keeps it from being made."""
    found = inspection.records.order_by("-edition").first()
    if found is not None:
        return found
    refused = journal.entries(inspection.stream).filter(kind="record.refused").last()
    if refused is not None:
        named = {name: refused.data[name] for name in ("character", "code_point")}
        raise GlyphMissing(fields=named)
    raise RecordNotReady


def access_record(actor: Actor, record_id: UUID) -> Record:
    """The record of an inspection this actor may read; refuses with `record_not_ready`,
    `inspection_unknown`."""
    found = Record.objects.filter(pk=record_id).first()
    if found is None:
        raise RecordNotReady
    found.inspection = access_inspection(actor, found.inspection_id)
    return found


def record_with_digest(sha256: str) -> Record | None:
    """The record whose frozen PDF has this digest."""
    return Record.objects.select_related("inspection").filter(sha256=sha256).first()


def access_inspection_paper(actor: Actor, paper_id: UUID) -> InspectionPaper:
    """The paper of an inspection this actor may read; refuses with `paper_unknown`,
    `inspection_unknown`."""
    found = InspectionPaper.objects.filter(pk=paper_id).first()
    if found is None:
        raise PaperUnknown
    found.inspection = access_inspection(actor, found.inspection_id)
    return found


def is_issued(sha256: str) -> bool:
    """Whether we issued and sealed a file of this digest: a record or a paper beside one."""
    return (
        Record.objects.filter(signed_sha256=sha256).exists()
        or InspectionPaper.objects.filter(sha256=sha256).exists()
    )


def inspection_papers_of(inspection: Inspection) -> list[InspectionPaper]:
    """All papers beside the record, oldest first."""
    return list(inspection.papers.order_by("issued_at", "serial"))


@dataclass(frozen=True, slots=True)
class Served:
    """An issued paper that is for the applicant; `received_at` is when he said that he has it."""

    paper: Record | InspectionPaper
    title: str
    serial: str
    sha256: str
    issued_at: datetime | None
    received_at: datetime | None


# Of our own doing, not for the applicant.
_NOT_SERVED = (InspectionPaperKind.SERVICE_RECEIPT.value, InspectionPaperKind.SIGNING_TRAIL.value)


def served(inspection: Inspection) -> list[Served]:
    """The issued record, then the papers beside it that are for the applicant, oldest first."""
    received = receipts(inspection)
    found = [
        Served(one, TITLE, inspection.number, one.signed_sha256, one.issued_at, None)
        for one in inspection.records.filter(state=RecordState.ISSUED.value)
    ]
    found.extend(
        Served(
            one, InspectionPaperKind(one.kind).label, one.serial, one.sha256, one.issued_at, None
        )
        for one in inspection_papers_of(inspection)
        if one.kind not in _NOT_SERVED
    )
    return [replace(one, received_at=received.get(one.sha256)) for one in found]


def confirmations(inspection: Inspection) -> list[JournalEntry]:
    """Every time the applicant confirmed that papers reached him, oldest first."""
    told = journal.entries(papers_stream(inspection.dossier))
    return list(told.filter(kind="service_receipt.confirmed"))


def receipts(inspection: Inspection) -> dict[str, datetime]:
    """When the applicant confirmed the file of each digest."""
    return {
        digest: one.at for one in confirmations(inspection) for digest in confirmed_in(one).values()
    }


def confirmed_in(entry: JournalEntry) -> dict[str, str]:
    """Serial and digest of each paper that a `service_receipt.confirmed` names."""
    return {
        one["serial"]: one["sha256"] for one in cast("list[dict[str, str]]", entry.data["papers"])
    }


def page_key(paper: Record | Paper | InspectionPaper, number: int) -> str:
    """Storage key of page `number` (from 1); refuses with `page_unknown`."""
    if not 1 <= number <= len(paper.page_keys):
        raise PageUnknown
    return str(paper.page_keys[number - 1])


def access_delegation(actor: Actor, delegation_id: UUID) -> Delegation:
    """The delegation whose papers this actor may see; refuses with `delegation_unknown`,
    `not_allowed`."""
    found = Delegation.objects.filter(pk=delegation_id).first()
    refusal = may_see(actor, found) if found is not None else DelegationUnknown()
    if found is None or refusal is not None:
        raise refusal or DelegationUnknown()
    return found


def access_paper(actor: Actor, paper_id: UUID) -> Paper:
    """The paper of a delegation this actor may see; refuses with `paper_unknown`, and with
    `not_allowed` who has nothing to do with delegations at all."""
    found = (
        Paper.objects.select_related("delegation__bureau", "delegation__dossier")
        .filter(pk=paper_id)
        .first()
    )
    if found is None:
        raise PaperUnknown
    refusal = may_see(actor, found.delegation)
    if isinstance(refusal, DelegationUnknown):
        raise PaperUnknown
    if refusal is not None:
        raise refusal
    return found


def papers_of(delegation: Delegation) -> list[Paper]:
    """All papers of a delegation, oldest first."""
    return list(delegation.papers.select_related("delegation").order_by("frozen_at", "entry"))


def paper_with_digest(sha256: str) -> Paper | None:
    """The paper whose frozen PDF has this digest."""
    return Paper.objects.select_related("delegation__dossier").filter(sha256=sha256).first()


def settled_documents(delegation: Delegation) -> set[str]:
    """Ids of the documents whose hand-over was signed for already."""
    signed = delegation.papers.filter(
        kind=PaperKind.HAND_OVER.value,
        state__in=[PaperState.SIGNED.value, PaperState.ISSUED.value],
    )
    return {str(one) for subjects in signed.values_list("subjects", flat=True) for one in subjects}


def refused_papers(delegation: Delegation) -> list[JournalEntry]:
    """Why papers could not be made, for those that still are not there."""
    made = set(delegation.papers.values_list("entry", flat=True))
    refused = journal.entries(delegation.stream).filter(kind="paper.refused")
    return [one for one in refused if one.data["entry"] not in made]


@lru_cache(maxsize=1)
def layouts() -> dict[str, bytes]:
    """Every template of this version by its name."""
    folder = files("inspections.reports") / "templates"
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir(), key=lambda o: o.name)}


def layout_digests() -> dict[str, str]:
    """SHA-256 of every template by its name: which layout a paper was set in."""
    return {name: hashing.sha256_hex(source) for name, source in layouts().items()}


_SUPERSEDED = "这一版已经作废；有新版的，请以最新一版为准。"
_UNSIGNED = "这是签名以前的文件，上面没有签名和印章，不能代替签发的文书。"


@dataclass(frozen=True, slots=True)
class RegisteredFile:
    """`caveat` is what else its holder must know: not signed yet, or no longer valid."""

    label: str
    sha256: str
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredEdition:
    """One edition of a paper with the digests of its files; nothing of what it says."""

    edition: int
    state_label: str
    at: datetime
    files: list[RegisteredFile]


@dataclass(frozen=True, slots=True)
class Registered:
    number: str
    title: str
    bureau: str
    editions: list[RegisteredEdition]


def registered(number: str) -> Registered:
    """What anybody may know of the paper of that number; refuses with `document_unknown`."""
    found = (
        _registered_record(number)
        or _registered_inspection_paper(number)
        or _registered_paper(number)
    )
    if found is None:
        raise DocumentUnknown
    return found


def _registered_record(number: str) -> Registered | None:
    records = list(
        Record.objects.filter(inspection__number=number)
        .select_related("inspection__bureau")
        .order_by("-edition")
    )
    if not records:
        return None
    editions = [_edition(one, RecordState(one.state).label) for one in records]
    return Registered(number, TITLE, records[0].inspection.bureau.name, editions)


def _registered_inspection_paper(number: str) -> Registered | None:
    found = InspectionPaper.objects.select_related("inspection__bureau").filter(serial=number)
    one = found.first()
    if one is None:
        return None
    issued = [RegisteredFile("签发的文书", one.sha256)]
    edition = RegisteredEdition(one.edition, PaperState.ISSUED.label, one.issued_at, issued)
    title = InspectionPaperKind(one.kind).label
    return Registered(number, title, one.inspection.bureau.name, [edition])


def _registered_paper(number: str) -> Registered | None:
    delegation, _, code = number.rpartition("-")
    candidates = Paper.objects.filter(delegation__number=delegation)
    for one in candidates.select_related("delegation__bureau"):
        if one.serial == f"{delegation}-{code}":
            edition = _edition(one, PaperState(one.state).label)
            kind = PaperKind(one.kind).label
            return Registered(number, kind, one.delegation.bureau.name, [edition])
    return None


def _edition(paper: Record | Paper, state: str) -> RegisteredEdition:
    old = _SUPERSEDED if paper.state == RecordState.SUPERSEDED.value else ""
    named = [RegisteredFile("签发的文书", paper.signed_sha256, old)] if paper.signed_sha256 else []
    # One that nobody signs is issued as it was frozen: one file, named once.
    if paper.signed_sha256 != paper.sha256:
        named.append(RegisteredFile("待签名的文书", paper.sha256, old or _UNSIGNED))
    return RegisteredEdition(paper.edition, state, paper.issued_at or paper.frozen_at, named)
