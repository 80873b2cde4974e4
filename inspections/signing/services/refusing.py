"""Refusal to sign without a word: one inspector notes it, another has seen it."""

from django.db import transaction

from fieldsvc.kernel import clock, glyphs, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.signing import selectors
from inspections.signing.errors import RefusalNoted, RefusalNotNoted, SecondInspectorNeeded
from inspections.signing.models import SignatureRequest
from inspections.signing.services.common import locked, refuse_answered


def note_refusal(request: SignatureRequest, reason: str, *, actor: Actor) -> SignatureRequest:
    """Note that the applicant will not sign; journals `signature.refusal_noted`.

    Nothing is declined by that: the applicant may still sign until another inspector has witnessed
    it. `actor` is an inspector of the same document (selectors.access_refusal). Refuses with
    `refusal_noted`, `already_signed`, `document_changed`, `glyph_missing`.
    """
    glyphs.refuse_missing({"reason": reason})
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        if found.refusal_noted_at is not None:
            raise RefusalNoted
        found.refusal_reason = reason
        found.refusal_noted_by = actor.id
        found.refusal_noted_at = clock.now()
        found.save(update_fields=["refusal_reason", "refusal_noted_by", "refusal_noted_at"])
        journal.append(
            found.dossier.stream,
            "signature.refusal_noted",
            actor=actor,
            data=_told(found),
            private={"reason": reason},
        )
        return found


def witness_refusal(request: SignatureRequest, *, actor: Actor) -> SignatureRequest:
    """A second inspector saw the refusal: declined; journals `signature.declined`.

    Refuses with `refusal_not_noted`, `second_inspector_needed` for the one who noted it,
    `already_signed`, `document_changed`.
    """
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        if found.refusal_noted_at is None:
            raise RefusalNotNoted
        if found.refusal_noted_by == actor.id:
            raise SecondInspectorNeeded
        workflow.move(
            found,
            lambda: found.witness_refusal(at=clock.now(), witness=actor.id),
            actor=actor,
            kind="signature.declined",
            stream=found.dossier.stream,
            data={
                **_told(found),
                "noted_by": found.refusal_noted_by,
                "witnessed_by": actor.id,
            },
            private={"reason": found.refusal_reason},
        )
        return found


def _told(request: SignatureRequest) -> dict[str, JSONValue]:
    return {
        "signature": str(request.pk),
        "signer": request.signer,
        "document_sha256": request.document_sha256,
        "recording_ms": selectors.recording_ms(request.dossier.stream),
    }
