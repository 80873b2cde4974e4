from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspections.people.models import Bureau
from inspections.results import keys
from inspections.results.models import WebhookKey


class Command(BaseCommand):
    help = "Keys that sign results: list, add one, retire one, or encrypt all under SECRET_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="Living keys of all bureaus.")
        verbs.add_parser("add", help="A further key.").add_argument("bureau", help="Its code.")
        verbs.add_parser("retire", help="Sign nothing with it any more.").add_argument("key")
        verbs.add_parser("reseal", help="After a new SECRET_KEY, with SECRET_KEY_BEFORE set.")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "add":
                bureau = Bureau.objects.filter(code=options["bureau"]).first()
                if bureau is None:
                    raise CommandError(f"no bureau has the code {options['bureau']!r}")
                self.stdout.write(str(keys.add_key(bureau.pk).pk))
            case "retire":
                keys.retire_key(self._key(options["key"]))
            case "reseal":
                self.stdout.write(f"{keys.reseal_all()} keys")
            case _:
                for key in WebhookKey.objects.filter(retired_at=None).select_related("bureau"):
                    self.stdout.write(f"{key.bureau.code}  {key.pk}  {key.public_key}")

    def _key(self, wanted: str) -> WebhookKey:
        for key in WebhookKey.objects.filter(retired_at=None):
            if str(key.pk) == wanted:
                return key
        raise CommandError(f"no living key {wanted!r}; `webhook_keys list` shows them")
