from pathlib import Path
from typing import Any

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fieldsvc.kernel import clock
from fieldsvc.kernel.hashing import sha256_hex
from inspections.reports import sealing, selectors

SAYS = {
    "unreadable": "文件读不懂，或在末尾加了东西",
    "seal_missing": "没有单位电子签章（可能被拿掉了）",
    "seal_unexpected": "签章的个数或名称不对",
    "seal_foreign": "盖章用的不是印章证书",
    "seal_invalid": "签章与内容不符，或证书不出自给出的根证书",
    "bottom_line": "签章、时间戳或盖章后的改动有一样不成立",
    "modified": "盖章之后改过内容",
    "timestamp_missing": "盖章之后没有文档时间戳",
    "not_covered": "最后的时间戳没有盖住整个文件",
    "not_in_ledger": "本系统没有签发过这个文件",
}


class Command(BaseCommand):
    help = "Judge an issued record or paper (PDF) by seal, timestamp, later changes and our ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paper", type=Path, help="the PDF")
        parser.add_argument(
            "--root", type=Path, action="append", required=True, help="root certificate (PEM)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pdf = options["paper"].read_bytes()
            pems = [path.read_bytes() for path in options["root"]]
            roots = [one for pem in pems for one in x509.load_pem_x509_certificates(pem)]
        except (OSError, ValueError) as error:
            raise CommandError(f"读不出来：{error}", returncode=2) from error
        digest = sha256_hex(pdf)
        known = [digest] if selectors.is_issued(digest) else []
        found = sealing.verdict(pdf, roots, at=clock.now(), known=known)
        for problem in found.problems:
            self.stdout.write(f"  不成立 {problem}：{SAYS[problem]}")
        if found.sealed_at is not None:
            self.stdout.write(f"  盖章不晚于 {clock.iso(found.sealed_at)}")
        self.stdout.write("签章有效" if found.is_good else "签章无效")
        if not found.is_good:
            raise SystemExit(1)
