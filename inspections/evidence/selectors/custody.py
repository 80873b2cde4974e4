"""How long a dossier is kept, what stands against disposing of it, and what became of it."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.utils import timezone

from fieldsvc.kernel import blobs, journal
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.catalog.selectors import RetentionClass, retention_class
from inspections.evidence import policies
from inspections.evidence.errors import DossierUnknown, FilesDisposed
from inspections.evidence.models import Disposal, Dossier, EvidenceItem, LegalHold
from inspections.evidence.selectors.beside import papers_stream
from inspections.evidence.states import DisposalState, DossierState, Purpose


@dataclass(frozen=True, slots=True)
class Custody:
    """A sealed dossier as those who keep it see it."""

    dossier: Dossier
    kind: RetentionClass
    kept_until: date | None
    hold: LegalHold | None
    disposal: Disposal | None


def access_dossier(actor: Actor, dossier_id: UUID) -> Dossier:
    """A dossier of the actor's own bureau, for those who keep dossiers; refuses with
    `not_allowed`, `dossier_unknown`."""
    policies.permit(policies.may_see_custody(actor))
    found = Dossier.objects.filter(pk=dossier_id, scope=actor.scope).first()
    if found is None:
        raise DossierUnknown
    return found


def custody_stream(dossier: Dossier) -> str:
    return f"custody:{dossier.pk}"


def custody_entries(dossier: Dossier) -> list[JournalEntry]:
    return list(journal.entries(custody_stream(dossier)))


def custodies(scope: str, limit: int = 500) -> list[Custody]:
    """The sealed dossiers of a bureau, the oldest first."""
    sealed = Dossier.objects.filter(scope=scope, state=DossierState.SEALED.value)
    return [custody_of(one) for one in sealed.order_by("sealed_at")[:limit]]


def custody_of(dossier: Dossier) -> Custody:
    return Custody(
        dossier,
        class_of(dossier),
        kept_until(dossier),
        standing_hold(dossier),
        disposal_of(dossier),
    )


def class_of(dossier: Dossier) -> RetentionClass:
    return retention_class(dossier.service_item)


def kept_until(dossier: Dossier) -> date | None:
    """The last day it has to be kept; None for one kept for good or not sealed yet."""
    years = class_of(dossier).years
    if years is None or dossier.sealed_at is None:
        return None
    day = timezone.localdate(dossier.sealed_at)
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def standing_hold(dossier: Dossier) -> LegalHold | None:
    return LegalHold.objects.filter(dossier=dossier, lifted_at__isnull=True).first()


def disposal_of(dossier: Dossier) -> Disposal | None:
    """The disposal that is proposed or done."""
    found = Disposal.objects.filter(dossier=dossier).exclude(state=DisposalState.WITHDRAWN.value)
    return found.first()


def is_disposed(dossier_id: UUID) -> bool:
    done = Disposal.objects.filter(dossier=dossier_id, state=DisposalState.DONE.value)
    return done.exists()


def condemned_by(dossier: Dossier, kind: RetentionClass) -> list[EvidenceItem]:
    """The pieces whose files the class does not keep beyond the term."""
    return list(dossier.items.exclude(purpose__in=kind.keeps).order_by("number"))


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file of a paper beside the record: the sealed PDF, or the content it was set from."""

    paper: str
    sha256: str


def paper_files(dossier: Dossier) -> list[PaperFile]:
    """The files of all papers that were issued beside the record, as their journal names them."""
    issued = journal.entries(papers_stream(dossier)).filter(kind="inspection_paper.issued")
    return [
        PaperFile(str(one.data["paper"]), str(one.data[key]))
        for one in issued
        for key in ("sha256", "content_sha256")
    ]


def papers_condemned_by(dossier: Dossier, kind: RetentionClass) -> list[PaperFile]:
    """The same, where the class does not keep papers beyond the term."""
    return [] if Purpose.RECORD.value in kind.keeps else paper_files(dossier)


def condemned(dossier: Dossier) -> list[EvidenceItem]:
    """The pieces whose files a completed disposal removed, as its certificate says."""
    named = [one["evidence"] for one in _removed(dossier) if "evidence" in one]
    return list(dossier.items.filter(pk__in=named).order_by("number"))


def condemned_papers(dossier: Dossier) -> list[PaperFile]:
    """The files of papers that a completed disposal removed, as its certificate says."""
    return [PaperFile(one["paper"], one["sha256"]) for one in _removed(dossier) if "paper" in one]


@contextmanager
def telling_disposal(dossier_id: UUID) -> Iterator[None]:
    """Whoever asks in this block for a file that went with a disposal is refused with
    `files_disposed`; a file that is missing by fault stays `blob_missing`."""
    try:
        yield
    except blobs.BlobMissing:
        if is_disposed(dossier_id):
            raise FilesDisposed from None
        raise


def _removed(dossier: Dossier) -> list[dict[str, str]]:
    certificate = journal.entries(custody_stream(dossier)).filter(kind="dossier.disposed").first()
    return cast("list[dict[str, str]]", certificate.data["removed"]) if certificate else []
