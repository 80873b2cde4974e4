"""Several calls at once on one product, made once and mended for whoever needs them next."""

import time
from dataclasses import dataclass, field

from tests.faults import media
from tests.faults.line import Line
from tests.faults.radio import Radio
from tests.signaling.media.peers import NumberedCamera
from tests.support.product import Cluster

FPS = 10


@dataclass
class Hall:
    """Every call has three sockets: 李申请's, 王勘验's and 陈勘验's."""

    product: Cluster
    made: list[media.Call] = field(default_factory=list)

    async def calls(self, count: int) -> list[media.Call]:
        """So many calls with everybody at an open socket."""
        while len(self.made) < count:
            number = f"KY-HALL-{time.time_ns() // 1000}"
            call = await media.arrange(self.product, number)
            # Several cameras are encoded in this one process: ten pictures a second each.
            call.camera = NumberedCamera(fps=FPS)
            self.made.append(call)
        for call in self.made[:count]:
            await call.mend()
        return self.made[:count]

    async def close(self) -> None:
        for call in self.made:
            await call.close()


@dataclass
class Site:
    """The running product, and a phone's line to it where one could be built."""

    product: Cluster
    radio: Radio | None
    no_radio: str = ""

    def __post_init__(self) -> None:
        self.hall = Hall(self.product)

    def line(self) -> Radio:
        """The line; raises what was missing for it."""
        if self.radio is None:
            raise RuntimeError(self.no_radio)
        return self.radio


def lines(calls: list[media.Call]) -> list[Line]:
    return [line for call in calls for line in call.lines]
