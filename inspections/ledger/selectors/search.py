"""Rows of the ledger: one query set for the list and for the export."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor, JournalStream
from fieldsvc.kernel.masking import mask_address, mask_name, mask_phone
from inspections.aftercare.selectors import visible_ratings
from inspections.delegation.states import Channel
from inspections.ledger import policies, rules
from inspections.ledger.errors import TooManyRows
from inspections.ledger.models import LedgerLine
from inspections.ledger.rules.shapes import Filters, LedgerRow, Page
from inspections.ledger.selectors.filtering import lines
from inspections.ledger.states import LineKind, Phase

_COLUMNS = (
    *("subject", "kind", "number", "registered_at", "items_text", "item_title", "area_title"),
    *("staff__name", "channel", "state", "state_label", "phase", "due_at", "finished_at"),
    *("trips", "bounces", "minutes_to_door", "stream"),
    *("delegation__applicant_name", "delegation__phone", "delegation__address"),
    "delegation__wish",
    *("inspection__case__applicant_name", "inspection__case__contact_phone"),
    "inspection__case__address",
    *("grade", "head"),
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
    values = _values(found, actor).order_by("-registered_at", "-subject")
    shown = values[first : first + rules.PAGE_SIZE]
    return Page(list(_rows(shown)), total, page, pages)


def every_row(filters: Filters, actor: Actor) -> Iterator[LedgerRow]:
    """All rows, oldest first, for an export; refuses with `not_allowed`, `too_many_rows`."""
    _check(actor)
    found = lines(filters, actor)
    if found.count() > rules.EXPORT_ROWS:
        raise TooManyRows({"from": "缩小范围"})
    return _rows(_values(found, actor).order_by("registered_at", "subject"))


def _check(actor: Actor) -> None:
    refusal = policies.may_read(actor)
    if refusal is not None:
        raise refusal


def _values(found: QuerySet[LedgerLine], actor: Actor) -> QuerySet[LedgerLine, tuple[Any, ...]]:
    grade = visible_ratings(actor).filter(subject=OuterRef("subject")).values("grade")
    head = JournalStream.objects.filter(stream=OuterRef("stream")).values("head")
    return found.annotate(grade=Subquery(grade[:1]), head=Subquery(head)).values_list(*_COLUMNS)


def _rows(values: Iterable[tuple[Any, ...]]) -> Iterator[LedgerRow]:
    now = clock.now()
    for value in values:
        yield _row(dict(zip(_COLUMNS, value, strict=True)), now)


def _row(one: dict[str, Any], now: datetime) -> LedgerRow:
    due_at = one["due_at"]
    return LedgerRow(
        id=one["subject"],
        kind=_KINDS[one["kind"]],
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
        phase=_PHASES[one["phase"]],
        due_at=due_at,
        overdue=one["phase"] == Phase.OPEN.value and due_at is not None and due_at < now,
        finished_at=one["finished_at"],
        trips=one["trips"],
        bounces=one["bounces"],
        minutes_to_door=one["minutes_to_door"],
        rating_grade=one["grade"],
        stream=one["stream"],
        head_hash=one["head"] or "",
    )


_KINDS = {one.value: one for one in LineKind}
_PHASES = {one.value: one for one in Phase}
_CHANNELS = {one.value: one.label for one in Channel}


def _either(one: dict[str, Any], own: str, of_case: str) -> str:
    return one[f"delegation__{own}"] or one[f"inspection__{of_case}"] or ""
