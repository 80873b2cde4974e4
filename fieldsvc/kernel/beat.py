"""The clockwork's table: which task runs every how many seconds. Slices add theirs in tasks.py."""

from typing import TypedDict

from django.core.exceptions import ImproperlyConfigured


class Beat(TypedDict):
    task: str
    schedule: float


SCHEDULE: dict[str, Beat] = {}


def every(seconds: float, task: str) -> None:
    """Let beat start the task registered under the name `task` every `seconds`."""
    entry = Beat(task=task, schedule=seconds)
    if SCHEDULE.setdefault(task, entry) != entry:
        raise ImproperlyConfigured(f"task {task!r} has two schedules")
