import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandParser

from fieldsvc.kernel import chain
from fieldsvc.kernel.journal import JournalStream


class Command(BaseCommand):
    help = "Re-hash every chain of the journal; exit status 0 when none was touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the reports as JSON")

    def handle(self, *_args: object, **options: object) -> None:
        streams = JournalStream.objects.order_by("stream").values_list("stream", flat=True)
        reports = [chain.verify(stream) for stream in streams]
        broken = [report for report in reports if not report.ok]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in reports], indent=1))
        else:
            for report in broken:
                self.stdout.write(f"不一致 {report.stream}: {report.problems}")
            entries = sum(report.length for report in reports)
            self.stdout.write(f"{len(reports)} 条链,{entries} 条记录,{len(broken)} 条链不一致")
        if broken:
            raise SystemExit(1)
