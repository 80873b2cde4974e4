from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from fieldsvc.kernel.hashing import sha256_hex
from inspections.reports.services import other_files, render_record


class Command(BaseCommand):
    help = "从 record.json 重新排出勘验笔录(未签名版),并给出指纹;应与笔录上写的一致。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("record", type=Path, help="record.json,从 PDF 附件或导出包中取出")
        parser.add_argument("--out", type=Path, default=Path("record.pdf"), help="写到哪里")

    def handle(self, *_args: Any, **options: Any) -> None:
        body = options["record"].read_bytes()
        pdf = render_record(body)
        options["out"].write_bytes(pdf)
        self.stdout.write(f"已写入 {options['out']}\nSHA-256 {sha256_hex(pdf)}")
        changed = other_files(body)
        if changed:
            names = "、".join(changed)
            self.stderr.write(f"字体或版式与当时不同,指纹会不一致,文字不受影响:{names}")
