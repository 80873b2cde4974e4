"""Signatures, certificates and tokens, judged by the openssl command."""

import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from inspections.evidence.verifier.report import Report, sha256

# Not datetime.UTC: the one file made of these parts runs on Python 3.8.
UTC = timezone.utc  # noqa: UP017


@contextmanager
def trusting(roots: list[str], report: Report) -> Iterator["Openssl | None"]:
    """The command with these roots; None, which is reported, where there is no such command."""
    if shutil.which("openssl") is None:
        report.gap(3, "openssl_missing")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        yield Openssl(Path(folder), roots)


class Openssl:
    """The openssl command with the given roots as its only trust."""

    def __init__(self, folder: Path, roots: list[str]) -> None:
        self.folder = folder
        self._count = 0
        self._seen: dict[str, dict[str, str]] = {}
        nowhere = str(self._keep(b""))
        # The system's own list of authorities must not help anybody.
        self._env = {**os.environ, "SSL_CERT_FILE": nowhere, "SSL_CERT_DIR": str(folder / "none")}
        self.roots = [(self._keep(pem.encode()), self.certificate(pem)) for pem in roots]
        self.all_roots = self._keep("".join(roots).encode())

    def _keep(self, data: bytes) -> Path:
        self._count += 1
        path = self.folder / str(self._count)
        path.write_bytes(data)
        return path

    def run(self, *words: str | Path) -> tuple[bool, str]:
        command = ["openssl", *(str(word) for word in words)]
        done = subprocess.run(  # noqa: S603  fixed words and files of our own naming
            command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode == 0, done.stdout.decode("utf-8", "replace")

    def certificate(self, pem: str) -> dict[str, str]:
        """Subject lines, issuer lines, unit (OU) and fingerprint; empty when it is none."""
        if pem not in self._seen:
            path = self._keep(pem.encode())
            names = ("-nameopt", "multiline,utf8,esc_ctrl,-esc_msb")
            good, subject = self.run("x509", "-in", path, "-noout", "-subject", *names)
            _, issuer = self.run("x509", "-in", path, "-noout", "-issuer", *names)
            lines = {}
            for line in subject.splitlines()[1:]:
                name, _, value = line.partition("=")
                lines[name.strip()] = value.strip()
            self._seen[pem] = (
                {
                    "subject": subject.partition("\n")[2],
                    "issuer": issuer.partition("\n")[2],
                    "unit": lines.get("organizationalUnitName", ""),
                    "name": lines.get("commonName", ""),
                    "fingerprint": pem_digest(pem),
                }
                if good
                else {}
            )
        return self._seen[pem]

    def signed(self, pem: str, body: bytes, signature: bytes) -> bool:
        good, key = self.run("x509", "-in", self._keep(pem.encode()), "-noout", "-pubkey")
        if not good:
            return False
        files = (self._keep(key.encode()), self._keep(signature), self._keep(body))
        return self.run("dgst", "-sha256", "-verify", files[0], "-signature", *files[1:])[0]

    def vouched(self, pem: str, at: int) -> bool:
        """Whether a given root issued this certificate and it was valid at second `at`."""
        path = self._keep(pem.encode())
        trust = ("-partial_chain", "-attime", str(at), "-CAfile", self.all_roots)
        return bool(self.roots) and self.run("verify", *trust, path)[0]

    def cms(self, message: bytes, content: bytes, at: int) -> str | None:
        """PEM of whose detached signature over `content` this is, if a root vouched for them at
        second `at`; None when it is not over `content`, empty when nobody vouches."""
        files = self._keep(message), self._keep(content)
        signer = self._keep(b"")
        check = ("cms", "-verify", "-binary", "-inform", "DER", "-in", files[0])
        ends = ("-content", files[1], "-signer", signer, "-out", os.devnull)
        trust = ("-partial_chain", "-attime", str(at), "-purpose", "any")
        if not is_whole(message):
            return None
        if self.roots and self.run(*check, *trust, "-CAfile", self.all_roots, *ends)[0]:
            pem = signer.read_text("ascii")
            return pem if pem.count("BEGIN CERTIFICATE") == 1 else None
        return "" if self.run(*check, "-noverify", *ends)[0] else None

    def token(self, answer: bytes, imprint: str, *form: str) -> tuple[str, dict[str, str]] | None:
        """Time of a TimeStampResp over `imprint` and the root that vouches for it, or None; the
        token alone with `-token_in` as its form."""
        path = self._keep(answer)
        if not is_whole(answer):
            return None
        good, text = self.run("ts", "-reply", "-in", path, *form, "-text")
        found = re.search(
            r"^Time stamp: (\w{3}) +(\d+) (\d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT", text, re.M
        )
        if not good or not found:
            return None
        at = datetime.strptime(" ".join(found.groups()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        for file, root in self.roots:
            trust = ("-partial_chain", "-attime", str(int(at.timestamp())), "-CAfile", file)
            if self.run("ts", "-verify", "-digest", imprint, "-in", path, *form, *trust)[0]:
                return at.strftime("%Y-%m-%dT%H:%M:%SZ"), root
        return None


def is_whole(der: bytes) -> bool:
    """Whether the bytes are one DER element and nothing after it."""
    if len(der) < 2 or der[1] < 0x80:
        return len(der) > 1 and len(der) == 2 + der[1]
    count = der[1] & 0x7F
    return len(der) == 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def is_plain_pem(pem: str) -> bool:
    """Whether the text is one certificate in the one way that openssl writes it."""
    lines = pem.split("\n")
    inner = "".join(lines[1:-2])
    wrapped = [inner[at : at + 64] for at in range(0, len(inner), 64)]
    ends = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", ""]
    try:
        same = base64.b64encode(base64.b64decode(inner, validate=True)).decode() == inner
    except ValueError:
        return False
    return same and lines == [ends[0], *wrapped, *ends[1:]]


def pem_digest(pem: str) -> str:
    """SHA-256 of the DER bytes; empty when the text is no PEM."""
    inner = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", pem, re.S)
    try:
        return (
            sha256(base64.b64decode("".join(inner.group(1).split()), validate=True))
            if inner
            else ""
        )
    except ValueError:
        return ""
