"""The ledger follows what happens below; each call computes its line or its week anew."""

from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.ledger import services
from inspections.ledger.rules import monday_of

_DELEGATION = "delegation:"


# Lines are computed from what is, not from what the entry says: order does not matter.
@on(
    *("delegation.registered", "delegation.accepted", "delegation.handling"),
    *("delegation.suspended", "delegation.resumed", "delegation.delivered"),
    *("delegation.archived", "delegation.reported", "delegation.followed_up"),
    *("delegation.terminated", "delegation.place_noted"),
    *("order.accepted", "order.declined", "order.withdrawn"),
    *("order.arrived", "order.finished", "order.aborted"),
    ordered=False,
)
def keep_delegation(entry: JournalEntry) -> None:
    if entry.stream.startswith(_DELEGATION):
        services.project_delegation(UUID(entry.stream.removeprefix(_DELEGATION)))


@on(
    *("inspection.scheduled", "inspection.begun", "inspection.concluded"),
    *("inspection.transferred", "dossier.sealed", "record.issued"),
    ordered=False,
)
def keep_inspection(entry: JournalEntry) -> None:
    inspection = entry.data.get("inspection")
    if isinstance(inspection, str):
        services.project_inspection(UUID(inspection))


@on(
    *("order.declined", "order.aborted", "plan.published"),
    *("follow_up.done", "unresolved.registered", "unresolved.assigned"),
    *("unresolved.replied", "unresolved.closed"),
    ordered=False,
)
def gather(entry: JournalEntry) -> None:
    if entry.scope:
        services.gather(UUID(entry.scope), monday_of(entry.at))
