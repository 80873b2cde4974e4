from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence.export import Exported, export_dossier
from inspections.evidence.selectors import dossiers_named


class Command(BaseCommand):
    help = "Write dossiers as packages that anybody can check without this system (BagIt)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", help="id of the dossier, or the inspection's number")
        parser.add_argument("--out", type=Path, required=True, help="folder, or a name in .zip")
        parser.add_argument(
            "--with-personal",
            action="store_true",
            help="add the personal values behind the salted digests",
        )

    def handle(self, *_args: object, **options: object) -> None:
        dossiers = dossiers_named(str(options["dossier"]))
        if not dossiers:
            raise CommandError("没有这个案卷", returncode=2)
        out, personal = Path(str(options["out"])), bool(options["with_personal"])
        for number, dossier in enumerate(dossiers, start=1):
            target = self._target(out, number, len(dossiers))
            try:
                self._tell(export_dossier(dossier, target, personal=personal))
            except FileExistsError:
                raise CommandError(f"{target} 里已有别的文件，没有改动", returncode=2) from None

    @staticmethod
    def _target(out: Path, number: int, count: int) -> Path:
        """dossier-1, dossier-2 … in a folder; a zip of one dossier keeps the name it was given."""
        if out.suffix != ".zip":
            return out / f"dossier-{number}"
        return out if count == 1 else out.with_name(f"{out.stem}-{number}.zip")

    def _tell(self, done: Exported) -> None:
        self.stdout.write(f"已写出 {done.files} 个文件到 {done.path}")
        if done.stamps_due:
            self.stdout.write(f"  其中 {done.stamps_due} 个时间戳还没有取到，取到后请再出一次")
