"""The official seal system, and what stands in its place where there is none yet."""

import base64
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from fieldsvc.kernel.errors import Unavailable
from inspections.reports.sealing import OfficialMark, OfficialSeal

SECONDS = 20
# GB/T 35276: the signer's identity where none was agreed upon.
IDENTITY = "distid:1234567812345678"
SUBJECT = "/O=云勘验/CN=本机电子印章（测试）"


class OfficialSealFailed(Unavailable):
    code = "official_seal_unavailable"
    title = "电子印章系统没有盖上章"
    action = "笔录已保存，系统会自动重试盖章；长时间不成功请联系管理员检查印章系统。"


class LocalSm2Seal:
    """A test key of this machine through the openssl command; says in its name what it is."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.AUTHORITY_FOLDER) / "official"

    def seal(self, pdf: bytes) -> OfficialMark:
        key, certificate = self._own()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "paper").write_bytes(pdf)
            sign = ["pkeyutl", "-sign", "-inkey", str(key), "-rawin", "-digest", "sm3"]
            files = ["-in", str(folder / "paper"), "-out", str(folder / "mark")]
            _openssl(*sign, "-pkeyopt", IDENTITY, *files)
            signature = (folder / "mark").read_bytes()
        pem = certificate.read_text("ascii")
        inner = "".join(pem.strip().split("\n")[1:-1])
        return OfficialMark(signature, base64.b64decode(inner), "本机电子印章（测试）")

    def certificate(self) -> Path:
        """The file to check the marks by: `openssl pkeyutl -verify` with its public key."""
        return self._own()[1]

    def _own(self) -> tuple[Path, Path]:
        home = self.folder / "sm2"
        if not home.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = Path(tempfile.mkdtemp(dir=self.folder))
            key = str(fresh / "key.pem")
            _openssl("ecparam", "-genkey", "-name", "SM2", "-noout", "-out", key)
            words = ["-new", "-x509", "-sm3", "-key", key, "-subj", SUBJECT, "-utf8"]
            made = ["-days", "3650", "-sigopt", IDENTITY, "-out", str(fresh / "certificate.pem")]
            _openssl("req", *words, *made)
            try:
                fresh.rename(home)
            except OSError:
                # Another process was first; its pair is whole and stays.
                shutil.rmtree(fresh)
        return home / "key.pem", home / "certificate.pem"


def official_seal() -> OfficialSeal | None:
    """The configured system; None while there is none, and the bureau's own seal stands alone."""
    return LocalSm2Seal() if settings.OFFICIAL_SEAL == "local" else None


def _openssl(*words: str) -> None:
    try:
        subprocess.run(  # noqa: S603  our own words only
            ["openssl", *words],  # noqa: S607
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise OfficialSealFailed from error
