from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from inspections.signing.gateways import fakes


class Command(BaseCommand):
    help = (
        "Serve a fake licensed authority (EST) and a fake identity service on this machine, and "
        "print the settings that lead to them. For tests and demonstrations only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8770)
        parser.add_argument(
            "--person", action="append", default=[], metavar="NUMBER=NAME", help="known by number"
        )

    def handle(self, *_args: object, **options: object) -> None:
        known = options["person"]
        people = dict(one.split("=", 1) for one in known) if isinstance(known, list) else {}
        folder = Path(settings.VAR) / "fakes"
        server = fakes.Fakes(folder, people, port=int(str(options["port"])))
        lines = [f"{name}={value}" for name, value in server.settings().items()]
        for line in (
            "模拟持牌电子认证机构与模拟身份核验服务：仅供测试和演示，没有法律效力。",
            *lines,
        ):
            self.stdout.write(line)
        self.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
