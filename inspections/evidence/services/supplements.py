"""What belongs to a dossier and came only after its seal."""

from django.db import transaction

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import papers_stream
from inspections.evidence.services.anchoring import Stamp

MEDIA_TYPE = "application/timestamp-reply"


def keep_late_stamp(dossier: Dossier, signature: str, cms_sha256: str, stamp: Stamp) -> None:
    """Keep the timestamp over a signer's message beside the sealed dossier; packages carry it.

    Journals `signature.stamped` (digests of message and timestamp, the time it names) on the
    stream that tells of the papers beside the dossier.
    """
    kept = blobs.store().put(stamp.answer, media_type=MEDIA_TYPE)
    with transaction.atomic():
        journal.append(
            papers_stream(dossier),
            "signature.stamped",
            actor=Actor("system", "system", dossier.scope),
            data={
                "signature": signature,
                "cms_sha256": cms_sha256,
                "sha256": kept.sha256,
                "stamped_at": clock.iso(stamp.at),
            },
        )
