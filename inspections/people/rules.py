"""How long ways in live and how often they may be tried; areas and hours of duty."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shapely import Point
from shapely import Polygon as Ring

ZONE = ZoneInfo("Asia/Shanghai")

LINK_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=60)  # a rectification may take weeks

SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_IN_PER_NAME = 5
# A whole bureau may sit behind one address: more room than per name, still no guessing machine.
SIGN_IN_PER_ADDRESS = 20

RESEND_WINDOW = timedelta(hours=1)
RESEND_LIMIT = 3

# (longitude, latitude) in WGS-84 degrees; the ring closes itself.
Place = tuple[float, float]
Polygon = tuple[Place, ...]

# Beyond this box a coordinate is a slip (swapped numbers, metres for degrees), not a place of ours.
LONGITUDES = (73.0, 136.0)
LATITUDES = (3.0, 54.0)

DAY_MINUTES = 24 * 60
MAX_ABSENCE = timedelta(days=366)


def too_many_attempts(*, for_name: int, for_address: int) -> bool:
    """Whether one more wrong try is one too many; the counts include the present try."""
    return for_name > SIGN_IN_PER_NAME or for_address > SIGN_IN_PER_ADDRESS


def is_place(longitude: float, latitude: float) -> bool:
    """Whether these are WGS-84 degrees within China's box."""
    return LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]


def polygon_of(points: Sequence[Sequence[float]]) -> Polygon:
    """The ring as stored: pairs of numbers, without a repeated last point."""
    ring = tuple((float(point[0]), float(point[1])) for point in points)
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def polygon_problem(ring: Polygon) -> str | None:
    """Why a ring cannot be an area, in Chinese, or None."""
    if len(set(ring)) < 3:
        return "片区边界至少要有 3 个不同的点"
    if not all(is_place(*point) for point in ring):
        return "片区边界有点不在我国范围内，请核对经度、纬度的先后"
    shape = Ring(ring)
    if not shape.is_valid or shape.area == 0:
        return "片区边界自己交叉了，请按顺序重画"
    return None


def in_area(polygons: Iterable[Polygon], longitude: float, latitude: float) -> bool:
    """Whether a WGS-84 place lies in one of the rings; the edge belongs to the area."""
    place = Point(longitude, latitude)
    return any(Ring(ring).covers(place) for ring in polygons)


def point_within(ring: Polygon) -> Place:
    """A place that surely lies inside the ring."""
    point = Ring(ring).representative_point()
    return point.x, point.y


def instant(day: date, minutes: int) -> datetime:
    """That many minutes after midnight in Beijing, in UTC; 1440 is the next midnight."""
    midnight = datetime.combine(day, time(), ZONE)
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The day it is in Beijing at that instant."""
    return at.astimezone(ZONE).date()


def is_held(valid_from: date, valid_until: date | None, day: date) -> bool:
    """Whether a skill counts on that local day; both ends count."""
    return valid_from <= day and (valid_until is None or day <= valid_until)


def hours_problem(starts: int, ends: int) -> str | None:
    """Why minutes of a day cannot be hours of duty, in Chinese, or None."""
    if 0 <= starts < ends <= DAY_MINUTES:
        return None
    return "上班时间要早于下班时间，且在同一天之内"


def break_problem(
    hours: tuple[int, int], earliest: int | None, latest: int | None, minutes: int
) -> str | None:
    """Why a range of break starts does not fit the hours of duty, in Chinese, or None."""
    if earliest is None and latest is None and minutes == 0:
        return None
    if earliest is None or latest is None or minutes <= 0:
        return "午休的最早开始、最晚开始和时长要一并填写"
    if not hours[0] <= earliest <= latest or latest + minutes > hours[1]:
        return "午休要落在上班时间之内，最早开始不晚于最晚开始"
    return None
