"""Celery inside the serving process: a worker thread per queue and a beat thread, stopped cleanly.

For the embedded mode only. The rows of the outbox are the truth, so a kill of this process loses
nothing: the sweep of the next start goes on where it ended.
"""

import contextlib
import os
import signal
import threading
from pathlib import Path

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state

from fieldsvc.celery import app as celery_app
from fieldsvc.celery import configured
from fieldsvc.kernel.tasks import HEAVY_QUEUE

CONCURRENCY = 4
HEAVY_CONCURRENCY = 1
READY_SECONDS = 20.0
STOP_SECONDS = 15.0


def end_children() -> None:
    """SIGTERM to every child of this process, whichever thread started it."""
    for thread in Path("/proc/self/task").iterdir():
        children: list[str] = []
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            children = (thread / "children").read_text().split()
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)


class Embedded:
    """A worker (thread pool) per queue and one beat in this process; start once, stop once."""

    def __init__(self, app: Celery = celery_app, *, concurrency: int = CONCURRENCY) -> None:
        self._app = app
        # A worker keeps in its app which queues it takes from, so the second has its own.
        self._apps = {
            app.conf.task_default_queue: (app, concurrency),
            HEAVY_QUEUE: (configured(current=False), HEAVY_CONCURRENCY),
        }
        self._ready = {queue: threading.Event() for queue in self._apps}
        self._threads: list[threading.Thread] = []
        # In memory: the schedule is code, and a persisted one would need a folder of its own.
        self._beat = Service(app, max_interval=1, scheduler_cls=Scheduler)

    def start(self) -> None:
        """Start all threads; return once the workers take tasks, RuntimeError if one never does."""
        # First, as the `celery` command does: beat reads its table once, when it starts.
        self._app.loader.import_default_modules()
        # The names of the flags are Celery's; both are process-wide and left set by a former stop.
        state.should_stop = state.should_terminate = None
        self._threads = [
            threading.Thread(
                target=self._work, args=(queue,), name=f"embedded-worker-{queue}", daemon=True
            )
            for queue in self._apps
        ]
        self._threads.append(
            threading.Thread(target=self._beat.start, name="embedded-beat", daemon=True)
        )
        for thread in self._threads:
            thread.start()
        for queue, ready in self._ready.items():
            if not ready.wait(READY_SECONDS):
                raise RuntimeError(f"the embedded worker of {queue!r} did not become ready")

    @property
    def clockwork(self) -> frozenset[str]:
        """The names of the tasks that beat starts."""
        return frozenset(self._beat.scheduler.schedule)

    def stop(self, *, children: bool = False) -> None:
        """Let running tasks end, then all threads; RuntimeError if they do not within 15 s.

        `children` ends the processes that tasks started: a transcoding may take an hour, and its
        row is done again at the next start.
        """
        self._beat.stop()
        # Warm shutdown: looked at by each worker's own loop, so it stops between two tasks.
        state.should_stop = 0  # type: ignore[assignment]  # an exit code, says Celery itself
        if children:
            end_children()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                raise RuntimeError(f"{thread.name} did not stop within {STOP_SECONDS:.0f} s")
        state.should_stop = None

    def _work(self, queue: str) -> None:
        app, concurrency = self._apps[queue]
        worker = WorkController(
            app=app,
            hostname=f"embedded-{queue}@localhost",
            pool_cls="threads",
            concurrency=concurrency,
            queues=[queue],
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda consumer: self._ready[queue].set(),
        )
        worker.start()
