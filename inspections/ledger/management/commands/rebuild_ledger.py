from typing import Any

from django.core.management.base import BaseCommand

from inspections.ledger import services


class Command(BaseCommand):
    help = "Compute every line of the ledger anew from the slices below."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{services.rebuild()} lines")
