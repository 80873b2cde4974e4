"""工作日历: read by staff, edited by the administrator."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from fieldsvc.kernel import clock
from fieldsvc.kernel.idempotency import idempotent
from inspections.catalog import policies, selectors, services
from inspections.catalog.services import NewDay
from inspections.people.auth import staff_auth
from inspections.people.rules import local_day
from inspections.people.selectors import actor_of, get_staff

router = Router(tags=["catalog"], auth=staff_auth)


Year = Annotated[int | None, Query(ge=2020, lt=2100)]


class DayIn(Schema):
    is_working: bool
    note: str = Field("", max_length=60)


class DayOfYearIn(DayIn):
    day: date


class YearIn(Schema):
    """All holidays and 调休 days of the year, and the notice that names them."""

    source: str = Field(min_length=1, max_length=120)
    days: list[DayOfYearIn] = Field(max_length=366)


class DayOut(Schema):
    """`own`: the bureau itself said so, not the national calendar."""

    day: date
    is_working: bool
    note: str
    own: bool


class CalendarOut(Schema):
    """Only the named days: every other Monday to Friday is a working day.

    `known` is false while the year's holidays are not published: deadlines in it are provisional.
    `warning` tells the administrator which year is missing.
    """

    year: int
    calendar_version: str
    known: bool
    warning: str | None
    days: list[DayOut]
    abilities: list[str]


@router.get("/catalog/calendar", response=CalendarOut)
def calendar(request: HttpRequest, year: Year = None) -> CalendarOut:
    return _calendar(request, year or local_day(clock.now()).year)


@router.put("/catalog/calendar/{day}", response=CalendarOut)
@idempotent
def set_day(request: HttpRequest, day: date, body: DayIn) -> CalendarOut:
    actor = actor_of(request)
    policies.permit(policies.may_edit_calendar(actor))
    new = NewDay(day, body.is_working, body.note)
    services.set_day(get_staff(actor).bureau, new, actor=actor)
    return _calendar(request, day.year)


@router.put("/catalog/calendar/years/{year}", response=CalendarOut)
@idempotent
def publish_year(request: HttpRequest, year: int, body: YearIn) -> CalendarOut:
    actor = actor_of(request)
    policies.permit(policies.may_edit_calendar(actor))
    days = [NewDay(one.day, one.is_working, one.note) for one in body.days]
    services.publish_year(get_staff(actor).bureau, year, body.source, days, actor=actor)
    return _calendar(request, year)


def _calendar(request: HttpRequest, year: int) -> CalendarOut:
    actor = actor_of(request)
    bureau_id = UUID(actor.scope)
    found = selectors.calendar_of(bureau_id)
    return CalendarOut(
        year=year,
        calendar_version=found.version,
        known=year in found.known_years,
        warning=_warning(selectors.unknown_year(bureau_id)),
        days=[
            DayOut(day=one.day, is_working=one.is_working, note=one.note, own=one.own)
            for one in selectors.named_days(bureau_id, year)
        ],
        abilities=policies.abilities(actor),
    )


def _warning(year: int | None) -> str | None:
    if year is None:
        return None
    return f"{year} 年的节假日安排还没有录入，跨入该年的时限均为暂定，请管理员尽快录入。"
