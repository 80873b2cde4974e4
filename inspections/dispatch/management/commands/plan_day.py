"""`manage.py plan_day DAY.json --out PLAN.json [--level N]`: plan one day from a file to a file."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.dispatch.planning import solve
from inspections.dispatch.planning.faults import PlanningFault
from inspections.dispatch.planning.reading import plan_as_json, read_day
from inspections.dispatch.planning.solving import DEFAULT_LEVEL


class Command(BaseCommand):
    help = "读入一天的人员和上门(格式见 tests/data/dispatch/README.md),写出排班结果;不用数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", type=Path, help="当天的人员、上门和路程(JSON)")
        parser.add_argument("--out", type=Path, required=True, help="排班结果写到这个文件")
        parser.add_argument(
            "--level", type=int, choices=range(6), default=DEFAULT_LEVEL, help="搜索深度,默认 3"
        )

    def handle(self, *_args: object, **options: object) -> None:
        source, target = Path(str(options["day"])), Path(str(options["out"]))
        try:
            given: object = json.loads(source.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"读不出 {source}:{error}", returncode=2) from error
        try:
            file = read_day(given)
            result = solve(file.day, int(str(options["level"])))
        except PlanningFault as fault:
            raise CommandError(f"没有排班:{fault}", returncode=2) from fault
        text = json.dumps(plan_as_json(file, result), ensure_ascii=False, indent=1)
        try:
            target.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise CommandError(f"写不了 {target}:{error}", returncode=2) from error
        self.stdout.write(
            f"排入 {len(result.assignments)} 次,未排 {len(result.unplaced)} 次,"
            f"路上 {result.travel_s / 3600:.2f} 小时,用时 {result.seconds:.2f} 秒"
        )
