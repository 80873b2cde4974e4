"""A detached CMS signature with CAdES attributes (RFC 5652, RFC 5035, ETSI EN 319 122-1).

The key is elsewhere: here the attributes are made that it signs, and the message is put together
around what it gave back. Keys are EC P-256, digests SHA-256.
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

MEDIA_TYPE = "application/pkcs7-signature"
# What WebCrypto returns for ECDSA P-256: r and s, 32 bytes each.
RAW_SIZE = 64


class Unusable(ValueError):
    """The bytes are no key or no signature of the kind that is used here."""


def public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key in a SubjectPublicKeyInfo (DER)."""
    try:
        found = serialization.load_der_public_key(spki)
    except ValueError as error:
        raise Unusable from error
    if not isinstance(found, ec.EllipticCurvePublicKey) or not isinstance(
        found.curve, ec.SECP256R1
    ):
        raise Unusable
    return found


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


def message(chain: Sequence[x509.Certificate], signed: bytes, signature: bytes) -> bytes:
    """SignedData (DER) without the document; `chain` is the signer's certificate and its issuers
    but for the root."""
    carried = [
        asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain
    ]
    own = carried[0]
    info = cms.SignerInfo(
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
    return bytes(_signer(cms.ContentInfo.load(message))["signature"].native)


def stamped(message: bytes, answer: bytes) -> bytes:
    """The same message with a TimeStampResp over its signature among the unsigned attributes
    (CAdES-T): what was signed stays as it was."""
    info = cms.ContentInfo.load(message)
    token = tsp.TimeStampResp.load(answer)["time_stamp_token"]
    _signer(info)["unsigned_attrs"] = cms.CMSAttributes(
        [_attribute("signature_time_stamp_token", token)]
    )
    return bytes(info.dump(force=True))


def _signer(info: cms.ContentInfo) -> cms.SignerInfo:
    return info["content"]["signer_infos"][0]


def _attribute(name: str, value: core.Asn1Value | str | bytes) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})
