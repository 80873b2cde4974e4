"""Writing the working-day calendar: each edit is a new version, none is ever overwritten."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict, cast

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue, canonical, sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.catalog.errors import CalendarDayRefused
from inspections.catalog.models import CalendarDay, CalendarVersion, CalendarYear
from inspections.catalog.services.checklists import DATA
from inspections.people.models import Bureau

CALENDARS = DATA / "calendar"
YEARS = range(2020, 2100)


@dataclass(frozen=True, slots=True)
class NewDay:
    day: date
    is_working: bool
    note: str = ""


class DayData(TypedDict):
    day: str
    is_working: bool
    note: str


class YearData(TypedDict):
    year: int
    source: str
    days: list[DayData]


@transaction.atomic
def publish_calendars(folder: Path = CALENDARS) -> list[int]:
    """Bring the national calendar up to the files of `folder`, one file a year.

    Returns the years that are new or were changed; a changed file makes a new version and leaves
    what was promised under the old one alone.
    """
    fresh = []
    for file in sorted(folder.glob("*.json")):
        body: YearData = json.loads(file.read_text(encoding="utf-8"))
        digest = sha256_hex(canonical(cast("JSONValue", body)))
        known = CalendarYear.objects.filter(bureau__isnull=True, year=body["year"])
        newest = known.order_by("-calendar_version").first()
        if newest is None or newest.sha256 != digest:
            days = [
                NewDay(date.fromisoformat(one["day"]), one["is_working"], one["note"])
                for one in body["days"]
            ]
            _write_year(None, body["year"], body["source"], days)
            fresh.append(body["year"])
    return fresh


@transaction.atomic
def set_day(bureau: Bureau, new: NewDay, *, actor: Actor) -> CalendarDay:
    """Say of one day whether the bureau works; the day before the edit stays readable.

    Promises keep the version they were made with. Refuses with `calendar_day_refused`.
    Journal: `calendar.day_set` on `bureau:<id>`.
    """
    _check_year(new.day.year)
    # The append queues parallel edits behind each other, so that versions grow in commit order.
    data: dict[str, JSONValue] = {"day": new.day.isoformat(), "is_working": new.is_working}
    journal.append(f"bureau:{bureau.pk}", "calendar.day_set", actor=actor, data=data)
    version = CalendarVersion.objects.create(bureau=bureau, made_at=clock.now())
    return _write_day(bureau, new, version)


@transaction.atomic
def publish_year(
    bureau: Bureau, year: int, source: str, days: Iterable[NewDay], *, actor: Actor
) -> CalendarVersion:
    """Say that all holidays and 调休 days of a year are known to the bureau, and which they are.

    From then on deadlines in that year are no longer provisional. Refuses with
    `calendar_day_refused`. Journal: `calendar.year_published` on `bureau:<id>`.
    """
    _check_year(year)
    wanted = list(days)
    if len({one.day for one in wanted}) != len(wanted):
        raise CalendarDayRefused({"days": "同一天写了两次"})
    if any(one.day.year != year for one in wanted):
        raise CalendarDayRefused({"days": "有日期不在这一年"})
    data: dict[str, JSONValue] = {"year": year, "days": len(wanted)}
    journal.append(f"bureau:{bureau.pk}", "calendar.year_published", actor=actor, data=data)
    return _write_year(bureau, year, source, wanted)


def _write_year(
    bureau: Bureau | None, year: int, source: str, days: list[NewDay]
) -> CalendarVersion:
    body: YearData = {
        "year": year,
        "source": source,
        "days": [
            {"day": one.day.isoformat(), "is_working": one.is_working, "note": one.note}
            for one in days
        ],
    }
    version = CalendarVersion.objects.create(bureau=bureau, made_at=clock.now())
    CalendarYear.objects.create(
        bureau=bureau,
        year=year,
        source=source,
        sha256=sha256_hex(canonical(cast("JSONValue", body))),
        calendar_version=version.number,
    )
    for one in days:
        _write_day(bureau, one, version)
    return version


def _write_day(bureau: Bureau | None, new: NewDay, version: CalendarVersion) -> CalendarDay:
    return CalendarDay.objects.create(
        bureau=bureau,
        day=new.day,
        is_working=new.is_working,
        note=new.note,
        calendar_version=version.number,
    )


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise CalendarDayRefused({"day": "年份不在可设置的范围内"})
