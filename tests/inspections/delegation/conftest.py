import pytest

from fieldsvc.kernel.clock import FixedClock
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import Scene, scene
from tests.inspections.dispatch.scene import Crew
from tests.inspections.dispatch.scene import crew as gather_crew


@pytest.fixture
def crew(cast: Cast, standing_clock: FixedClock) -> Crew:
    return gather_crew(cast)


@pytest.fixture
def story(crew: Crew) -> Scene:
    """One wish, just registered."""
    return scene(crew)
