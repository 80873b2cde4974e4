import logging
from collections.abc import Iterator

import pytest

from fieldsvc.kernel import outbox
from tests.inspections.cast import Cast, gather

MISTAKES = (LookupError, AttributeError, TypeError, NameError, AssertionError)


class _Mistakes(logging.Handler):
    """What subscribers stumbled over, unless it is a refusal or a failure they may meet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, MISTAKES):
            self.found.append(f"{record.__dict__.get('subscriber')}: {error!r}")


@pytest.fixture(autouse=True)
def _no_subscriber_breaks() -> Iterator[None]:
    """An effect that fails is stored for a retry, which nobody would see: a mistake is an error."""
    mistakes, log = _Mistakes(), logging.getLogger(outbox.__name__)
    log.addHandler(mistakes)
    yield
    log.removeHandler(mistakes)
    assert mistakes.found == []


@pytest.fixture
def cast(db: None, settings) -> Cast:  # type: ignore[no-untyped-def]
    # The slow hash is Django's own business; ours is what happens around it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return gather()
