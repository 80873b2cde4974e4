from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldsvc.kernel.clock import FixedClock
from tests.inspections.cast import Cast
from tests.inspections.results.scene import Handover, hand_over_to
from tests.support.receiver import Receiver


@pytest.fixture(autouse=True)
def _own_messages(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.SMS_FOLDER = tmp_path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def handover(cast: Cast, standing_clock: FixedClock, receiver: Receiver) -> Handover:
    return hand_over_to(cast, receiver.url)
