from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.product import Cluster, Embedded, Topology


@pytest.fixture(scope="session")
def props(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the phone films; made once for both."""
    return tmp_path_factory.mktemp("props")


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
