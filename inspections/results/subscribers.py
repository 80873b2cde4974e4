from uuid import UUID

from django.conf import settings

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import RetryLater, on
from inspections.inspection.selectors import result_of
from inspections.results import services
from inspections.results.gateways import HttpGateway

SCHEDULE = tuple(float(seconds) for seconds in settings.RESULT_SCHEDULE)
# The delivery counts its own tries; these are for workers that die and databases that are away.
SPARE = (60.0,) * 30


@on("dossier.sealed")
def queue(entry: JournalEntry) -> None:
    """An inspection's dossier gives version 1; a rectification's is sealed once it is accepted."""
    result = result_of(UUID(str(entry.data["dossier"])))
    if result is not None:
        services.queue(result)


@on("result.queued", "result.replayed", "result.delivered", schedule=SCHEDULE + SPARE, lease=60)
def deliver(entry: JournalEntry) -> None:
    """Whatever is next in the case's line: a receipt may set the following version free."""
    case_id = UUID(str(entry.data["case"]))
    tried = services.attempt(case_id, HttpGateway(), schedule=SCHEDULE)
    if tried.again_in is not None:
        raise RetryLater(tried.again_in, tried.code)
