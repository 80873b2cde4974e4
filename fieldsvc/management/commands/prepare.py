"""`manage.py prepare`: what must be there before the processes start, also at an upgrade."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from fieldsvc.kernel import blobs


class Command(BaseCommand):
    help = "建好或升级数据库表、静态文件目录和文件存储;可重复执行。"

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        # Assets of earlier versions stay: pages that are open during an upgrade still ask for them.
        call_command("collectstatic", verbosity=0, interactive=False)
        blobs.store().prepare()
        self.stdout.write("数据库、静态文件和文件存储已就绪。")
