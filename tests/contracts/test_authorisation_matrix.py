"""Every route of the product against the written rule, with real sessions, cookies and keys."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from fieldsvc.api import api
from fieldsvc.kernel import hashing, ids
from fieldsvc.kernel.clock import FixedClock
from signaling.protocol import MESSAGE_MATRIX, Standing
from tests.contracts.authorisation import (
    BROWSERS,
    PAGES,
    ROUTES,
    SOCKET_MESSAGES,
    Route,
    Who,
)
from tests.contracts.visits.table import rows
from tests.contracts.world import World, build
from tests.inspections.cast import gather

REFUSALS = {401, 403, 404}
# Their 401 or 404 speaks of the password or the link that was shown, not of the caller.
ANSWERED_BY_PROOF = {"POST /session", "POST /join/open", "POST /join/resend"}


class _Undo(Exception):
    """Takes back what a cell has done, so that every cell meets the same world."""


@pytest.fixture
def world(db: None, standing_clock: FixedClock, settings: Any, tmp_path: Path) -> World:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SMS_FOLDER = tmp_path
    return build(gather(), standing_clock)


def routes() -> Iterator[str]:
    """ "METHOD /path" of every operation, asked from each mounted view itself."""
    for pattern in _patterns(api.urls[0]):
        # A method that no operation has: the view answers which ones it does have.
        refused = pattern.callback(RequestFactory().generic("TRACE", "/"))
        for method in refused.get("Allow", "").split(", "):
            yield f"{method} /{_plain(str(pattern.pattern))}"


def _patterns(found: Any) -> Iterator[URLPattern]:
    return (one for one in found if str(one.pattern))


def _plain(pattern: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)


class TestTheTable:
    def test_it_names_every_route_and_no_other(self) -> None:
        # The routes around a home visit have a table of their own.
        assert set(routes()) == set(ROUTES) | set(rows())

    def test_every_address_beside_the_api_is_a_page_for_anybody(self) -> None:
        beside = {
            str(one.pattern)
            for one in get_resolver().url_patterns
            if not isinstance(one, URLResolver)
        }
        assert beside == PAGES

    def test_it_names_every_socket_message_and_its_answers(self) -> None:
        standings = list(Standing)
        assert [one.value for one in standings] == ["STRANGER", "HOST", "GUEST", "WAITING"]
        real = {
            name: tuple(row[standing] for standing in standings)
            for name, row in MESSAGE_MATRIX.items()
        }
        assert real == SOCKET_MESSAGES


class TestEveryRoute:
    def test_it_lets_in_and_keeps_out_as_the_table_says(self, world: World) -> None:
        wrong = []
        for name, route in ROUTES.items():
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
        for name, route in ROUTES.items():
            if name.startswith("GET "):
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
    if route.upload:
        picture = SimpleUploadedFile("a.jpg", b"x", "image/jpeg")
        form = {"file": picture, "sha256": hashing.sha256_hex(b"x"), "purpose": "STILL"}
        return client.post(url, form, headers=headers)
    data = json.dumps(route.body) if route.body is not None else ""
    return client.generic(method, url, data, content_type="application/json", headers=headers)
