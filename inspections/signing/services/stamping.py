"""An authority's time over what was signed: asked for afterwards, so that nobody waits for it."""

from hashlib import sha256

from django.db import transaction

from fieldsvc.kernel import blobs, clock
from inspections.evidence.models import Dossier
from inspections.evidence.services import Circumstances, Stamp, admit_own, keep_late_stamp, stamper
from inspections.evidence.services.anchoring import GIVE_UP_AFTER, wait_after
from inspections.evidence.states import EvidenceKind, Purpose, TokenState
from inspections.signing import cms
from inspections.signing.models import SignatureRequest, SignatureStamp

AT_ONCE = 20


def ask_for_stamp(request: SignatureRequest) -> None:
    """Note that the signature wants a timestamp; `stamp_due` gets it."""
    now = clock.now()
    SignatureStamp.objects.create(request=request, requested_at=now, due_at=now)


def stamp_due() -> int:
    """Get the timestamps that are due and say how many came; the message with its timestamp is
    admitted beside the one without (`evidence.admitted`); after the seal the timestamp is kept
    beside the dossier (`signature.stamped`).

    Not to be called in a transaction: an authority that hangs is waited for. When none answers, all
    that are due are asked for later, after up to an hour, for a week.
    """
    due = SignatureStamp.objects.filter(state=TokenState.PENDING.value, due_at__lte=clock.now())
    waiting = list(due.select_related("request__dossier", "request__message")[:AT_ONCE])
    for done, one in enumerate(waiting):
        message = _message_of(one.request)
        stamp = stamper().stamp(sha256(cms.signature_in(message)).digest())
        if stamp is None:
            for late in waiting[done:]:
                _put_off(late)
            return done
        _keep(one, message, stamp)
    return len(waiting)


def _keep(stamp: SignatureStamp, message: bytes, answer: Stamp) -> None:
    request = stamp.request
    with transaction.atomic():
        # The dossier's lock keeps the seal from coming between the look and the admission.
        dossier = Dossier.objects.select_for_update().get(pk=request.dossier_id)
        found = SignatureStamp.objects.select_for_update().get(pk=stamp.pk)
        if found.state != TokenState.PENDING.value:
            return
        found.state = TokenState.STAMPED.value
        found.token = answer.answer
        found.stamped_at = answer.at
        found.attempts += 1
        if not dossier.is_sealed:
            blob = blobs.store().put(cms.stamped(message, answer.answer), media_type=cms.MEDIA_TYPE)
            how = Circumstances(Purpose.SIGNATURE, segment=f"{request.pk}/cms-t")
            found.copy = admit_own(dossier, blob, EvidenceKind.SIGNATURE, how)
        elif request.message is not None:
            keep_late_stamp(dossier, str(request.pk), request.message.sha256, answer)
        found.save()


def _put_off(stamp: SignatureStamp) -> None:
    now = clock.now()
    over = now - stamp.requested_at > GIVE_UP_AFTER
    pending = SignatureStamp.objects.filter(pk=stamp.pk, state=TokenState.PENDING.value)
    pending.update(
        state=(TokenState.FAILED if over else TokenState.PENDING).value,
        attempts=stamp.attempts + 1,
        due_at=now + wait_after(stamp.attempts),
    )


def _message_of(request: SignatureRequest) -> bytes:
    if request.message is None:
        raise ValueError("only a certified signature is stamped")
    with blobs.store().open(request.message.blob_key) as file:
        return file.read()
