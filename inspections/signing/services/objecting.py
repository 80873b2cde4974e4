"""陈述申辩 before signing: the document gets a new edition that holds the objection."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import glyphs, workflow
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.journal import Actor
from inspections.evidence.selectors import item_of
from inspections.signing import selectors
from inspections.signing.errors import AlreadyObjected, NotAskedFor, ObjectionEmpty
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


def object_to(request: SignatureRequest, objection: Objection, *, actor: Actor) -> SignatureRequest:
    """Note the applicant's objection; journals `signature.objected`, its text privately.

    What everybody was asked or has signed so far is SUPERSEDED by the same entry, because the
    document is about to change; whoever owns the document asks anew. Once per edition. Refuses
    with `not_allowed` (inspectors), `not_asked_for` (only signed by hand), `already_objected`,
    `already_signed`, `objection_empty`, `glyph_missing` for what no paper can show,
    `evidence_unknown` for a voice that is not in this dossier. Administrative Licensing Law
    (行政许可法) art. 7.
    """
    if not selectors.is_certified(request):
        raise NotAskedFor
    text = _text(request, objection, actor)
    voice = item_of(request.dossier, objection.voice) if objection.voice else None
    with transaction.atomic():
        found = locked(request)
        if selectors.objection_to(found) is not None:
            raise AlreadyObjected
        refuse_answered(found)
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
