"""Taking the last move on the board back."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies, rules
from inspections.dispatch.errors import MoveRefused, NothingToUndo, TimeTaken, UndoPassed
from inspections.dispatch.models import BoardRevision, DispatchOrder, Visit
from inspections.dispatch.selectors.access import last_revision
from inspections.dispatch.services.common import (
    board_stream,
    facts,
    live_order,
    queue,
    touch_board,
    withdraw,
)
from inspections.dispatch.services.moves import Target, place
from inspections.dispatch.services.promises import keep_promise
from inspections.dispatch.states import OrderState, WithdrawReason


@transaction.atomic
def undo(bureau_id: UUID, *, actor: Actor, day: date | None = None) -> Visit:
    """Put the visit of the last move (of that day's board) back where it was, by the same checks.

    A word once given is not restored: who had accepted is asked again. Refuses: `nothing_to_undo`
    (nothing since the last publish), `undo_passed` (somebody answered since, or the old place is
    gone). Journal: `order.withdrawn`, `order.offered` as needed; `board.undone` on the board.
    """
    queue(bureau_id)
    revision = last_revision(bureau_id, day)
    if revision is None:
        raise NothingToUndo
    visit = Visit.objects.select_for_update().get(pk=revision.visit_id)
    live = live_order(visit)
    if live is not None:
        live.visit = visit
    _still_so(revision, live)
    refusal = policies.may_place(visit, live)
    if refusal is not None:
        raise UndoPassed from refusal
    _put_back(revision, visit, live, actor)
    revision.undone_at = clock.now()
    revision.save(update_fields=["undone_at"])
    for touched in sorted(_days(revision)):
        touch_board(bureau_id, touched)
    journal.append(
        board_stream(bureau_id),
        "board.undone",
        actor=actor,
        data={**facts(visit), "before": revision.after, "after": revision.before},
    )
    return visit


def _still_so(revision: BoardRevision, live: DispatchOrder | None) -> None:
    """What the move made must stand unanswered, and nothing where it took an order away."""
    if revision.after is None:
        if live is not None:
            raise UndoPassed
        return
    untouched = (
        live is not None
        and str(live.staff_id) == revision.after["staff"]
        and clock.iso(live.starts_at) == revision.after["starts_at"]
        and live.state == OrderState.OFFERED.value
    )
    if not untouched:
        raise UndoPassed


def _put_back(
    revision: BoardRevision, visit: Visit, live: DispatchOrder | None, actor: Actor
) -> None:
    if revision.before is None:
        if live is not None:
            withdraw(live, WithdrawReason.UNASSIGNED, actor=actor)
            keep_promise(visit, avoid=live.staff_id)
        return
    to = Target(
        UUID(revision.before["staff"]), datetime.fromisoformat(revision.before["starts_at"])
    )
    try:
        place(visit, to, reason=WithdrawReason.MOVED, actor=actor)
    except (MoveRefused, TimeTaken) as gone:
        raise UndoPassed(gone.fields) from gone


def _days(revision: BoardRevision) -> set[date]:
    told = (revision.before, revision.after)
    return {
        rules.local_day(datetime.fromisoformat(one["starts_at"])) for one in told if one is not None
    }
