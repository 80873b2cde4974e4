"""What a signer agrees to before a certified signature: versioned texts beside the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from fieldsvc.kernel import hashing
from inspections.signing.states import SignerKind

# The file of the text in force; earlier ones stay, because signatures name them.
_CURRENT: Mapping[SignerKind, str] = {
    SignerKind.APPLICANT: "applicant-2026.1.json",
    SignerKind.INSPECTOR: "inspector-2026.1.json",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """`sha256` is over the UTF-8 bytes of `text`; whoever agrees repeats it."""

    version: str
    title: str
    text: str
    sha256: str


@lru_cache
def consent_for(kind: SignerKind) -> Consent:
    """The text this kind of signer is asked to agree to now."""
    found = json.loads((files("inspections.signing") / "data" / _CURRENT[kind]).read_bytes())
    return Consent(
        found["version"],
        found["title"],
        found["text"],
        hashing.sha256_hex(found["text"].encode()),
    )
