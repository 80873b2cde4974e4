import pytest

from tests.inspections.cast import Cast
from tests.inspections.dispatch.scene import Crew
from tests.inspections.dispatch.scene import crew as gather_crew


@pytest.fixture
def crew(cast: Cast, standing_clock: object) -> Crew:
    return gather_crew(cast)
