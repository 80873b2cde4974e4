from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.product import Cluster, Embedded, Topology


@pytest.fixture(params=["embedded", "cluster"])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Topology]:
    """The running product in both shapes, so that nothing is built for one process only."""
    folder = tmp_path / "product"
    running: Topology = Embedded(folder) if request.param == "embedded" else Cluster(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()
