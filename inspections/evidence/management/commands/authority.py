from django.core.management.base import BaseCommand

from inspections.evidence import authority


class Command(BaseCommand):
    help = "Show the root certificate that third parties need, and its SHA-256 fingerprint."

    def handle(self, *_args: object, **_options: object) -> None:
        root = authority.root()
        self.stdout.write(f"根证书：{authority.root_file()}")
        self.stdout.write(f"名称：{root.subject.rfc4514_string()}")
        self.stdout.write(f"SHA-256 指纹：{authority.fingerprint()}")
