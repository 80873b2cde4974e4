"""The certified part of a signature: the CMS message over the document's digest."""

from dataclasses import dataclass

from cryptography import x509

from fieldsvc.kernel import blobs, clock
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import authority, certificates
from inspections.evidence.authority import Usage
from inspections.evidence.models import EvidenceItem
from inspections.evidence.services import Circumstances, admit_own
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.signing import cms, selectors
from inspections.signing.errors import (
    CertificateExpired,
    NotIdentified,
    NotRead,
    SignatureInvalid,
)
from inspections.signing.models import Identification, IdentityCheck, SignatureRequest
from inspections.signing.states import SigningKey


@dataclass(frozen=True, slots=True)
class Certified:
    """A message that was checked; an authority's time over it is asked for later."""

    message: bytes
    certificate: x509.Certificate
    identification: Identification
    identity: IdentityCheck | None

    @property
    def told(self) -> dict[str, JSONValue]:
        """What `signature.completed` says of it besides the digest of the message."""
        return {
            "certificate_sha256": cms.fingerprint(self.certificate),
            "key": self.identification.key,
            "means": self.identification.means,
            "issuer": self.identification.issuer,
            "identity": self.identity.result if self.identity else None,
            "consent_version": self.identification.consent_version,
            "consent_sha256": self.identification.consent_sha256,
            "stamped": False,
        }


def certified(request: SignatureRequest, raw: bytes | None) -> Certified:
    """Put the message together around what the signer's key gave back (r‖s), and check it.

    Where the signer's device has no key, one is made here, signs, and is gone. Refuses with
    `not_read`, `not_identified`, `certificate_expired`, `signature_invalid`.
    """
    left = selectors.pages_left(request)
    if left:
        raise NotRead({"pages": [*left]})
    identification = selectors.identification_of(request)
    if identification is None:
        raise NotIdentified
    if identification.expires_at <= clock.now():
        raise CertificateExpired
    if identification.key == SigningKey.DEVICE.value:
        chain, signed, signature = _from_device(identification, raw)
    else:
        chain, signed, signature = _by_own_key(request, identification)
    if not cms.holds(chain[0], signed, signature):
        raise SignatureInvalid
    message = cms.message(chain, signed, signature)
    return Certified(message, chain[0], identification, selectors.identity_of(request))


def admit_message(request: SignatureRequest, made: Certified, *, actor: Actor) -> EvidenceItem:
    """Take the message into the dossier beside the handwriting; journals `evidence.admitted`."""
    blob = blobs.store().put(made.message, media_type=cms.MEDIA_TYPE)
    how = Circumstances(Purpose.SIGNATURE, segment=f"{request.pk}/cms")
    return admit_own(request.dossier, blob, EvidenceKind.SIGNATURE, how, actor=actor)


def _from_device(
    identification: Identification, raw: bytes | None
) -> tuple[list[x509.Certificate], bytes, bytes]:
    if raw is None:
        raise SignatureInvalid
    try:
        signature = cms.signature_of(raw)
    except cms.Unusable as error:
        raise SignatureInvalid from error
    chain = x509.load_pem_x509_certificates(identification.certificate.encode("ascii"))
    return chain, bytes(identification.attributes), signature


def _by_own_key(
    request: SignatureRequest, identification: Identification
) -> tuple[list[x509.Certificate], bytes, bytes]:
    key = certificates.new_key()
    certificate = authority.issue(
        key.public_key(),
        subject=str(request.pk),
        usage=Usage.SIGNER,
        until=identification.expires_at,
    )
    signed = cms.attributes(request.document_sha256, certificate, clock.now())
    return [certificate], signed, cms.signed_by(key, signed)
