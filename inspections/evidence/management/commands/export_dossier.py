from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence.export import export
from inspections.evidence.selectors import dossiers_named


class Command(BaseCommand):
    help = "Write dossiers (journal, manifest, files, record) into a folder, numbered from 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", help="id of the dossier, or the inspection's number")
        parser.add_argument("--out", type=Path, required=True, help="folder to write into")

    def handle(self, *_args: object, **options: object) -> None:
        dossiers = dossiers_named(str(options["dossier"]))
        if not dossiers:
            raise CommandError("没有这个案卷", returncode=2)
        folder = Path(str(options["out"]))
        for number, dossier in enumerate(dossiers, start=1):
            target = folder / f"dossier-{number}"
            written = export(dossier, target)
            self.stdout.write(f"已写出 {len(written)} 个文件到 {target}")
