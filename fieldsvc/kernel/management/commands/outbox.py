"""`manage.py outbox`: what is stuck, and what to do with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fieldsvc.kernel import clock, outbox
from fieldsvc.kernel.outbox import OutboxRow


class Command(BaseCommand):
    help = "显示卡住的后续动作(outbox),并可重放或放弃。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--replay", type=int, metavar="ID", help="从头重试一条已停止的动作")
        parser.add_argument("--replay-all", action="store_true", help="重试所有已停止的动作")
        parser.add_argument("--drop", type=int, metavar="ID", help="放弃一条已停止的动作")
        parser.add_argument("--drain", action="store_true", help="在本进程执行所有到期的动作")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["replay"]:
            outbox.replay(self._dead(options["replay"]))
        elif options["replay_all"]:
            for row in outbox.dead_rows():
                outbox.replay(row)
        elif options["drop"]:
            outbox.drop(self._dead(options["drop"]))
        elif options["drain"]:
            self.stdout.write(f"已执行 {outbox.drain()} 条")
        self._show()

    def _dead(self, row_id: int) -> OutboxRow:
        row = outbox.dead_rows().filter(pk=row_id).first()
        if row is None:
            raise CommandError(f"没有编号为 {row_id} 的已停止动作。")
        return row

    def _show(self) -> None:
        stuck = OutboxRow.objects.filter(
            state__in=[OutboxRow.State.PENDING, OutboxRow.State.DEAD]
        ).order_by("pk")
        for row in stuck.iterator():
            self.stdout.write(
                f"{row.pk}\t{row.state}\t{row.subscriber}\t{row.stream}#{row.number}\t"
                f"attempts={row.attempts}\tdue={clock.iso(row.due_at)}\t{row.last_error}"
            )
        self.stdout.write(f"未完成 {stuck.count()} 条,其中已停止 {outbox.dead_rows().count()} 条")
