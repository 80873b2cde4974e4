"""A licensed authority and an identity service that are none, for tests and demonstrations.

They speak the real protocols on a port, as the real ones would. The authority's root says in its
name that it is a fake; of people the identity service knows those it was told of.
"""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fieldsvc.kernel import clock
from inspections.evidence import certificates
from inspections.evidence.certificates import Lines, Pair

LABEL = "模拟持牌电子认证机构"
EST = "/.well-known/est"
CHECK = "/identity/check"
LOGIN = "bureau:fake-ca-password"
TOKEN = "fake-identity-token"  # noqa: S105  a fake's
LIFETIME = timedelta(hours=1)


class Fakes(ThreadingHTTPServer):
    """Both services on one port of this machine; port 0 is any. `people` is number → name."""

    daemon_threads = True

    def __init__(self, folder: Path, people: dict[str, str], *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Wicket)
        self.people = people
        self.certified: list[str] = []
        self._folder = folder
        self.root_file()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self) -> dict[str, str]:
        """The settings that lead an installation here."""
        return {
            "SIGNER_CA_URL": f"{self.address}{EST}",
            "SIGNER_CA_NAME": LABEL,
            "SIGNER_CA_ROOTS": str(self.root_file()),
            "SIGNER_CA_LOGIN": LOGIN,
            "IDENTITY_URL": f"{self.address}{CHECK}",
            "IDENTITY_TOKEN": TOKEN,
        }

    def root_file(self) -> Path:
        return certificates.public_copy(self._folder / "root.pem", self.pair()[1])

    def pair(self) -> Pair:
        def make() -> Pair:
            years = timedelta(days=3650)
            since = clock.now() - timedelta(days=1)
            return certificates.self_signed(Lines(LABEL, clock.now() + years, since=since))

        return certificates.kept(self._folder / "root.key.pem", make)


class _Wicket(BaseHTTPRequestHandler):
    server: Fakes

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == f"{EST}/simpleenroll":
            self._enrol(body)
        elif self.path == CHECK:
            self._check(body)
        else:
            self._say(404, b"", "text/plain")

    def log_message(self, format: str, *args: object) -> None:
        """What comes here is personal."""

    def _enrol(self, body: bytes) -> None:
        login = b64encode(LOGIN.encode()).decode()
        if self.headers.get("Authorization") != f"Basic {login}":
            return self._say(401, b"", "text/plain")
        try:
            request = x509.load_der_x509_csr(b64decode(body))
            own = _certificate(request, self.server.pair())
        except (ValueError, InvalidSignature):
            return self._say(400, b"", "text/plain")
        name = unquote(self.headers.get("Signer-Name", "").removeprefix("UTF-8''"))
        self.server.certified.append(name)
        packed = pkcs7.serialize_certificates([own], serialization.Encoding.DER)
        return self._say(200, b64encode(packed), "application/pkcs7-mime; smime-type=certs-only")

    def _check(self, body: bytes) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._say(401, b"", "text/plain")
        asked = json.loads(body)
        fits = self.server.people.get(asked["number"].upper()) == asked["name"]
        said = {"result": "matched" if fits else "different", "reference": self.date_time_string()}
        return self._say(200, json.dumps(said).encode(), "application/json")

    def _say(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _certificate(request: x509.CertificateSigningRequest, issuer: Pair) -> x509.Certificate:
    """What a licensed authority gives: the subject as asked for, an hour, for signing alone."""
    if not request.is_signature_valid:
        raise ValueError("not signed by its own key")
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("no elliptic key")
    unit = request.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value
    common = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    lines = Lines(str(common), clock.now() + LIFETIME, unit=str(unit), purpose=mail)
    return certificates.issued(issuer, key, lines)
