"""The installation's own root as the authority: a test, and every paper and verdict says so."""

from collections.abc import Sequence

from cryptography import x509

from inspections.evidence import authority
from inspections.evidence.authority import Usage
from inspections.signing import cms
from inspections.signing.services.outside import Enrolment
from inspections.signing.states import BUILT_IN


class BuiltIn:
    name = BUILT_IN

    def certify(self, wanted: Enrolment) -> Sequence[x509.Certificate]:
        key = cms.key_in(wanted.request, wanted.signature_id)
        own = authority.issue(
            key, subject=wanted.signature_id, usage=Usage.SIGNER, until=wanted.until
        )
        return [own]
