"""The ledger itself: lists, breakdowns, the workbook."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fieldsvc.kernel import clock
from inspections.delegation.rules import normal_phone
from inspections.delegation.selectors import phone_digest_of
from inspections.ledger import selectors, services
from inspections.ledger.rules import BEIJING
from inspections.ledger.rules.shapes import (
    Cell,
    Filters,
    LedgerRow,
    Page,
    PersonFilters,
    Statistic,
)
from inspections.ledger.states import By
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["ledger"], auth=staff_auth)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SearchIn(Filters):
    """The filters in a body, with what may only stand there."""

    phone: str = Field(default="", max_length=20)
    applicant: str = Field(default="", max_length=40)
    page: int = Field(default=1, ge=1)

    def filters(self) -> PersonFilters:
        asked = self.model_dump(exclude={"phone", "applicant", "page"})
        return PersonFilters(
            **asked,
            phone_digest=phone_digest_of(normal_phone(self.phone)) if self.phone else None,
            applicant=self.applicant or None,
        )


class RowOut(Schema):
    id: UUID
    kind: str
    kind_label: str
    number: str
    registered_at: datetime
    items: list[str]
    item: str
    area: str
    delegate: str
    channel: str
    channel_label: str
    applicant_name: str
    phone: str
    address: str
    wish: str
    state: str
    state_label: str
    phase: str
    due_at: datetime | None
    overdue: bool
    finished_at: datetime | None
    trips: int
    bounces: int
    minutes_to_door: int | None
    rating_grade: int | None
    head_hash: str


class LedgerOut(Schema):
    items: list[RowOut]
    total: int
    page: int
    pages: int
    filter: dict[str, str]


class CellOut(Schema):
    value: int
    filter: dict[str, str]


class StatisticOut(Schema):
    key: str
    label: str
    cells: dict[str, CellOut]
    minutes_to_door: int | None


class StatisticsOut(Schema):
    by: str
    by_label: str
    measures: dict[str, str]
    rows: list[StatisticOut]
    total: StatisticOut


@router.get("/ledger", response=LedgerOut)
def ledger(request: HttpRequest, query: Query[Filters], page: int = 1) -> LedgerOut:
    return _page(selectors.search(query, actor_of(request), page), query)


@router.post("/ledger/search", response=LedgerOut)
def search(request: HttpRequest, body: SearchIn) -> LedgerOut:
    """Reads only, so it carries no Idempotency-Key; names and phones stay out of addresses."""
    filters = body.filters()
    return _page(selectors.search(filters, actor_of(request), body.page), filters)


@router.get("/ledger.xlsx")
def workbook(request: HttpRequest, query: Query[Filters]) -> HttpResponse:
    made = services.workbook(query, actor=actor_of(request))
    day = clock.now().astimezone(BEIJING).date()
    answer = HttpResponse(made, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="ledger-{day:%Y%m%d}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


@router.get("/ledger/statistics", response=StatisticsOut)
def statistics(
    request: HttpRequest,
    query: Query[Filters],
    by: Annotated[By, Query()] = By.ITEM,
) -> StatisticsOut:
    found = selectors.statistics(by, query, actor_of(request))
    return StatisticsOut(
        by=found.by.value,
        by_label=found.by.label,
        measures=found.measures,
        rows=[_statistic(one) for one in found.rows],
        total=_statistic(found.total),
    )


def _page(found: Page, filters: Filters) -> LedgerOut:
    return LedgerOut(
        items=[_row(one) for one in found.items],
        total=found.total,
        page=found.page,
        pages=found.pages,
        filter=filters.query(),
    )


def _row(row: LedgerRow) -> RowOut:
    return RowOut(
        id=row.id,
        kind=row.kind.value,
        kind_label=row.kind.label,
        number=row.number,
        registered_at=row.registered_at,
        items=list(row.items),
        item=row.item,
        area=row.area,
        delegate=row.delegate,
        channel=row.channel,
        channel_label=row.channel_label,
        applicant_name=row.applicant_name,
        phone=row.phone,
        address=row.address,
        wish=row.wish,
        state=row.state,
        state_label=row.state_label,
        phase=row.phase.value,
        due_at=row.due_at,
        overdue=row.overdue,
        finished_at=row.finished_at,
        trips=row.trips,
        bounces=row.bounces,
        minutes_to_door=row.minutes_to_door,
        rating_grade=row.rating_grade,
        head_hash=row.head_hash,
    )


def _statistic(one: Statistic) -> StatisticOut:
    return StatisticOut(
        key=one.key,
        label=one.label,
        cells={name: _cell(cell) for name, cell in one.cells.items()},
        minutes_to_door=one.minutes_to_door,
    )


def _cell(cell: Cell) -> CellOut:
    return CellOut(value=cell.value, filter=cell.filter)
