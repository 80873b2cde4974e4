"""Celery's side of the outbox: one line each, the rows know the rest."""

from celery import current_app, shared_task

from fieldsvc.kernel import beat, outbox

HEAVY_QUEUE = "heavy"
SWEEP_SECONDS = 2.0


@shared_task(name="kernel.deliver", ignore_result=True)
def deliver(row_id: int) -> None:
    outbox.deliver(row_id)


@shared_task(name="kernel.sweep", ignore_result=True)
def sweep() -> None:
    outbox.sweep()


beat.every(SWEEP_SECONDS, "kernel.sweep")


def poke(row_id: int, heavy: bool) -> None:  # noqa: FBT001  the shape of outbox.Poke
    """Tell a worker of a row; a broker that is away costs a second, never the row."""
    queue = HEAVY_QUEUE if heavy else None
    current_app.send_task("kernel.deliver", args=[row_id], ignore_result=True, queue=queue)
