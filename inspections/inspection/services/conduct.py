"""The inspection itself: it begins, items are judged."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fieldsvc.kernel import clock, glyphs, journal, workflow
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.journal import Actor
from inspections.catalog.errors import TemplateUnknown
from inspections.catalog.selectors import TemplateItem
from inspections.catalog.states import Result
from inspections.evidence import selectors as evidence
from inspections.evidence.models import EvidenceItem
from inspections.inspection import policies, rules, selectors
from inspections.inspection.errors import (
    ItemMustExist,
    ItemUnknown,
    KeyItemNeedsEvidence,
    NoteNeeded,
)
from inspections.inspection.models import Finding, Inspection
from inspections.inspection.selectors.judging import is_being_recorded, is_live, live_items
from inspections.inspection.services.common import facts, locked, system
from inspections.inspection.states import InspectionState


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement as it came in; `version` is that of the finding it replaces, 0 for none."""

    result: Result
    version: int
    note: str = ""
    measured: str = ""
    evidence: tuple[UUID, ...] = ()


def begin(inspection_id: UUID) -> None:
    """The applicant was let in: the inspection runs. Journals `inspection.begun`, once."""
    with transaction.atomic():
        inspection = locked(inspection_id)
        if inspection.state != InspectionState.SCHEDULED.value:
            return
        workflow.move(
            inspection,
            lambda: inspection.begin(at=clock.now()),
            actor=system(inspection),
            kind="inspection.begun",
            stream=inspection.stream,
            data=facts(inspection),
        )


def record_finding(
    inspection: Inspection, code: str, judgement: Judgement, *, actor: Actor
) -> Finding:
    """Judge one item, or change the judgement; journals `finding.recorded` with the old result.

    Refuses with `stale_version` (somebody else judged it meanwhile), `item_unknown`,
    `item_must_exist`, `note_needed`, `evidence_unknown`, `key_item_needs_evidence`,
    `glyph_missing` (the record could not print it), `inspection_not_begun`, `inspection_over`,
    `not_allowed`.
    """
    with transaction.atomic():
        inspection = locked(inspection.pk)
        refusal = policies.may_find(actor, inspection)
        if refusal is not None:
            raise refusal
        item = _item(inspection, code)
        pieces = [evidence.item_of(inspection.dossier, one) for one in judgement.evidence]
        recorded = is_being_recorded(inspection)
        _check(inspection, item, judgement, pieces, recorded=recorded)
        old = inspection.findings.filter(item=code).first()
        if (old.version if old else 0) != judgement.version:
            raise StaleVersion({"item": code, "version": old.version if old else 0})
        finding = old or Finding(inspection=inspection, item=code, version=0)
        before = finding.result
        finding.result = judgement.result.value
        finding.note = judgement.note.strip()
        finding.measured = judgement.measured.strip()
        finding.decided_by_id = UUID(actor.id)
        finding.decided_at = clock.now()
        finding.recorded = recorded
        finding.version += 1
        finding.save()
        finding.evidence.set(pieces)
        # The inspection's version moves on with each finding: who concludes has seen them all.
        Inspection.objects.filter(pk=inspection.pk).update(version=F("version") + 1)
        _tell(inspection, finding, before, pieces, actor)
        return finding


def _item(inspection: Inspection, code: str) -> TemplateItem:
    try:
        return selectors.template_of(inspection).item(code)
    except TemplateUnknown:
        raise ItemUnknown({"item": code}) from None


def _check(
    inspection: Inspection,
    item: TemplateItem,
    judgement: Judgement,
    pieces: list[EvidenceItem],
    *,
    recorded: bool,
) -> None:
    if judgement.result is Result.NOT_APPLICABLE and not item.may_be_absent:
        raise ItemMustExist({"item": item.code})
    if judgement.result is not Result.CONFORMING and not judgement.note.strip():
        raise NoteNeeded({"note": "请写明情况"})
    glyphs.refuse_missing({"note": judgement.note, "measured": judgement.measured})
    if not rules.needs_live_evidence(item.level, judgement.result):
        return
    if not (recorded or is_live(pieces) or item.code in live_items(inspection)):
        raise KeyItemNeedsEvidence(fields={"item": item.code})


def _tell(
    inspection: Inspection,
    finding: Finding,
    before: str,
    pieces: list[EvidenceItem],
    actor: Actor,
) -> None:
    private = {"note": finding.note} if finding.note else {}
    if finding.measured:
        private["measured"] = finding.measured
    journal.append(
        inspection.stream,
        "finding.recorded",
        actor=actor,
        data=facts(
            inspection,
            item=finding.item,
            result=finding.result,
            before=before,
            version=finding.version,
            recorded=finding.recorded,
            evidence=[str(piece.id) for piece in pieces],
        ),
        private=private,
    )
