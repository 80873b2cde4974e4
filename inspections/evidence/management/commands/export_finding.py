from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence.export import Unprovable, export_finding
from inspections.evidence.selectors import dossiers_named


class Command(BaseCommand):
    help = "Write the proof of one finding with its pictures, and of nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", help="id of the dossier, or the inspection's number")
        parser.add_argument("item", help="code of the checklist item, such as CY09")
        parser.add_argument("--out", type=Path, required=True, help="folder, or a name in .zip")

    def handle(self, *_args: object, **options: object) -> None:
        dossiers = dossiers_named(str(options["dossier"]))
        if not dossiers:
            raise CommandError("没有这个案卷", returncode=2)
        out = Path(str(options["out"]))
        try:
            done = export_finding(dossiers[0], str(options["item"]), out)
        except Unprovable:
            raise CommandError(
                "不能单独证明：案卷没有封存、没有判定过这一项，或案卷的遮盖值已经销毁",
                returncode=2,
            ) from None
        except FileExistsError:
            raise CommandError(f"{out} 里已有别的文件，没有改动", returncode=2) from None
        self.stdout.write(f"已写出 {done.files} 个文件到 {done.path}")
