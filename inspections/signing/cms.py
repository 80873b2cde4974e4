"""A detached CMS signature with CAdES attributes (RFC 5652, RFC 5035, ETSI EN 319 122-1).

The key is elsewhere: it signs its request for a certificate (PKCS#10, RFC 2986), and the attributes
made here, and the message is put together around what it gave back. Keys are EC P-256, digests
SHA-256.
"""

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from inspections.evidence.authority import Usage
from inspections.evidence.certificates import ORGANISATION

MEDIA_TYPE = "application/pkcs7-signature"
# What WebCrypto returns for ECDSA P-256: r and s, 32 bytes each.
RAW_SIZE = 64


class Unusable(ValueError):
    """The bytes are no request or no signature of the kind that is used here."""


def subject_of(signature_id: str) -> x509.Name:
    """Whom a signer's certificate is for: one signature, and no person by name."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, Usage.SIGNER.value),
            x509.NameAttribute(NameOID.COMMON_NAME, signature_id),
        ]
    )


def key_in(request: bytes, signature_id: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a request for a certificate (DER) for this very signature, which the key
    itself has signed: nobody gets a certificate for another's key."""
    try:
        found = x509.load_der_x509_csr(request)
        key, digest = found.public_key(), found.signature_hash_algorithm
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(
            key.curve, ec.SECP256R1
        ):
            raise Unusable
        if not isinstance(digest, hashes.SHA256) or found.subject != subject_of(signature_id):
            raise Unusable
        key.verify(found.signature, found.tbs_certrequest_bytes, ec.ECDSA(digest))
    except (ValueError, InvalidSignature) as error:
        raise Unusable from error
    return key


def spki(key: ec.EllipticCurvePublicKey) -> bytes:
    """SubjectPublicKeyInfo (DER)."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER bytes, as hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def attributes(document_sha256: str, certificate: x509.Certificate, at: datetime) -> bytes:
    """DER of the SET OF signed attributes: exactly the bytes the key has to sign."""
    named = tsp.ESSCertIDv2({"cert_hash": certificate.fingerprint(hashes.SHA256())})
    found = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", bytes.fromhex(document_sha256)),
            _attribute("signing_time", cms.Time({"utc_time": at.replace(microsecond=0)})),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})),
        ]
    )
    return bytes(found.dump())


def signature_of(raw: bytes) -> bytes:
    """ECDSA-Sig-Value (DER) of r‖s."""
    if len(raw) != RAW_SIZE:
        raise Unusable
    half = RAW_SIZE // 2
    return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def signed_by(key: ec.EllipticCurvePrivateKey, signed: bytes) -> bytes:
    """What a key here makes of the attributes, in DER."""
    return key.sign(signed, ec.ECDSA(hashes.SHA256()))


def holds(certificate: x509.Certificate, signed: bytes, signature: bytes) -> bool:
    """Whether the certificate's key signed exactly these attributes."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def message(
    chain: Sequence[x509.Certificate],
    signed: bytes,
    signature: bytes,
    *,
    stamp: bytes | None = None,
) -> bytes:
    """SignedData (DER) without the document; `chain` is the signer's certificate and its issuers
    but for the root, `stamp` a TimeStampResp over `signature` (CAdES-T)."""
    carried = [
        asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain
    ]
    info = _signer_info(carried[0], signed, signature)
    if stamp is not None:
        token = tsp.TimeStampResp.load(stamp)["time_stamp_token"]
        info["unsigned_attrs"] = cms.CMSAttributes(
            [_attribute("signature_time_stamp_token", token)]
        )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": carried,
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def signature_in(message: bytes) -> bytes:
    """The signer's own value (DER), over which an authority's time is asked for."""
    return bytes(_signed(message)["signer_infos"][0]["signature"].native)


def stamped(unstamped: bytes, answer: bytes) -> bytes:
    """The same message with a TimeStampResp over its signature: what was signed stays as it was."""
    data = _signed(unstamped)
    signer = data["signer_infos"][0]
    chain = [x509.load_der_x509_certificate(one.chosen.dump()) for one in data["certificates"]]
    signed = signer["signed_attrs"].untag().dump()
    return message(chain, signed, bytes(signer["signature"].native), stamp=answer)


def _signed(message: bytes) -> cms.SignedData:
    return cms.ContentInfo.load(message)["content"]


def _signer_info(own: asn1_x509.Certificate, signed: bytes, signature: bytes) -> cms.SignerInfo:
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": own.issuer, "serial_number": own.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": cms.CMSAttributes.load(signed),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )


def _attribute(name: str, value: core.Asn1Value | str | bytes) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})
