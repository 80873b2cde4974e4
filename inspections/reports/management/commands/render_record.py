from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from fieldsvc.kernel.hashing import sha256_hex
from inspections.reports.services import other_files, render


class Command(BaseCommand):
    help = "从 record.json 或 paper.json 重新排出笔录(未签名版)或文书(未盖章版),并给出指纹。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("record", type=Path, help="PDF 附件或案卷包中的 JSON")
        parser.add_argument("--out", type=Path, default=Path("record.pdf"), help="写到哪里")

    def handle(self, *_args: Any, **options: Any) -> None:
        body = options["record"].read_bytes()
        pdf = render(body)
        options["out"].write_bytes(pdf)
        self.stdout.write(f"已写入 {options['out']}\nSHA-256 {sha256_hex(pdf)}")
        changed = other_files(body)
        if changed:
            names = "、".join(changed)
            self.stderr.write(f"字体或版式与当时不同,指纹会不一致,文字不受影响:{names}")
