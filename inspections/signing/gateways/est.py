"""A licensed authority over EST, `simpleenroll` (RFC 7030 §4.2).

The body is the device's own PKCS#10 request; what the authority has to know of the person beside it
(by law it keeps books on whom it certified) goes in one header of ours, `Signer-Name`, as RFC 8187
writes other scripts: the request is signed by the device, and no certificate carries a name.
"""

import binascii
import logging
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import pkcs7
from django.conf import settings

from fieldsvc.kernel import clock
from inspections.signing import cms
from inspections.signing.errors import CertificateRefused, CertificateUnavailable
from inspections.signing.gateways import http
from inspections.signing.services.outside import Enrolment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wicket:
    """Where the authority is asked; `login` is `user:password` (RFC 7030 §3.2.3)."""

    url: str
    login: str
    roots: tuple[x509.Certificate, ...]
    deadline: float = http.DEADLINE


class EstAuthority:
    def __init__(self, name: str, wicket: Wicket) -> None:
        self.name = name
        self._wicket = wicket

    @classmethod
    def configured(cls) -> "EstAuthority":
        pem = Path(settings.SIGNER_CA_ROOTS).read_bytes()
        roots = tuple(x509.load_pem_x509_certificates(pem))
        wicket = Wicket(settings.SIGNER_CA_URL, settings.SIGNER_CA_LOGIN, roots)
        return cls(settings.SIGNER_CA_NAME, wicket)

    def certify(self, wanted: Enrolment) -> Sequence[x509.Certificate]:
        answer = self._ask(wanted)
        if answer.status in (400, 403, 404, 422):
            self._note("refused", answer.status)
            raise CertificateRefused
        # 202: a person there looks at it first (§4.2.3). Nobody can wait for that in a call.
        if answer.status != 200:
            self._note("no_certificate", answer.status)
            raise CertificateUnavailable
        try:
            given = pkcs7.load_der_pkcs7_certificates(b64decode(answer.body))
            return believed(given, wanted, self._wicket.roots)
        except (ValueError, binascii.Error, InvalidSignature) as error:
            self._note("not_believed", answer.status)
            raise CertificateRefused from error

    def _ask(self, wanted: Enrolment) -> http.Answer:
        login = b64encode(self._wicket.login.encode()).decode()
        headers = {
            "Content-Type": "application/pkcs10",
            "Content-Transfer-Encoding": "base64",
            "Authorization": f"Basic {login}",
            "Signer-Name": f"UTF-8''{quote(wanted.name, safe='')}",
        }
        told = [(key.encode(), value.encode()) for key, value in headers.items()]
        url = f"{self._wicket.url.rstrip('/')}/simpleenroll"
        try:
            body = b64encode(wanted.request)
            return http.post(url, body, told, deadline=self._wicket.deadline)
        except http.NoAnswer as failed:
            self._note(failed.code, 0)
            raise CertificateUnavailable from failed

    def _note(self, code: str, status: int) -> None:
        told = {"authority": self.name, "code": code, "status": status}
        logger.warning("no certificate for a signer", extra=told)


def believed(
    given: Sequence[x509.Certificate], wanted: Enrolment, roots: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """The chain from the signer's certificate up to below a root, if it is what was asked for;
    raises ValueError or InvalidSignature."""
    key = cms.key_in(wanted.request, wanted.signature_id)
    own = [one for one in given if one.subject == cms.subject_of(wanted.signature_id)]
    if len(own) != 1:
        raise ValueError("not exactly one certificate for this signature")
    leaf = own[0]
    if (
        leaf.public_key() != key
        or not leaf.not_valid_before_utc <= clock.now() < leaf.not_valid_after_utc
    ):
        raise ValueError("another key, or not valid now")
    chain = [leaf]
    while True:
        root = next((one for one in roots if one.subject == chain[-1].issuer), None)
        if root is not None:
            chain[-1].verify_directly_issued_by(root)
            return chain
        above = [one for one in given if one.subject == chain[-1].issuer and one not in chain]
        if not above:
            raise ValueError("no way up to a root")
        chain[-1].verify_directly_issued_by(above[0])
        chain.append(above[0])
