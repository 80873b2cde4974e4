"""What dispatch does when something happened elsewhere; each call is idempotent."""

from datetime import datetime
from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.dispatch import services


@on("staff.absent")
def take_back(entry: JournalEntry) -> None:
    services.note_absence(
        UUID(entry.stream.removeprefix("bureau:")),
        UUID(str(entry.data["staff"])),
        datetime.fromisoformat(str(entry.data["starts_at"])),
        datetime.fromisoformat(str(entry.data["ends_at"])),
    )


@on("visit.promised")
def send_soon(entry: JournalEntry) -> None:
    services.send_soon(UUID(str(entry.data["visit"])))


# A dispatcher waits for it, so it does not queue behind recordings; the optimiser runs in a child
# process of the worker. Not ordered: a plan that died must not hold tomorrow's back.
@on("plan.requested", lease=300, schedule=(5, 60), ordered=False)
def solve(entry: JournalEntry) -> None:
    services.make_plan(UUID(str(entry.data["plan"])))
