"""陈述申辩 before signing: the document gets a new edition that holds the objection."""

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import glyphs, workflow
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.journal import Actor
from inspections.evidence.errors import EvidenceUnknown
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import item_of
from inspections.evidence.services import Circumstances, admit_voice
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.signing import rules, selectors
from inspections.signing.errors import (
    AlreadyObjected,
    NotAskedFor,
    ObjectionEmpty,
    ObjectionsSpent,
)
from inspections.signing.models import SignatureRequest
from inspections.signing.policies import is_signer
from inspections.signing.services.common import locked, refuse_answered
from inspections.signing.states import SignatureState, SignerKind

_OPEN_TO_CHANGE = (SignatureState.PENDING.value, SignatureState.COMPLETED.value)


@dataclass(frozen=True, slots=True)
class Objection:
    """What the applicant says against the document: written, spoken, or both."""

    text: str = ""
    voice: UUID | None = None


def add_voice(
    request: SignatureRequest, file: BinaryIO, sha256: str, *, actor: Actor
) -> EvidenceItem:
    """Take the applicant's spoken objection (three minutes at most) into the dossier, to be named
    by `object_to`; journals `evidence.admitted`, bound to this request.

    Refuses with `not_allowed` (inspectors), `not_asked_for`, `already_signed`,
    `document_changed`, `digest_mismatch`, `voice_unusable`, `evidence_closed`.
    """
    if not selectors.is_certified(request):
        raise NotAskedFor
    if not is_signer(actor, request) or request.signer != SignerKind.APPLICANT.value:
        raise NotAllowed
    refuse_answered(request)
    how = Circumstances(Purpose.SIGNATURE, segment=_segment(request))
    return admit_voice(request.dossier, file, sha256, how, actor=actor)


def object_to(request: SignatureRequest, objection: Objection, *, actor: Actor) -> SignatureRequest:
    """Note the applicant's objection; journals `signature.objected`, its text privately.

    What everybody was asked or has signed so far is SUPERSEDED by the same entry, because the
    document is about to change; whoever owns the document asks anew. Once per edition, five times
    in all. Refuses with `not_allowed` (inspectors), `not_asked_for` (only signed by hand),
    `already_objected`, `objections_spent`, `already_signed`, `objection_empty`, `glyph_missing`
    for what no paper can show, `evidence_unknown` for a voice that is not in this dossier, or that
    is no recording of this applicant's. Administrative Licensing Law (行政许可法) art. 7.
    """
    if not selectors.is_certified(request):
        raise NotAskedFor
    text = _text(request, objection, actor)
    voice = _voice(request, objection.voice) if objection.voice else None
    with transaction.atomic():
        found = locked(request)
        if selectors.objection_to(found) is not None:
            raise AlreadyObjected
        refuse_answered(found)
        if selectors.objections_in(found.dossier.stream) >= rules.OBJECTIONS:
            raise ObjectionsSpent
        others = [one for one in _asked(found) if one.pk != found.pk]
        workflow.move(
            found,
            found.supersede,
            actor=actor,
            kind=selectors.OBJECTED,
            stream=found.dossier.stream,
            data={
                "signature": str(found.pk),
                "document_sha256": found.document_sha256,
                "voice": str(voice.pk) if voice else None,
                "voice_sha256": voice.sha256 if voice else None,
                "superseded": [str(one.pk) for one in others],
            },
            private={"text": text} if text else {},
            along=[(one, one.supersede) for one in others],
        )
        return found


def _segment(request: SignatureRequest) -> str:
    return f"{request.pk}/voice"


def _voice(request: SignatureRequest, evidence: UUID) -> EvidenceItem:
    found = item_of(request.dossier, evidence)
    if found.kind != EvidenceKind.VOICE.value or found.segment != _segment(request):
        raise EvidenceUnknown
    return found


def _text(request: SignatureRequest, objection: Objection, actor: Actor) -> str:
    if not is_signer(actor, request) or request.signer != SignerKind.APPLICANT.value:
        raise NotAllowed
    text = objection.text.strip()
    if not text and objection.voice is None:
        raise ObjectionEmpty
    glyphs.refuse_missing({"text": text})
    return text


def _asked(request: SignatureRequest) -> list[SignatureRequest]:
    return list(
        SignatureRequest.objects.select_for_update()
        .filter(
            dossier_id=request.dossier_id,
            document_sha256=request.document_sha256,
            state__in=_OPEN_TO_CHANGE,
        )
        .order_by("position")
    )
