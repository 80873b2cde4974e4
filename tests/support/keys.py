"""The key of a signer's device, as WebCrypto makes it."""

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from inspections.signing.cms import subject_of


class DeviceKey:
    """P-256; its signatures are r‖s, 32 bytes each."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def request(self, signature_id: str) -> bytes:
        """PKCS#10 (DER) for one signature, signed by this key."""
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject_of(signature_id))
        asked = builder.sign(self._key, hashes.SHA256())
        return asked.public_bytes(serialization.Encoding.DER)

    def request_text(self, signature_id: str) -> str:
        return base64.b64encode(self.request(signature_id)).decode()

    def sign(self, attributes: bytes) -> bytes:
        der = self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))

    def sign_text(self, attributes: str) -> str:
        """The same for base64, in base64."""
        return base64.b64encode(self.sign(base64.b64decode(attributes))).decode()
