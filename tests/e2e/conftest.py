from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.support import migrated
from tests.support.browser import playwright as started
from tests.support.product import Embedded


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    """Playwright for one module: while it lives its loop runs here, and no other test's could."""
    with started() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The embedded product, also answering to a name that is no secure origin.

    One for all modules that are content with its clock: each leaves people and shifts as they were.
    """
    folder: Path = tmp_path_factory.mktemp("product")
    migrated.copy_to(folder / "db.sqlite3")
    running = Embedded(
        folder,
        {
            "ALLOWED_HOSTS": "localhost,127.0.0.1,demo.test",
            # Each case of these tests takes both inspectors for half an hour of its own.
            "INSPECTION_ROOM_OPENS_MINUTES": "2880",
        },
    )
    running.start()
    try:
        yield running
    finally:
        running.stop()
