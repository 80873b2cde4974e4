"""What happens to a dossier after its seal: who looked, holds, disposal.

A sealed dossier's own stream takes nothing any more; this is told on a stream beside it.
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fieldsvc.kernel import blobs, clock, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import selectors
from inspections.evidence.errors import (
    DisposalProposed,
    DisposalUnknown,
    LegalHoldStands,
    NotYetSealed,
    RetentionRunning,
    SamePerson,
)
from inspections.evidence.models import Disposal, Dossier, EvidenceItem, LegalHold, RecordingCopy
from inspections.evidence.services.dossiers import locked
from inspections.evidence.states import CopyState, DisposalState

CONTACT_ERASED = "dossier.contact_erased"


def note_view(dossier: Dossier, subject: str, how: str, *, actor: Actor) -> None:
    """Write down that somebody was given a file; journals `evidence.viewed` on the custody
    stream. `subject` names the file (evidence id, or what it is), `how` which form of it."""
    with transaction.atomic():
        journal.append(
            selectors.custody_stream(dossier),
            "evidence.viewed",
            actor=actor,
            data={"dossier": str(dossier.pk), "subject": subject, "form": how},
        )


@transaction.atomic
def hold(dossier_id: UUID, reason: str, *, actor: Actor) -> LegalHold:
    """Freeze a dossier against disposal; journals `dossier.held`. One that is held stays so.

    A proposed disposal stays where it is and cannot be confirmed while the hold stands.
    """
    dossier = locked(dossier_id)
    known = selectors.standing_hold(dossier)
    if known is not None:
        return known
    made = LegalHold.objects.create(dossier=dossier, reason=reason, placed_at=clock.now())
    _tell(dossier, "dossier.held", actor, {"reason": reason})
    return made


@transaction.atomic
def lift_hold(dossier_id: UUID, *, actor: Actor) -> None:
    """End the hold; journals `dossier.hold_lifted`. Nothing happens where there is none."""
    dossier = locked(dossier_id)
    known = selectors.standing_hold(dossier)
    if known is not None:
        known.lifted_at = clock.now()
        known.save(update_fields=["lifted_at"])
        _tell(dossier, "dossier.hold_lifted", actor, {})


@transaction.atomic
def propose_disposal(dossier_id: UUID, reason: str, *, actor: Actor) -> Disposal:
    """First of two persons; journals `disposal.proposed`.

    Refuses with `dossier_not_sealed`, `retention_running`, `legal_hold`, `disposal_proposed`.
    """
    dossier = locked(dossier_id)
    _refuse_keeping(dossier)
    if selectors.disposal_of(dossier) is not None:
        raise DisposalProposed
    made = Disposal.objects.create(
        dossier=dossier, reason=reason, proposed_by=actor.id, proposed_at=clock.now()
    )
    _tell(dossier, "disposal.proposed", actor, {"disposal": str(made.pk), "reason": reason})
    return made


@transaction.atomic
def withdraw_disposal(dossier_id: UUID, *, actor: Actor) -> None:
    """Take the proposal back; journals `disposal.withdrawn`; refuses with
    `disposal_not_proposed`."""
    dossier = locked(dossier_id)
    found = _proposed(dossier)
    workflow.move(
        found,
        found.withdraw,
        actor=actor,
        kind="disposal.withdrawn",
        stream=selectors.custody_stream(dossier),
        data={"dossier": str(dossier.pk), "disposal": str(found.pk)},
    )


@transaction.atomic
def confirm_disposal(dossier_id: UUID, *, actor: Actor) -> Disposal:
    """Second of two persons: the key of the personal values is destroyed at once, the files the
    class does not keep follow, papers beside the record included; journals the certificate,
    `dossier.disposed`, which names each file and its digest.

    The chain still verifies. Refuses with `disposal_not_proposed`, `disposal_same_person`,
    `retention_running`, `legal_hold`.
    """
    dossier = locked(dossier_id)
    found = _proposed(dossier)
    if found.proposed_by == actor.id:
        raise SamePerson
    _refuse_keeping(dossier)
    at = clock.now()
    certificate = _certificate(dossier, found, actor)
    certificate["personal_values"] = journal.forget(dossier.stream)
    workflow.move(
        found,
        lambda: found.complete(at=at),
        actor=actor,
        kind="dossier.disposed",
        stream=selectors.custody_stream(dossier),
        data=certificate,
    )
    return found


def note_contact_erased(dossier: Dossier) -> None:
    """Write down, once, that the contact of a disposed dossier left the books as well; journals
    `dossier.contact_erased` on the custody stream."""
    with transaction.atomic():
        owner = locked(dossier.pk)
        told = journal.entries(selectors.custody_stream(owner)).filter(kind=CONTACT_ERASED)
        if not told.exists():
            _tell(owner, CONTACT_ERASED, Actor("system", "system", owner.scope), {})


def remove_files(dossier: Dossier) -> int:
    """Delete the files a completed disposal condemned, and say how many; idempotent.

    Bytes that another dossier still holds stay.
    """
    condemned = selectors.condemned(dossier)
    keys = {key for item in condemned for key in (item.blob_key, item.thumbnail_key) if key}
    keys |= {blobs.key_of(one.sha256) for one in selectors.condemned_papers(dossier)}
    kept = EvidenceItem.objects.exclude(pk__in=[item.pk for item in condemned])
    for column in ("blob_key", "thumbnail_key"):
        keys -= set(kept.filter(**{f"{column}__in": keys}).values_list(column, flat=True))
    copy = RecordingCopy.objects.filter(dossier=dossier).exclude(blob_key="").first()
    if copy is not None:
        keys |= {key for key in (copy.blob_key, copy.sheet_key) if key}
    for key in keys:
        blobs.store().delete(key)
    RecordingCopy.objects.filter(dossier=dossier).update(
        state=CopyState.NONE.value, blob_key="", sheet_key="", size=0, sheet_size=0
    )
    return len(keys)


def _refuse_keeping(dossier: Dossier) -> None:
    if not dossier.is_sealed:
        raise NotYetSealed
    until = selectors.kept_until(dossier)
    today = timezone.localdate(clock.now())
    if until is None or today <= until:
        raise RetentionRunning({"until": _day(until)})
    if selectors.standing_hold(dossier) is not None:
        raise LegalHoldStands


def _proposed(dossier: Dossier) -> Disposal:
    found = selectors.disposal_of(dossier)
    if found is None or found.state != DisposalState.PROPOSED.value:
        raise DisposalUnknown
    return found


def _certificate(dossier: Dossier, disposal: Disposal, actor: Actor) -> dict[str, JSONValue]:
    kind = selectors.class_of(dossier)
    head = journal.head(dossier.stream)
    condemned = selectors.condemned_by(dossier, kind)
    papers = selectors.papers_condemned_by(dossier, kind)
    files = dossier.items.count() + len(selectors.paper_files(dossier))
    return {
        "dossier": str(dossier.pk),
        "disposal": str(disposal.pk),
        "label": dossier.label,
        "class": kind.code,
        "class_title": kind.title,
        "basis": kind.basis,
        "kept_until": _day(selectors.kept_until(dossier)),
        "reason": disposal.reason,
        "proposed_by": disposal.proposed_by,
        "confirmed_by": actor.id,
        "journal": {"stream": dossier.stream, "length": head.length, "head": head.digest},
        "manifest_sha256": dossier.manifest_sha256,
        "keeps": sorted(kind.keeps),
        "removed": [
            *({"evidence": str(one.pk), "sha256": one.sha256} for one in condemned),
            *({"paper": one.paper, "sha256": one.sha256} for one in papers),
        ],
        "kept": files - len(condemned) - len(papers),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _tell(dossier: Dossier, kind: str, actor: Actor, data: dict[str, JSONValue]) -> None:
    journal.append(
        selectors.custody_stream(dossier),
        kind,
        actor=actor,
        data={"dossier": str(dossier.pk), **data},
    )
