import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence.selectors import VerificationReport, dossiers_named, verify


class Command(BaseCommand):
    help = "Re-hash every file and journal entry of a dossier; exit status 0 when all is as sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", help="id of the dossier, or the inspection's number")
        parser.add_argument("--json", action="store_true", help="print the reports as JSON")

    def handle(self, *_args: object, **options: object) -> None:
        dossiers = dossiers_named(str(options["dossier"]))
        if not dossiers:
            raise CommandError("没有这个案卷", returncode=2)
        reports = [verify(dossier) for dossier in dossiers]
        if options["json"]:
            plain = [{**asdict(one), "dossier": str(one.dossier)} for one in reports]
            self.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2))
        else:
            for report in reports:
                self._tell(report)
        if not all(report.ok for report in reports):
            raise SystemExit(1)

    def _tell(self, report: VerificationReport) -> None:
        state = "已封存" if report.sealed else "未封存"
        self.stdout.write(
            f"案卷 {report.dossier}({state}):{report.entries} 条记录,{report.evidence} 份证据,"
            f"{report.bytes_checked} 字节"
        )
        for problem in report.problems:
            self.stdout.write(f"  不一致 {problem.code}: {problem.subject}")
        self.stdout.write("全部一致" if report.ok else "核验没有通过")
