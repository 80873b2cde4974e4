from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence.export import export
from inspections.evidence.models import Dossier


class Command(BaseCommand):
    help = "Write a dossier (journal, manifest, files, record) into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", type=UUID, help="id of the dossier")
        parser.add_argument("--out", type=Path, required=True, help="folder to write into")

    def handle(self, *_args: object, **options: object) -> None:
        dossier = Dossier.objects.filter(pk=UUID(str(options["dossier"]))).first()
        if dossier is None:
            raise CommandError("没有这个案卷", returncode=2)
        folder = options["out"]
        if not isinstance(folder, Path):
            raise CommandError("--out 应为文件夹路径", returncode=2)
        written = export(dossier, folder)
        self.stdout.write(f"已写出 {len(written)} 个文件到 {folder}")
