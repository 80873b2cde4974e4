"""Pure decisions of dispatch: the grid, the geofence, the code, who shows what."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from inspections.bookings.rules import CELL, ZONE
from inspections.dispatch.states import ArrivalMethod, VisitKind

Point = tuple[float, float]  # longitude, latitude; WGS-84 degrees

PRIORITIES: Final = (20, 60, 100)
MINUTES: Final = (5, 480)
GEOFENCE_M: Final = 200.0
# A reported accuracy beyond this says nothing about where the phone is.
WORST_ACCURACY_M: Final = 500.0
WINDOW: Final = timedelta(hours=1)
ALTERNATIVES: Final = 3
# Nobody leaves the moment a plan is asked for: it is read, published, accepted.
TO_PUBLISH: Final = timedelta(minutes=15)
# And a caller's visit waits for the next plan.
TO_ANSWER: Final = timedelta(minutes=30)
# How far ahead another time is looked for on the telephone.
AGREE_DAYS: Final = 5
# A promise nearer than this does not wait for the next plan: somebody is asked at once.
AT_ONCE: Final = timedelta(hours=2)
# Nobody who has no order yet stands at a door sooner than this.
TO_LEAVE: Final = timedelta(minutes=20)
SHORTEST_WINDOW: Final = timedelta(minutes=30)
# Sentences of the move check that a dispatcher may overrule: lunch later, a neighbour's area, km.
ADVISORY: Final = frozenset({"BREAK", "AREA", "TRAVEL", "WINDOW"})
# A pair of 出发 and 到达 outside of this was not a drive but a forgotten tap.
SAMPLE_SECONDS: Final = (60, 2 * 3600)
# Whose work can be done over a call with the applicant at the place: an inspection's.
BY_VIDEO: Final = frozenset({VisitKind.INSPECTION.value, VisitKind.RECTIFICATION.value})
# The reason a visit is given up with when a call takes its place.
VIDEO: Final = "VIDEO"
# A trip longer than this each way is worth a question whether a video call would do.
FAR_SECONDS: Final = 25 * 60

_EARTH_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Report:
    """What the phone said on arrival; everything but the proof may be missing."""

    code: str = ""
    qr: str = ""
    photo_sha256: str = ""
    place: Point | None = None
    accuracy_m: float | None = None
    place_denied: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an arrival was proven; `distance_m` is None where the phone said no place."""

    method: ArrivalMethod
    distance_m: int | None
    accuracy_m: int | None
    place_denied: bool
    near: bool | None

    def to_json(self) -> dict[str, object]:
        return {
            "method": self.method.value,
            "distance_m": self.distance_m,
            "accuracy_m": self.accuracy_m,
            "place_denied": self.place_denied,
            "near": self.near,
        }


def on_grid(minutes: int) -> int:
    """Minutes rounded up to whole cells of the occupancy table."""
    cell = int(CELL.total_seconds()) // 60
    return -(-minutes // cell) * cell


def grid_up(at: datetime) -> datetime:
    """The first instant of the grid that is not before `at`."""
    over = (at - datetime(1970, 1, 1, tzinfo=UTC)) % CELL
    return at if not over else at + (CELL - over)


def is_on_grid(at: datetime) -> bool:
    return grid_up(at) == at


def midnight(day: date) -> datetime:
    """The beginning of a local day, as an instant."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def distance_m(here: Point, there: Point) -> float:
    """Metres along the great circle."""
    (lng1, lat1), (lng2, lat2) = here, there
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lng2 - lng1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def allowed_m(accuracy_m: float | None) -> float:
    """How far off a phone may say it is: the fence and its own accuracy, within reason."""
    return GEOFENCE_M + min(accuracy_m or 0.0, WORST_ACCURACY_M)


def method_of(report: Report) -> ArrivalMethod | None:
    """The strongest proof shown, or None."""
    if report.code:
        return ArrivalMethod.CODE
    if report.qr:
        return ArrivalMethod.QR
    return ArrivalMethod.PHOTO if report.photo_sha256 else None


def qr_text(order_id: str, code: str) -> str:
    """What the applicant's page draws as a QR code."""
    return f"FSV1:{order_id}:{code}"


def code_head(code: str) -> str:
    """The half of the code the delegate's phone shows at the door: the applicant compares it,
    then reads the other half out. Each proves something to the other."""
    return code[:3]


def label_of(since: datetime, until: datetime, now: datetime) -> str:
    """「今天 14:00–15:00」, 「明天 9:00–10:00」."""
    local, end = since.astimezone(ZONE), until.astimezone(ZONE)
    days = (local.date() - local_day(now)).days
    near: Mapping[int, str] = {0: "今天", 1: "明天", 2: "后天"}
    weekday = "一二三四五六日"[local.weekday()]
    day = near.get(days) or f"{local.month}月{local.day}日 周{weekday}"
    return f"{day} {local.hour}:{local.minute:02d}–{end.hour}:{end.minute:02d}"


def video_instead(
    title: str, seconds_there: int, *, to_be_waited_for: bool
) -> tuple[float, str] | None:
    """Hours saved by a video call instead of the trip, with the sentence to say; None where the
    trip is short and somebody can make it."""
    if not to_be_waited_for and seconds_there <= FAR_SECONDS:
        return None
    hours = round(2 * seconds_there / 3600, 1)
    why = "目前排不进上门" if to_be_waited_for else f"单程约 {round(seconds_there / 60)} 分钟"
    return hours, f"「{title}」可以改为视频办理：{why}，改视频可省往返 {hours} 小时。"
