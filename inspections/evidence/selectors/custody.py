"""How long a dossier is kept, what stands against disposing of it, and what became of it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.utils import timezone

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.catalog.selectors import RetentionClass, retention_class
from inspections.evidence import policies
from inspections.evidence.errors import DossierUnknown
from inspections.evidence.models import Disposal, Dossier, EvidenceItem, LegalHold
from inspections.evidence.states import DisposalState, DossierState


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


def condemned(dossier: Dossier) -> list[EvidenceItem]:
    """The pieces whose files a completed disposal removed, as its certificate says."""
    certificate = journal.entries(custody_stream(dossier)).filter(kind="dossier.disposed").first()
    if certificate is None:
        return []
    removed = cast("list[dict[str, str]]", certificate.data["removed"])
    named = [one["evidence"] for one in removed]
    return list(dossier.items.filter(pk__in=named).order_by("number"))
