from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent
from tests.signaling.media.peers import Stage, utc_now


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """An engine on loopback with an open room `r1` and short segments."""
    events: list[MediaEvent] = []
    config = EngineConfig(
        storage=tmp_path / "recordings",
        segment_seconds=2.0,
        host_addresses=("127.0.0.1",),
        free_space_floor_bytes=1 << 20,
    )
    engine = MediaEngine(config, events.append, now=utc_now)
    await engine.open_room("r1")
    made = Stage(engine, events)
    yield made
    await made.close()
