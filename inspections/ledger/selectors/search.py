"""Rows of the ledger: one query set for the list and for the export."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor, JournalStream
from fieldsvc.kernel.masking import mask_address, mask_name, mask_phone
from inspections.aftercare.selectors import visible_grades
from inspections.delegation.states import Channel
from inspections.ledger import policies, rules
from inspections.ledger.errors import TooManyRows
from inspections.ledger.rules.shapes import Filters, LedgerRow, Page
from inspections.ledger.selectors.filtering import lines
from inspections.ledger.states import LineKind, Phase

CHUNK = 1000

_COLUMNS = (
    *("subject", "kind", "number", "registered_at", "items_text", "item_title", "area_title"),
    *("staff__name", "channel", "state", "state_label", "phase", "due_at", "finished_at"),
    *("trips", "bounces", "minutes_to_door", "stream"),
    *("delegation__applicant_name", "delegation__phone", "delegation__address"),
    "delegation__wish",
    *("inspection__case__applicant_name", "inspection__case__contact_phone"),
    "inspection__case__address",
)


def search(filters: Filters, actor: Actor, page: int = 1) -> Page:
    """One page of the bureau's ledger, newest first, personal values masked.

    Refuses with `not_allowed`.
    """
    _check(actor)
    found = lines(filters, actor)
    total = found.count()
    pages = max(1, -(-total // rules.PAGE_SIZE))
    page = min(max(page, 1), pages)
    first = (page - 1) * rules.PAGE_SIZE
    values = found.order_by("-registered_at", "-subject").values_list(*_COLUMNS)
    shown = list(values[first : first + rules.PAGE_SIZE])
    return Page(_rows(shown, actor), total, page, pages)


def every_row(filters: Filters, actor: Actor) -> Iterator[LedgerRow]:
    """All rows, oldest first, for an export; refuses with `not_allowed`, `too_many_rows`."""
    _check(actor)
    found = lines(filters, actor)
    if found.count() > rules.EXPORT_ROWS:
        raise TooManyRows({"from": "缩小范围"})
    values = list(found.order_by("registered_at", "subject").values_list(*_COLUMNS))
    for first in range(0, len(values), CHUNK):
        yield from _rows(values[first : first + CHUNK], actor)


def _check(actor: Actor) -> None:
    refusal = policies.may_read(actor)
    if refusal is not None:
        raise refusal


def _rows(values: Sequence[tuple[Any, ...]], actor: Actor) -> list[LedgerRow]:
    found = [dict(zip(_COLUMNS, value, strict=True)) for value in values]
    grades = visible_grades(actor, [one["subject"] for one in found])
    heads = _heads([one["stream"] for one in found])
    return [_row(one, grades, heads) for one in found]


def _row(one: dict[str, Any], grades: dict[UUID, int], heads: dict[str, str]) -> LedgerRow:
    phase = Phase(one["phase"])
    due_at = one["due_at"]
    return LedgerRow(
        id=one["subject"],
        kind=LineKind(one["kind"]),
        number=one["number"],
        registered_at=one["registered_at"],
        items=tuple(one["items_text"].split("、")),
        item=one["item_title"],
        area=one["area_title"],
        delegate=one["staff__name"] or "",
        channel=one["channel"],
        channel_label=_CHANNELS[one["channel"]],
        applicant_name=mask_name(_either(one, "applicant_name", "case__applicant_name")),
        phone=mask_phone(_either(one, "phone", "case__contact_phone")),
        address=mask_address(_either(one, "address", "case__address")),
        wish=one["delegation__wish"] or "",
        state=one["state"],
        state_label=one["state_label"],
        phase=phase,
        due_at=due_at,
        overdue=phase is Phase.OPEN and due_at is not None and due_at < clock.now(),
        finished_at=one["finished_at"],
        trips=one["trips"],
        bounces=one["bounces"],
        minutes_to_door=one["minutes_to_door"],
        rating_grade=grades.get(one["subject"]),
        stream=one["stream"],
        head_hash=heads.get(one["stream"], ""),
    )


_CHANNELS = {one.value: one.label for one in Channel}


def _either(one: dict[str, Any], own: str, of_case: str) -> str:
    return one[f"delegation__{own}"] or one[f"inspection__{of_case}"] or ""


def _heads(streams: list[str]) -> dict[str, str]:
    rows = JournalStream.objects.filter(stream__in=streams)
    return dict(rows.values_list("stream", "head"))
