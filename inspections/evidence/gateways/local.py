"""This machine's own timestamps through `openssl ts`, for installations without an authority.

They show the form, not an outside time: whoever owns the machine owns its clock. Every place that
shows one says so.
"""

import hashlib
import secrets
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings

from inspections.evidence import certificates
from inspections.evidence.certificates import Lines, Pair
from inspections.evidence.gateways.timestamps import Pin, Question, TimestampFailed, checked
from inspections.evidence.services import Stamp
from inspections.evidence.states import LOCAL_AUTHORITY, LOCAL_AUTHORITY_LABEL

SECONDS = 20
# openssl stamps with the system's time, whatever time a demonstration or a test plays.
SINCE, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)
# No `certs`: rfc3161-client refuses answers whose certificates are not in DER order.
CONFIGURATION = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {signer}
signer_key = {signer}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class LocalAuthority:
    """Signs with a key under a root of its own, beside that of the checkpoints."""

    name = LOCAL_AUTHORITY

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(settings.AUTHORITY_FOLDER) / "tsa"

    def stamp(self, body: bytes) -> Stamp:
        return self.stamp_digest(hashlib.sha256(body).digest())

    def stamp_digest(self, digest: bytes) -> Stamp:
        wanted = Question.over(digest)
        # The time is not compared with ours: it is ours, or a demonstration shows another.
        return checked(self.reply(wanted.der), wanted, self.pin())

    def pin(self) -> Pin:
        _, root = self._root()
        _, certificate = self._signer()
        return Pin(certificate, (), (root,))

    def root_file(self) -> Path:
        """The root that a verifier has to be given by name, as no outside time."""
        _, root = self._root()
        return certificates.public_copy(self._folder / "root.pem", root)

    def reply(self, question: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq, both DER."""
        signer = self._folder / "tsa.key.pem"
        self._signer()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "query.tsq").write_bytes(question)
            # A file of serials shared by processes would need a lock; random ones do not.
            (folder / "serial").write_text(f"{secrets.randbits(64):016X}\n", encoding="ascii")
            configuration = CONFIGURATION.format(folder=folder, signer=signer)
            (folder / "tsa.cnf").write_text(configuration, encoding="utf-8")
            command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq"]
            try:
                subprocess.run(  # noqa: S603  our own words only
                    [*command, "-out", "answer.tsr"],
                    cwd=folder,
                    capture_output=True,
                    check=True,
                    timeout=SECONDS,
                )
                return (folder / "answer.tsr").read_bytes()
            except subprocess.TimeoutExpired as error:
                raise TimestampFailed("timeout") from error
            except (OSError, subprocess.CalledProcessError) as error:
                raise TimestampFailed("openssl_failed") from error

    def _root(self) -> Pair:
        def make() -> Pair:
            return certificates.self_signed(Lines(LOCAL_AUTHORITY_LABEL, UNTIL, since=SINCE))

        return certificates.kept(self._folder / "root.key.pem", make)

    def _signer(self) -> Pair:
        def make() -> Pair:
            key = certificates.new_key()
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            lines = Lines(
                LOCAL_AUTHORITY_LABEL, UNTIL, since=SINCE, purpose=purpose, purpose_only=True
            )
            return key, certificates.issued(self._root(), key.public_key(), lines)

        return certificates.kept(self._folder / "tsa.key.pem", make)
