from fieldsvc.kernel.journal import Actor
from inspections.signing.models import SignatureRequest
from inspections.signing.states import SignatureState, SignerKind

_ACTOR_KIND = {
    SignerKind.APPLICANT.value: "applicant",
    SignerKind.INSPECTOR.value: "staff",
    SignerKind.DELEGATE.value: "staff",
}


def is_signer(actor: Actor, request: SignatureRequest) -> bool:
    """Nobody signs for another: kind and id must both be the signer's."""
    return actor.kind == _ACTOR_KIND[request.signer] and actor.id == request.signer_id


def may_lend(actor: Actor, request: SignatureRequest) -> bool:
    """A member of staff of the same bureau may hold out the phone where the paper allows it."""
    return (
        request.is_lendable
        and actor.kind == "staff"
        and actor.scope == request.dossier.scope
        and actor.id != request.signer_id
    )


def may_sign(actor: Actor, request: SignatureRequest) -> bool:
    return is_signer(actor, request) and request.state == SignatureState.PENDING.value
