"""The clockwork's side of a delegation: one line each, the services know the rest."""

from celery import shared_task

from fieldsvc.kernel import beat
from inspections.delegation import services

ESCALATION_SECONDS = 60.0
EXPIRY_SECONDS = 300.0


@shared_task(name="delegation.escalate", ignore_result=True)
def escalate() -> None:
    services.escalate_due()


@shared_task(name="delegation.expire_mandates", ignore_result=True)
def expire_mandates() -> None:
    services.expire_mandates()


beat.every(ESCALATION_SECONDS, "delegation.escalate")
beat.every(EXPIRY_SECONDS, "delegation.expire_mandates")
