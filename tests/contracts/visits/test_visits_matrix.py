"""Every route of the home visits against the written rule, with real sessions, cookies and keys."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from fieldsvc.kernel import ids
from fieldsvc.kernel.clock import FixedClock
from tests.contracts.authorisation import ROUTES
from tests.contracts.test_authorisation_matrix import routes
from tests.contracts.visits.table import rows
from tests.contracts.visits.who import BROWSERS, Route, Who
from tests.contracts.visits.world import World, build
from tests.inspections.cast import gather

ROWS = rows()
REFUSALS = {401, 403, 404}
SAFE = ("GET ", "HEAD ", "OPTIONS ")
# A public route that takes something in has its own proof: the address is a token.
ANSWERED_BY_PROOF = {"GET /calendar/{token}.ics"}


class _Undo(Exception):
    """Takes back what a cell has done, so that every cell meets the same world."""


@pytest.fixture
def world(db: None, standing_clock: FixedClock, settings: Any, tmp_path: Path) -> World:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SMS_FOLDER = tmp_path
    return build(gather(), standing_clock)


class TestTheTable:
    def test_with_the_first_one_it_names_every_route_and_no_other(self) -> None:
        assert set(routes()) == set(ROUTES) | set(ROWS)

    def test_no_route_stands_in_both(self) -> None:
        assert not set(ROUTES) & set(ROWS)


class TestEveryRoute:
    def test_it_lets_in_and_keeps_out_as_the_table_says(self, world: World) -> None:
        wrong = []
        for name, route in ROWS.items():
            for who, cell in route.row.items():
                status = ask(world, name, route, who)
                got = str(status) if status in REFUSALS else "ok"
                if name in ANSWERED_BY_PROOF:
                    got = "ok"
                if got != cell or status >= 500:
                    wrong.append(f"{name} | {who.value}: {status}, not {cell}")
        assert not wrong, "\n" + "\n".join(wrong)

    def test_no_write_from_a_browser_passes_without_the_token_of_our_page(
        self, world: World
    ) -> None:
        passed = []
        for name, route in ROWS.items():
            if name.startswith(SAFE):
                continue
            for who in (*BROWSERS, Who.ANONYMOUS):
                status = ask(world, name, route, who, token=False)
                if status not in {401, 403}:
                    passed.append(f"{name} | {who.value}: {status}")
        assert not passed, "\n" + "\n".join(passed)


def ask(world: World, name: str, route: Route, who: Who, *, token: bool = True) -> int:
    """The status of one caller's request; what it has changed is taken back."""
    caller = world.callers[who]
    method, _, path = name.partition(" ")
    headers = {**caller.headers, "Idempotency-Key": str(ids.new())}
    if not token:
        headers.pop("X-CSRFToken", None)
    url = "/api" + path.format(**{**world.values, **route.values})
    cookies = caller.client.cookies.copy()
    try:
        with transaction.atomic():
            response = _send(caller.client, method, url, route, headers)
            raise _Undo(response.status_code)
    except _Undo as undone:
        return int(str(undone))
    finally:
        caller.client.cookies = cookies


def _send(
    client: Client, method: str, url: str, route: Route, headers: dict[str, str]
) -> HttpResponseBase:
    if route.files:
        form: dict[str, Any] = dict(route.body or {})
        form |= {name: SimpleUploadedFile(*one) for name, one in route.files.items()}
        return client.post(url, form, headers=headers)
    data = json.dumps(route.body) if route.body is not None else ""
    return client.generic(method, url, data, content_type="application/json", headers=headers)
