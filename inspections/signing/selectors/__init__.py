"""Reading requests for signatures: access, answers, codes, texts to agree to."""

from inspections.signing.selectors.codes import (
    code,
    digits_of,
    fits,
    identification_of,
    is_certified,
    is_live,
    needs_code,
    newest_code,
    pages_left,
)
from inspections.signing.selectors.consents import Consent, consent_for
from inspections.signing.selectors.requests import (
    OBJECTED,
    access_refusal,
    access_signature,
    all_answered,
    objection_against,
    objection_to,
    recording_ms,
    requests_for,
    stamp_of,
    successor_of,
    superseded_in,
    svg_of,
)

__all__ = [
    "OBJECTED",
    "Consent",
    "access_refusal",
    "access_signature",
    "all_answered",
    "code",
    "consent_for",
    "digits_of",
    "fits",
    "identification_of",
    "is_certified",
    "is_live",
    "needs_code",
    "newest_code",
    "objection_against",
    "objection_to",
    "pages_left",
    "recording_ms",
    "requests_for",
    "stamp_of",
    "successor_of",
    "superseded_in",
    "svg_of",
]
