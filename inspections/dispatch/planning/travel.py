"""How long the road takes: a plain default, and a table learned from who left and who arrived."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median, pstdev

Point = tuple[float, float]
"""Longitude, latitude in WGS-84 degrees."""

Cell = tuple[int, int]

DETOUR = 1.35
SPEED_M_PER_S = 26 / 3.6
PARKING_S = 180
EARTH_M = 6_371_008.8
CELL_DEGREES = 0.02
ENOUGH = 3
LONGEST_S = 3 * 3600


@dataclass(frozen=True, slots=True)
class Sample:
    """One trip made: `hour` is the local hour of departure."""

    origin: Point
    goal: Point
    hour: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """`error_s` is the spread of the trips it was learned from; None for the default."""

    seconds: int
    error_s: int | None = None
    samples: int = 0


@dataclass(frozen=True, slots=True)
class LearnedRow:
    origin: Cell
    goal: Cell
    hour: int
    seconds: int
    error_s: int
    default_s: int
    samples: int


def haversine(a: Point, b: Point) -> float:
    """Metres along the great circle."""
    east = math.radians(b[0] - a[0]) / 2
    north = math.radians(b[1] - a[1]) / 2
    inner = (
        math.sin(north) ** 2
        + math.cos(math.radians(a[1])) * math.cos(math.radians(b[1])) * math.sin(east) ** 2
    )
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(inner)))


def default(a: Point, b: Point) -> int:
    """Seconds by 1.35 × the straight line at 26 km/h and three minutes to park; 0 on the spot."""
    if a == b:
        return 0
    return round(haversine(a, b) * DETOUR / SPEED_M_PER_S) + PARKING_S


def cell(point: Point) -> Cell:
    return math.floor(point[0] / CELL_DEGREES), math.floor(point[1] / CELL_DEGREES)


@dataclass(frozen=True)
class Learned:
    """The median trip of each (cell, cell, hour) with at least three samples.

    A sample that no car could have made, or that took over three hours, is left out.
    """

    samples: Sequence[Sample]
    _table: Mapping[tuple[Cell, Cell, int], list[Sample]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table: dict[tuple[Cell, Cell, int], list[Sample]] = {}
        for one in self.samples:
            if _plausible(one):
                table.setdefault((cell(one.origin), cell(one.goal), one.hour), []).append(one)
        object.__setattr__(self, "_table", table)

    def lookup(self, a: Point, b: Point, hour: int) -> Estimate | None:
        found = self._table.get((cell(a), cell(b), hour), [])
        if a == b or len(found) < ENOUGH:
            return None
        # Trips inside one pair of cells differ in length: learn the ratio to the default.
        ratios = [one.seconds / default(one.origin, one.goal) for one in found]
        plain = default(a, b)
        return Estimate(round(median(ratios) * plain), round(pstdev(ratios) * plain), len(found))

    def rows(self) -> list[LearnedRow]:
        """The table as people read it."""
        made: list[LearnedRow] = []
        for (origin, goal, hour), found in sorted(self._table.items()):
            if len(found) < ENOUGH:
                continue
            taken = [one.seconds for one in found]
            plain = round(fmean(default(one.origin, one.goal) for one in found))
            made.append(
                LearnedRow(
                    origin,
                    goal,
                    hour,
                    round(median(taken)),
                    round(pstdev(taken)),
                    plain,
                    len(found),
                )
            )
        return made

    def error(self) -> tuple[float, float] | None:
        """Mean absolute error in seconds of (table, default), each trip told by the others alone;
        None before any row is learned."""
        by_table: list[float] = []
        by_default: list[float] = []
        for found in self._table.values():
            if len(found) <= ENOUGH:
                continue
            for index, one in enumerate(found):
                others = found[:index] + found[index + 1 :]
                ratio = median(
                    other.seconds / default(other.origin, other.goal) for other in others
                )
                plain = default(one.origin, one.goal)
                by_table.append(abs(ratio * plain - one.seconds))
                by_default.append(abs(plain - one.seconds))
        if not by_table:
            return None
        return fmean(by_table), fmean(by_default)


def _plausible(one: Sample) -> bool:
    fastest = haversine(one.origin, one.goal) / (120 / 3.6)
    return default(one.origin, one.goal) > 0 and fastest <= one.seconds <= LONGEST_S


def estimate(a: Point, b: Point, at: int, learned: Learned | None = None) -> Estimate:
    """Travel from a to b, leaving at local hour `at`: learned where enough is known."""
    known = learned.lookup(a, b, at) if learned else None
    return known or Estimate(default(a, b))


def matrix(points: Iterable[Point], at: int, learned: Learned | None = None) -> list[list[int]]:
    """Seconds between all points, for Day.durations."""
    places = list(points)
    return [[estimate(a, b, at, learned).seconds for b in places] for a in places]
