from inspections.signing.errors import AlreadySigned, DocumentChanged
from inspections.signing.models import SignatureRequest
from inspections.signing.states import SignatureState


def refuse_answered(request: SignatureRequest) -> None:
    """Refuses with `document_changed` what a new edition replaced, `already_signed` the rest."""
    if request.state == SignatureState.SUPERSEDED.value:
        raise DocumentChanged
    if request.state != SignatureState.PENDING.value:
        raise AlreadySigned


def locked(request: SignatureRequest) -> SignatureRequest:
    """The request under its row lock."""
    return (
        SignatureRequest.objects.select_for_update(of=("self",))
        .select_related("dossier")
        .get(pk=request.pk)
    )
