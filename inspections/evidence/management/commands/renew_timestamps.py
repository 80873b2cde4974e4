"""manage.py renew_timestamps: put timestamps whose certificates end soon under newer ones now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspections.evidence import gateways, selectors, services


class Command(BaseCommand):
    help = "把证书快到期（TSA_RENEW_DAYS 天内）的时间戳放到新的时间戳之下。还有没续上的，退出码 1。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        taken = 0
        while (done := services.renew()).taken:
            taken += done.taken
        gateways.stamp_due()
        left = selectors.unrenewed()
        self.stdout.write(f"放进检查点 {taken} 枚，还没有续上 {left} 枚。")
        if left and not done.able:
            raise CommandError("时间戳机构自己的证书也快到期：请先换上新证书（TSA_CERTIFICATES）。")
        if left:
            raise CommandError("新的时间戳还没有取得，每半分钟会再取一次。")
