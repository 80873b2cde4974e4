"""The official electronic seal (电子印章, GB/T 38540): SM2 with SM3, kept beside the PDF."""

from dataclasses import dataclass
from typing import Protocol

MEDIA_TYPE = "application/x-sm2-signature"


@dataclass(frozen=True, slots=True)
class OfficialMark:
    """A detached SM2-with-SM3 signature (DER) over the bytes of a PDF, and whose certificate (DER)
    it is to be checked by."""

    signature: bytes
    certificate: bytes
    system: str


class OfficialSeal(Protocol):
    """The seal system of the region; refuses with `official_seal_unavailable`."""

    def seal(self, pdf: bytes) -> OfficialMark: ...
