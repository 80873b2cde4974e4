import pytest

from fieldsvc.kernel.clock import FixedClock
from inspections.catalog.services import publish_templates
from tests.inspections.aftercare.scene import People, people_of
from tests.inspections.cast import Cast
from tests.inspections.ledger.scene import Book


@pytest.fixture
def folk(cast: Cast, standing_clock: FixedClock) -> People:
    """Everybody, on Monday 2026-11-23, 09:00 in Beijing."""
    publish_templates()
    return people_of(cast)


@pytest.fixture
def book(folk: People) -> Book:
    return Book(folk)
