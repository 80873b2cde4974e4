import logging

from celery import shared_task

from fieldsvc.kernel import beat
from inspections.evidence import gateways, services

logger = logging.getLogger(__name__)

ANCHOR_SECONDS = 30.0


@shared_task(name="evidence.anchor", ignore_result=True)
def anchor() -> None:
    services.anchor("beat")
    gateways.stamp_due()


beat.every(ANCHOR_SECONDS, "evidence.anchor")

RENEW_SECONDS = 3600.0


@shared_task(name="evidence.renew_timestamps", ignore_result=True)
def renew_timestamps() -> None:
    done = services.renew()
    if done.open:
        told = {"count": done.open, "taken": done.taken, "authority_good": done.able}
        logger.error("timestamps end soon and nothing newer stands over them", extra=told)


beat.every(RENEW_SECONDS, "evidence.renew_timestamps")

SWEEP_SECONDS = 3600.0


@shared_task(name="evidence.drop_expired_uploads", ignore_result=True)
def drop_expired_uploads() -> None:
    services.drop_expired()


beat.every(SWEEP_SECONDS, "evidence.drop_expired_uploads")
