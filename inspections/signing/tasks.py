from celery import shared_task

from fieldsvc.kernel import beat
from inspections.signing import services

STAMP_SECONDS = 30.0


@shared_task(name="signing.stamp", ignore_result=True)
def stamp() -> None:
    services.stamp_due()


beat.every(STAMP_SECONDS, "signing.stamp")
