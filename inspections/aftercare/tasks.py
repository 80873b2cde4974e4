"""The clock of what is owed: remedies and unresolved things near or past their deadline."""

from celery import shared_task

from fieldsvc.kernel import beat
from inspections.aftercare import services

WATCH_SECONDS = 300.0


@shared_task(name="aftercare.watch", ignore_result=True)
def watch() -> None:
    services.escalate_remedies()
    services.watch_unresolved()


beat.every(WATCH_SECONDS, "aftercare.watch")
