"""What remains to be forgotten once a dossier is disposed of."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from inspections.cases import services as cases
from inspections.dispatch import services as dispatch
from inspections.evidence import selectors as evidence
from inspections.evidence import services as evidence_services
from inspections.inspection.models import Inspection
from inspections.signing import services as signing
from signaling import rooms


def erase_contact(dossier_id: UUID) -> None:
    """Erase the contact of the case once the last dossier of its inspections is disposed of.

    Until then a dossier that must be kept still needs to say whom it speaks of. Journals
    `dossier.contact_erased` beside the dossier; idempotent.
    """
    mine = Inspection.objects.filter(Q(dossier=dossier_id) | Q(rectification__dossier=dossier_id))
    inspection = mine.select_related("case").first()
    if inspection is None:
        return
    with transaction.atomic():
        rows = list(
            Inspection.objects.filter(case=inspection.case_id).select_related(
                "dossier", "rectification__dossier"
            )
        )
        if not all(evidence.is_disposed(one) for row in rows for one in _dossiers(row)):
            return
        cases.erase_contact(inspection.case)
        for row in rows:
            dispatch.erase_contacts(row.pk)
            rooms.erase_guests(row.room)
            signing.erase_signers(row.dossier)
        evidence_services.note_contact_erased(inspection.dossier)


def _dossiers(row: Inspection) -> list[UUID]:
    rectification = getattr(row, "rectification", None)
    second = rectification.dossier_id if rectification is not None else None
    return [row.dossier_id, *([second] if second is not None else [])]
