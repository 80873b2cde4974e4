from uuid import UUID

from fieldsvc.kernel import blobs
from fieldsvc.kernel.journal import Actor
from inspections.signing.errors import SignatureUnknown
from inspections.signing.models import SignatureRequest
from inspections.signing.policies import is_signer
from inspections.signing.states import SignatureState


def access_signature(actor: Actor, signature_id: UUID) -> SignatureRequest:
    """The request if this actor is its signer; refuses everybody else with `signature_unknown`."""
    found = SignatureRequest.objects.select_related("dossier").filter(pk=signature_id).first()
    if found is None or not is_signer(actor, found):
        raise SignatureUnknown
    return found


def requests_for(dossier_id: UUID, document_sha256: str) -> list[SignatureRequest]:
    """Everybody asked to sign this document, in signing order."""
    return list(
        SignatureRequest.objects.filter(
            dossier_id=dossier_id, document_sha256=document_sha256
        ).order_by("position")
    )


def all_answered(dossier_id: UUID, document_sha256: str) -> bool:
    """Whether somebody was asked and nobody is left to answer."""
    states = {request.state for request in requests_for(dossier_id, document_sha256)}
    return bool(states) and SignatureState.PENDING.value not in states


def svg_of(request: SignatureRequest) -> str | None:
    """The drawn signature, or None while there is none, or when it stands on paper."""
    if request.picture is None or request.strokes is None:
        return None
    with blobs.store().open(request.picture.blob_key) as file:
        return file.read().decode()
