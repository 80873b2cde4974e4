"""The key of a signer's device, as WebCrypto makes it."""

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


class DeviceKey:
    """P-256; its signatures are r‖s, 32 bytes each."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def spki(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.DER, form)

    @property
    def spki_text(self) -> str:
        return base64.b64encode(self.spki).decode()

    def sign(self, attributes: bytes) -> bytes:
        der = self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))

    def sign_text(self, attributes: str) -> str:
        """The same for base64, in base64."""
        return base64.b64encode(self.sign(base64.b64decode(attributes))).decode()
