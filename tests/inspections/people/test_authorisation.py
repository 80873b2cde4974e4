"""The rows of people and catalogue against real sessions, cookies and keys."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from fieldsvc.kernel import ids
from tests.contracts.visits import rows_catalog, rows_people
from tests.contracts.visits.who import Route, Who
from tests.inspections.cast import Cast
from tests.inspections.people.callers import Callers, callers

ROWS = {**rows_people.ROWS, **rows_catalog.ROWS}
REFUSALS = {401, 403, 404}


class _Undo(Exception):
    """Takes back what a cell has done, so that every cell meets the same world."""


@pytest.fixture
def world(cast: Cast, standing_clock: object) -> Callers:
    return callers(cast)


@pytest.mark.parametrize("who", list(Who))
def test_everybody_gets_through_or_not_as_the_rows_say(world: Callers, who: Who) -> None:
    browser = world.client(who)
    wrong = []
    for name, route in ROWS.items():
        status = ask(browser, name, route, world)
        got = str(status) if status in REFUSALS else "ok"
        if got != route.row[who] or (got == "ok" and status >= 300):
            wrong.append(f"{name}: {status}, not {route.row[who]}")
    assert wrong == []


def ask(browser: Client, name: str, route: Route, world: Callers) -> int:
    method, path = name.split(" ")
    values = {
        "staff_id": str(world.staff[Who.DELEGATE].pk),
        "absence_id": str(world.absence.pk),
        **route.values,
    }
    url = f"/api{path.format(**values)}"
    try:
        with transaction.atomic():
            status = _send(browser, method, url, route)
            raise _Undo
    except _Undo:
        return status


def _send(browser: Client, method: str, url: str, route: Route) -> int:
    headers = {"Idempotency-Key": str(ids.new())}
    if route.files:
        form = {field: SimpleUploadedFile(*one) for field, one in route.files.items()}
        return browser.post(url, form, headers=headers).status_code
    data = json.dumps(route.body) if route.body is not None else ""
    answer = browser.generic(method, url, data, content_type="application/json", headers=headers)
    return answer.status_code
