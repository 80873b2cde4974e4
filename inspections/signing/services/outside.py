"""The ways from services to whoever certifies a key and knows a person, filled in at the start.

Services speak to no server. What is asked here takes as long as the other side takes: never in a
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509
from django.core.exceptions import ImproperlyConfigured

from inspections.signing.states import IdentityResult


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A certificate wanted: the device's request (PKCS#10, DER), checked; whose it is; till when.

    `name` is the signer's, for the authority's own books: no certificate carries it.
    """

    request: bytes
    signature_id: str
    name: str
    until: datetime


class Certifier(Protocol):
    """Gives certificates to signers' keys; `name` stands in the journal."""

    @property
    def name(self) -> str: ...

    def certify(self, wanted: Enrolment) -> Sequence[x509.Certificate]:
        """The signer's certificate, then its issuers but for the root; refuses with
        `certificate_unavailable` (try again) or `certificate_refused`."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What an identity service says; `reference` is its own number for that answer."""

    result: IdentityResult
    reference: str = ""


class IdentityService(Protocol):
    """Says whether a name and a citizen's number belong together; UNAVAILABLE is an answer. `name`
    stands in the journal."""

    @property
    def name(self) -> str: ...

    def check(self, name: str, number: str) -> Found: ...


_certifiers: list[Certifier] = []
_identity: list[IdentityService] = []


def outside_is(certifier: Certifier, identity: IdentityService | None) -> None:
    """Let the gateways, which lie above, be asked from here."""
    _certifiers[:] = [certifier]
    _identity[:] = [] if identity is None else [identity]


def certifier() -> Certifier:
    if not _certifiers:
        raise ImproperlyConfigured("inspections.signing is not among the installed apps.")
    return _certifiers[0]


def identity_service() -> IdentityService | None:
    """Whoever is asked for a person's identity; None where the bureau asks nobody."""
    return _identity[0] if _identity else None
