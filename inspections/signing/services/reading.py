"""What of a document was on the screen, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.signing.models import SignatureRequest
from inspections.signing.services.common import locked, refuse_answered


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds each page was shown since the last call, by page number from 1."""

    pages: Mapping[int, int]
    large_type: bool = False
    read_aloud: bool = False


def note_read(request: SignatureRequest, reading: Reading, *, actor: Actor) -> SignatureRequest:
    """Add pages to those the signer has opened; journals `signature.read` when one is new.

    Refuses with `invalid` for a page the document does not have, `already_signed`,
    `document_changed`.
    """
    if any(not 1 <= page <= request.pages for page in reading.pages):
        raise Invalid({"pages": f"这份文书共 {request.pages} 页"})
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        fresh = sorted(set(reading.pages) - set(found.pages_read))
        if not fresh:
            return found
        found.pages_read = sorted({*found.pages_read, *fresh})
        found.save(update_fields=["pages_read"])
        journal.append(
            found.dossier.stream,
            "signature.read",
            actor=actor,
            data={
                "signature": str(found.pk),
                "document_sha256": found.document_sha256,
                "pages": [{"page": page, "ms": reading.pages[page]} for page in fresh],
                "large_type": reading.large_type,
                "read_aloud": reading.read_aloud,
                "complete": len(found.pages_read) == found.pages,
            },
        )
        return found
