"""Reading the rows a paper is written from."""

from uuid import UUID

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.catalog.selectors import Guide, Material, current_guide, get_guide
from inspections.catalog.states import ExemptBy
from inspections.delegation.models import Delegation, HandOver, Mandate
from inspections.delegation.states import MandateState
from inspections.reports import selectors, wording
from inspections.reports.content.papers.sources import ItemFacts, Sources
from inspections.reports.shapes import MaterialLine
from inspections.reports.states import PaperKind

_SPARED = (ExemptBy.E_LICENCE, ExemptBy.DATA_SHARING)
_LIVING = (MandateState.DRAFT.value, MandateState.SIGNED.value)


def sources_of(
    kind: PaperKind, edition: int, delegation: Delegation, entry: JournalEntry
) -> Sources:
    """Everything a paper of this kind speaks of, as of the entry that calls for it."""
    guides = [_guide(delegation, code) for code in delegation.items]
    suspended = _suspension(entry) if kind is PaperKind.RESUMPTION else None
    return Sources(
        kind=kind,
        edition=edition,
        at=entry.at,
        head=entry.digest,
        delegation=delegation,
        items=[_facts(guide) for guide in guides],
        actions={one.code: one.title for guide in guides for one in guide.mandate_actions},
        mandate=_mandate(delegation, entry, suspended),
        steps=list(delegation.steps.all()),
        documents=_documents(kind, delegation),
        reason=_reason(suspended or entry),
        suspended_at=suspended.at if suspended else None,
        resumed_at=entry.at if entry.kind == "delegation.resumed" else None,
    )


def _mandate(
    delegation: Delegation, entry: JournalEntry, suspended: JournalEntry | None
) -> Mandate | None:
    """The mandate a paper is about: the drafted one, or the one from before that goes on."""
    if "mandate" in entry.data:
        return delegation.mandates.get(pk=UUID(str(entry.data["mandate"])))
    if suspended is None:
        return None
    return delegation.mandates.filter(state__in=_LIVING, drafted_at__lte=suspended.at).first()


def _suspension(entry: JournalEntry) -> JournalEntry | None:
    earlier = journal.entries(entry.stream).filter(number__lt=entry.number)
    return earlier.filter(kind="delegation.suspended").last()


def _reason(entry: JournalEntry) -> str:
    if entry.data.get("cause") == "MANDATE_REVOKED":
        return "申请人撤销了委托。"
    return journal.reveal(entry, "reason") or ""


def _documents(kind: PaperKind, delegation: Delegation) -> list[HandOver]:
    found = list(delegation.hand_overs.all())
    if kind is not PaperKind.HAND_OVER:
        return found
    settled = selectors.settled_documents(delegation)
    return [one for one in found if str(one.pk) not in settled]


def _guide(delegation: Delegation, code: str) -> Guide:
    version = delegation.guides.get(code)
    return get_guide(code, version) if version else current_guide(code)


def _facts(guide: Guide) -> ItemFacts:
    return ItemFacts(
        code=guide.code,
        title=guide.title,
        person_type=guide.person_type.label,
        basis=guide.basis,
        conditions="；".join(guide.conditions),
        promised="当场办结" if guide.instant else _days(guide.promised_days),
        statutory=_days(guide.statutory_days),
        materials=[_material(one) for one in guide.materials],
    )


def _days(number: int) -> str:
    return f"{number} 个工作日" if number else wording.NOTHING


def _material(one: Material) -> MaterialLine:
    if one.exempt_by in _SPARED:
        return {
            "title": one.title,
            "copies": wording.NOTHING,
            "form": "免提交",
            "note": one.exempt_by.label,
        }
    notes = [one.exempt_by.label] if one.exempt_by else []
    if one.sample:
        notes.append(f"要求：{one.sample}")
    return {
        "title": one.title,
        "copies": wording.copies(one.copies),
        "form": wording.form(original=one.original),
        "note": "；".join(notes) or wording.NOTHING,
    }
