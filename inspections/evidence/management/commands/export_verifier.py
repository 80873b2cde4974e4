from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from fieldsvc.kernel.hashing import sha256_hex
from inspections.evidence import authority
from inspections.evidence.gateways import LocalAuthority
from inspections.evidence.verifier import assemble


class Command(BaseCommand):
    help = "Write verify.py, verify.html and the root certificates, to be handed out once for all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder to write into")

    def handle(self, *_args: object, **options: object) -> None:
        folder = Path(str(options["out"]))
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            "verify.py": assemble.verify_py(),
            "verify.html": assemble.verify_html(),
            "root.pem": authority.root_pem(),
            **self._time_roots(),
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)
            self.stdout.write(f"{sha256_hex(content)}  {folder / name}")
        self.stdout.write(f"根证书 SHA-256 指纹：{authority.fingerprint()}")

    @staticmethod
    def _time_roots() -> dict[str, bytes]:
        """Of each configured authority what was pinned; else this machine's own, no outside one."""
        if not settings.TSA_URLS:
            return {"time-local.pem": LocalAuthority().root_file().read_bytes()}
        return {
            f"time-{name}.pem": Path(path).read_bytes()
            for name, path in settings.TSA_CERTIFICATES.items()
        }
