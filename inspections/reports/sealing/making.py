"""PAdES B-LTA (ETSI EN 319 142-1) with the bureau's key: nothing of it is seen in the page.

The seal a person sees is drawn by the typesetter; drawn over the page afterwards it would cover
what stands there. The bytes that were set in type stay the beginning of the file.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import cms, keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.functions import sign_pdf
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    SigDSSPlacementPreference,
)
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inspections.evidence import authority
from inspections.evidence.authority import Usage
from inspections.evidence.services import Stamper, stamper
from inspections.reports.states import SealLevel

# It warns each time that it may not fetch lists of revoked certificates. It is given ours.
logging.getLogger("pyhanko.sign.signers").setLevel(logging.ERROR)

FIELD, STAMP_FIELD = "bureau", "time"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed file, whose certificate it carries (SHA-256 of the DER, hex), and what it has."""

    pdf: bytes
    certificate_sha256: str
    level: SealLevel


class _NoStamp(Exception):
    """No authority answered."""


class _Clock(TimeStamper):
    """Asks our own stampers, which check each answer themselves."""

    def __init__(self, asked: Stamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._asked = asked

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        stamp = self._asked.stamp(message_digest) if md_algorithm == "sha256" else None
        if stamp is None:
            raise _NoStamp
        return tsp.TimeStampResp.load(stamp.answer)["time_stamp_token"]


def seal(pdf: bytes, *, at: datetime, asked: Stamper | None = None) -> Sealed:
    """Seal a paper with the bureau's key in the invisible field `bureau`.

    Adds revocation lists, a timestamp in the signature and one over the whole file (PAdES B-LTA).
    When no timestamp authority answers, the seal is B-B: the same without the timestamps.
    `at` is the moment at which certificate and list have to be good.
    """
    asked = asked or stamper()
    try:
        return _sealed(pdf, at, asked, SealLevel.B_LTA)
    except _NoStamp:
        return _sealed(pdf, at, asked, SealLevel.B_B)


def certificate_of(one: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(one.public_bytes(serialization.Encoding.DER))


def _sealed(pdf: bytes, at: datetime, asked: Stamper, level: SealLevel) -> Sealed:
    key, certificate = authority.key_for(Usage.SEAL)
    secret = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signer = SimpleSigner(
        certificate_of(certificate),
        keys.PrivateKeyInfo.load(secret),
        SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        # No root of trust travels inside what it is to vouch for.
        embed_roots=False,
    )
    roots = [authority.root(), *asked.roots()]
    context = ValidationContext(
        trust_roots=[certificate_of(one) for one in roots],
        crls=[authority.crl()],
        moment=at,
        allow_fetching=False,
    )
    stamped = level is SealLevel.B_LTA
    made = sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        _metadata(context, stamped=stamped),
        signer,
        timestamper=_Clock(asked) if stamped else None,
    )
    return Sealed(made.getvalue(), certificate.fingerprint(hashes.SHA256()).hex(), level)


def _metadata(context: ValidationContext, *, stamped: bool) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=FIELD,
        timestamp_field_name=STAMP_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        use_pades_lta=stamped,
        validation_context=context,
        # One revision for seal and lists, one for the timestamp: it then covers the whole file.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
