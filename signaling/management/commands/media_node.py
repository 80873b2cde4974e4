"""`manage.py media_node`: a media node as a process of its own (production)."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from signaling import metrics
from signaling.mediaworker import start_embedded


class Command(BaseCommand):
    help = "Run a media node: forwards and records until SIGTERM, then drains."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.CHANNEL_REDIS_URL:
            raise CommandError("media_node 需要 CHANNEL_REDIS_URL;嵌入模式请用 manage.py serve。")
        asyncio.run(_run(self.stdout))


async def _run(out: OutputWrapper) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    stop_metrics = metrics.serve(settings.METRICS_PORT) if settings.METRICS_PORT else None
    node = await start_embedded()
    out.write("媒体节点已就绪。")
    out.flush()
    try:
        await stopped.wait()
    finally:
        await node.stop()
        if stop_metrics is not None:
            await asyncio.to_thread(stop_metrics)
