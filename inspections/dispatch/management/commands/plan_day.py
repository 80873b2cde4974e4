"""`manage.py plan_day DAY.json --out PLAN.json [--level N]`: plan one day from a file to a file.

manage.py itself takes the short way round Django; this is the same verb for `call_command`.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.dispatch.planning.faults import PlanningFault
from inspections.dispatch.planning.files import HELP, add_arguments, plan_file


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: object, **options: object) -> None:
        source, target = Path(str(options["day"])), Path(str(options["out"]))
        try:
            said = plan_file(source, target, int(str(options["level"])))
        except PlanningFault as fault:
            raise CommandError(f"没有排班:{fault}", returncode=2) from fault
        self.stdout.write(said)
