"""The ways out of signing: who certifies a signer's key, and who knows a person by his number."""

from django.conf import settings

from inspections.signing.gateways.builtin import BuiltIn
from inspections.signing.gateways.est import EstAuthority
from inspections.signing.gateways.identity import HttpIdentity
from inspections.signing.services.outside import Certifier, IdentityService

__all__ = ["BuiltIn", "EstAuthority", "HttpIdentity", "certifier", "identity"]


def certifier() -> Certifier:
    """The licensed authority of the settings, or the installation's own root."""
    return EstAuthority.configured() if settings.SIGNER_CA_URL else BuiltIn()


def identity() -> IdentityService | None:
    """The identity service of the settings; None where nobody is asked."""
    return HttpIdentity.configured() if settings.IDENTITY_URL else None
