"""The product's Celery app with one slow subscriber, for tests that kill the worker.

`celery -A tests.kernel.effects_app worker`; each finished effect is a line of EFFECTS_FILE.
"""

import os
from pathlib import Path
from threading import Event

import django

django.setup()

from fieldsvc.celery import app  # noqa: E402
from fieldsvc.kernel import outbox  # noqa: E402
from fieldsvc.kernel.journal import JournalEntry  # noqa: E402

__all__ = ["app"]


@outbox.on("effect.wanted", name="test.slow_effect", lease=3, ordered=False)
def slow_effect(entry: JournalEntry) -> None:
    Event().wait(0.3)
    with Path(os.environ["EFFECTS_FILE"]).open("a") as target:
        target.write(f"{entry.number}\n")
