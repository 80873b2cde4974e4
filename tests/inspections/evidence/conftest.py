import pytest

from fieldsvc.kernel.clock import FixedClock
from tests.inspections.cast import Cast
from tests.inspections.inspection.scene import Scene


@pytest.fixture
def scene(cast: Cast, standing_clock: FixedClock) -> Scene:
    return Scene(cast, standing_clock)
