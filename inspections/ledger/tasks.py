"""Deadlines pass without an entry: the week's obstacles are gathered anew by the clock."""

from datetime import timedelta

from celery import shared_task

from fieldsvc.kernel import beat, clock
from inspections.ledger import services
from inspections.ledger.rules import WEEK, monday_of
from inspections.people.models import Bureau

GATHER = timedelta(minutes=30)


@shared_task(name="ledger.gather", ignore_result=True)
def gather() -> None:
    monday = monday_of(clock.now())
    for bureau in Bureau.objects.values_list("pk", flat=True):
        services.gather(bureau, monday)
        services.gather(bureau, monday - WEEK)


beat.every(GATHER.total_seconds(), "ledger.gather")
