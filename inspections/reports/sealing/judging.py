"""Whether a sealed paper is good: stricter than what PDF readers call valid.

Measured on forged papers: a reader calls a file valid whose seal was cut off, and one to which
something was drawn after the seal. So every line below has to hold, and none stands for another.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

from fieldsvc.kernel import hashing
from inspections.evidence.authority import Usage
from inspections.reports.sealing.making import FIELD, certificate_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` are codes, in the order of the rule; none of them means good."""

    problems: tuple[str, ...]
    sealed_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        return not self.problems


def verdict(
    pdf: bytes, roots: list[x509.Certificate], *, at: datetime, known: Iterable[str] = ()
) -> Verdict:
    """Judge a sealed paper as of `at` with nothing but `roots` to trust.

    `known`: SHA-256 digests (hex) of the papers the ledger knows. Problems: `unreadable`,
    `seal_missing`, `seal_unexpected`, `seal_foreign`, `seal_invalid`, `bottom_line`, `modified`,
    `timestamp_missing`, `not_covered`, `not_in_ledger`.
    """
    problems = [] if hashing.sha256_hex(pdf) in set(known) else ["not_in_ledger"]
    try:
        reader = PdfFileReader(BytesIO(pdf))
        seals = reader.embedded_regular_signatures
        if [one.field_name for one in seals] != [FIELD]:
            named = "seal_unexpected" if seals else "seal_missing"
            return Verdict((named, *problems))
        (one,) = seals
        found = asyncio.run(ades_lta_validation(one, _spec(roots), _timing(at)))
        return Verdict((*_flaws(reader, one, found), *problems), found.best_signature_time)
    except (PdfError, ValueError, KeyError, TypeError, IndexError):
        return Verdict(("unreadable", *problems))


def _flaws(
    reader: PdfFileReader, one: EmbeddedPdfSignature, found: AdESLTAValidationResult
) -> list[str]:
    status = found.api_status
    unit = one.signer_cert.subject.native.get("organizational_unit_name")
    stamps = reader.embedded_timestamp_signatures
    later = [each for each in stamps if each.signed_revision > one.signed_revision]
    for each in stamps:
        each.compute_integrity_info()
    whole = {SignatureCoverageLevel.ENTIRE_FILE}
    level = status.modification_level if status else None
    rule = {
        "seal_foreign": unit == Usage.SEAL.value,
        "seal_invalid": found.ades_subindic == AdESPassed.OK,
        "bottom_line": bool(status and status.bottom_line),
        "modified": level is None or level <= ModificationLevel.LTA_UPDATES,
        "timestamp_missing": bool(later),
        "not_covered": {each.coverage for each in later[-1:]} == whole,
    }
    return [code for code, holds in rule.items() if not holds]


def _spec(roots: list[x509.Certificate]) -> PdfSignatureValidationSpec:
    known = [certificate_of(root) for root in roots]
    trusted = SimpleTrustManager.build(known)
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=_policy(trusted, REQUIRE_REVINFO),
            # An outside authority's list cannot be had offline; its certificate was pinned.
            ts_cert_validation_policy=_policy(trusted, NO_REVOCATION),
            # Whoever signed a list of revoked certificates is looked for among these only.
            local_knowledge=LocalKnowledge(known_certs=known),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )


def _policy(
    trusted: SimpleTrustManager, revocation: RevocationCheckingPolicy
) -> CertValidationPolicySpec:
    return CertValidationPolicySpec(
        trust_manager=trusted, revinfo_policy=CertRevTrustPolicy(revocation)
    )


def _timing(at: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(
        validation_time=at, best_signature_time=at, point_in_time_validation=False
    )
