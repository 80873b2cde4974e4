"""Travel between the places of a day, worked out when asked for and then kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import overload
from uuid import UUID

from fieldsvc.kernel import clock
from inspections.bookings.rules import ZONE
from inspections.dispatch.models import TravelSample
from inspections.dispatch.planning import travel
from inspections.dispatch.planning.travel import Learned, Point, Sample

# Older trips say little about today's roadworks, and more rows only cost time.
MEMORY = timedelta(days=90)
MOST_SAMPLES = 3000
GRAIN = 300


def learned(bureau_id: UUID) -> Learned:
    """The bureau's trips of the last ninety days, newest first where there are too many."""
    rows = TravelSample.objects.filter(
        bureau_id=bureau_id, departed_at__gte=clock.now() - MEMORY
    ).order_by("-departed_at")[:MOST_SAMPLES]
    return Learned(
        [
            Sample(
                (one.from_longitude, one.from_latitude),
                (one.to_longitude, one.to_latitude),
                one.departed_at.astimezone(ZONE).hour,
                one.seconds,
            )
            for one in rows
        ]
    )


class Road(Sequence[int]):
    """The ways from one place, in whole cells of five minutes: the slack is the stairs."""

    def __init__(self, roads: "Roads", origin: int) -> None:
        self._roads = roads
        self._origin = origin
        self._known: dict[int, int] = {}

    @overload
    def __getitem__(self, goal: int) -> int: ...
    @overload
    def __getitem__(self, goal: slice) -> Sequence[int]: ...
    def __getitem__(self, goal: int | slice) -> int | Sequence[int]:
        if isinstance(goal, slice):
            return [self[index] for index in range(*goal.indices(len(self)))]
        if goal >= len(self):
            raise IndexError(goal)
        seconds = self._known.get(goal)
        if seconds is None:
            seconds = -(-self._roads.seconds(self._origin, goal) // GRAIN) * GRAIN
            self._known[goal] = seconds
        return seconds

    def __len__(self) -> int:
        return len(self._roads)


class Roads(Sequence[Road]):
    """`roads[i][j]`: seconds from place i to place j, on the grid; `seconds(i, j)` as estimated.

    `hours[j]` is the local hour in which somebody will most likely be on the way to j.
    """

    def __init__(self, places: Sequence[Point], hours: Sequence[int], known: Learned) -> None:
        self._places = places
        self._hours = hours
        self._known = known
        self._rows = [Road(self, index) for index in range(len(places))]

    @overload
    def __getitem__(self, origin: int) -> Road: ...
    @overload
    def __getitem__(self, origin: slice) -> Sequence[Road]: ...
    def __getitem__(self, origin: int | slice) -> Road | Sequence[Road]:
        return self._rows[origin]

    def __len__(self) -> int:
        return len(self._places)

    def seconds(self, origin: int, goal: int) -> int:
        start, end = self._places[origin], self._places[goal]
        return travel.estimate(start, end, self._hours[goal], self._known).seconds
