"""What a delegation does when something happened elsewhere; each call is idempotent."""

from typing import cast
from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.delegation import services
from inspections.delegation.selectors import delegation_of
from inspections.delegation.services.common import system
from inspections.delegation.states import SignedWay
from inspections.dispatch.selectors import live_order_of
from inspections.dispatch.states import PLEDGED

_STREAM = "delegation:"


@on(
    "order.accepted",
    "order.declined",
    "order.withdrawn",
    "order.aborted",
    "order.departed",
    name="inspections.delegation.subscribers.note_order",
)
def note_order(entry: JournalEntry) -> None:
    """Who is sent is what the order says now, not what this entry once said."""
    if entry.stream.startswith(_STREAM):
        delegation = delegation_of(entry.stream.removeprefix(_STREAM))
        order = live_order_of(delegation.visit) if delegation.visit else None
        pledged = order is not None and order.state in PLEDGED
        services.note_order(delegation.pk, order.staff_id if order and pledged else None)


@on("dossier.disposed", name="inspections.delegation.subscribers.erase_contact")
def erase_contact(entry: JournalEntry) -> None:
    services.erase_contact(UUID(str(entry.data["dossier"])))


@on("order.arrived", "order.finished")
def begin_handling(entry: JournalEntry) -> None:
    if entry.stream.startswith(_STREAM):
        delegation = delegation_of(entry.stream.removeprefix(_STREAM))
        services.begin_handling(delegation.pk, actor=system(delegation))


@on("paper.signed")
def note_paper_signed(entry: JournalEntry) -> None:
    if not entry.stream.startswith(_STREAM):
        return
    delegation = delegation_of(entry.stream.removeprefix(_STREAM))
    # 续办委托书 signs the mandate it renews; one that is signed already stays as it is.
    if entry.data.get("kind") in {"MANDATE", "RESUMPTION"} and entry.data.get("mandate"):
        way = SignedWay(str(entry.data.get("way") or SignedWay.SCREEN.value))
        services.note_mandate_signed(
            UUID(str(entry.data["mandate"])), way, actor=system(delegation)
        )
    declined = cast("list[str]", entry.data.get("declined") or [])
    if entry.data.get("kind") == "HAND_OVER" and "APPLICANT" not in declined:
        documents = [UUID(str(one)) for one in cast("list[str]", entry.data["documents"])]
        services.note_hand_overs_signed(delegation.pk, str(entry.data["paper"]), documents)


@on("follow_up.done")
def note_followed_up(entry: JournalEntry) -> None:
    # The call is told in a stream of its own, which no one who was rated reads.
    if entry.data.get("subject_kind") == "DELEGATION":
        delegation = delegation_of(str(entry.data["subject"]))
        services.note_followed_up(delegation.pk, actor=system(delegation))
