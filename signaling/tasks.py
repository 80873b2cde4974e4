"""Celery's side: the sweep also runs where no media node does."""

from celery import shared_task

from fieldsvc.kernel import beat
from signaling import sweeping

SWEEP_SECONDS = 5.0


@shared_task(name="signaling.sweep", ignore_result=True)
def sweep() -> None:
    sweeping.sweep()


beat.every(SWEEP_SECONDS, "signaling.sweep")
