"""What remains to be forgotten once a dossier is disposed of."""

from uuid import UUID

from django.db import transaction

from inspections.delegation.models import Delegation
from inspections.dispatch import services as dispatch
from inspections.evidence import services as evidence


def erase_contact(dossier_id: UUID) -> None:
    """Erase contact, phone and how to find the door of the delegation whose dossier is disposed
    of. Journals `dossier.contact_erased` beside the dossier; idempotent."""
    found = Delegation.objects.filter(dossier=dossier_id).select_related("dossier").first()
    if found is None:
        return
    with transaction.atomic():
        Delegation.objects.filter(pk=found.pk).update(
            contact_name="", phone="", phone_digest="", door_note=""
        )
        dispatch.erase_contacts(found.pk)
        evidence.note_contact_erased(found.dossier)
