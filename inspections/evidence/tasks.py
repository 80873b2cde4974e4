from celery import shared_task

from fieldsvc.kernel import beat
from inspections.evidence import gateways, services

ANCHOR_SECONDS = 30.0


@shared_task(name="evidence.anchor", ignore_result=True)
def anchor() -> None:
    services.anchor("beat")
    gateways.stamp_due()


beat.every(ANCHOR_SECONDS, "evidence.anchor")

SWEEP_SECONDS = 3600.0


@shared_task(name="evidence.drop_expired_uploads", ignore_result=True)
def drop_expired_uploads() -> None:
    services.drop_expired()


beat.every(SWEEP_SECONDS, "evidence.drop_expired_uploads")
