"""The clockwork's side of dispatch: one line each, the services know the rest."""

from celery import shared_task

from fieldsvc.kernel import beat
from inspections.dispatch import services

SEND_SECONDS = 30.0


@shared_task(name="dispatch.send_due", ignore_result=True)
def send_due() -> None:
    services.send_due()


beat.every(SEND_SECONDS, "dispatch.send_due")
