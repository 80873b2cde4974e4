"""From a sender's RTP timestamps to the node's wall clock."""

from dataclasses import dataclass
from typing import Final

from signaling.media.rtp import AUDIO_CLOCK, VIDEO_CLOCK, unwrap
from signaling.media.sink import Kind

JUMP_SECONDS: Final = 5.0
TRUSTED_SKEW: Final = 0.5
MOST_DRIFT: Final = 0.01
"""How much slower than the node's a sender's clock may run; what comes later than that was late."""
FRESH_REPORT: Final = 3.0


@dataclass(slots=True)
class _Track:
    clock_rate: int
    last: int | None = None  # timestamp without its 32-bit limit
    last_arrival: float = 0.0
    origin: float = 0.0  # seconds on the arrival clock at timestamp 0
    earliest: float | None = None  # least (arrival - timestamp) since the last re-anchoring
    aligned_at: float | None = None  # arrival of the latest frame then; None since a jump
    report: tuple[float, int] | None = None  # sender's clock in seconds, timestamp
    first_report: tuple[float, int] | None = None  # of those since the last re-anchoring


class Timeline:
    """One leg's clocks. Times are seconds on the arrival clock (monotonic, of this node).

    Inside a segment a track runs by its own timestamps alone. `align` re-anchors both tracks at a
    segment's start: by the sender's reports when both tracks have one that agrees with arrival
    within half a second, else by the least delayed packet. After a dark line pictures come seconds
    late, asked for again or waiting behind each other: an anchor never follows them further than
    clocks drift.
    """

    def __init__(self) -> None:
        self._tracks = {
            Kind.VIDEO: _Track(VIDEO_CLOCK),
            Kind.AUDIO: _Track(AUDIO_CLOCK),
        }

    def place(self, kind: Kind, timestamp: int, arrival: float) -> tuple[float, bool]:
        """When the frame was captured, and whether its timestamp jumped (was re-anchored)."""
        track = self._tracks[kind]
        rate, last, jumped = track.clock_rate, track.last, False
        if last is None:
            extended = timestamp
            track.origin = arrival - extended / rate
        else:
            extended = unwrap(last, timestamp, 32)
            step = (extended - last) / rate
            if step <= 0 or abs(step - (arrival - track.last_arrival)) > JUMP_SECONDS:
                jumped = True
                track.origin = arrival - extended / rate
                track.earliest = track.aligned_at = None
                track.report = track.first_report = None
        track.last, track.last_arrival = extended, arrival
        since_zero = extended / rate
        delay = arrival - since_zero
        if track.earliest is None or delay < track.earliest:
            track.earliest = delay
        return track.origin + since_zero, jumped

    def note_report(self, kind: Kind, ntp: int, timestamp: int) -> None:
        """A sender report ties a timestamp to the sender's clock (RFC 3550 6.4.1)."""
        track = self._tracks[kind]
        if track.last is not None and ntp:
            track.report = (ntp / (1 << 32), unwrap(track.last, timestamp, 32))
            track.first_report = track.first_report or track.report

    def current(self, kind: Kind) -> float:
        """When the latest placed frame of a kind was captured, by the present anchors."""
        track = self._tracks[kind]
        return track.origin + (track.last or 0) / track.clock_rate

    def align(self) -> dict[Kind, float]:
        """Re-anchor both tracks, between segments only; how far each moved, in seconds."""
        found = {kind: _anchor(track) for kind, track in self._tracks.items()}
        known = {kind: anchor for kind, anchor in found.items() if anchor is not None}
        origins = self._by_reports(known) or known
        shifts: dict[Kind, float] = {}
        for kind, origin in origins.items():
            track = self._tracks[kind]
            shifts[kind] = origin - track.origin
            track.origin, track.aligned_at = origin, track.last_arrival
            track.earliest = None
        for track in self._tracks.values():
            track.first_report = track.report
        return shifts

    def sender_drift(self) -> float | None:
        """Seconds of the sender's clock beyond those of its media, since the last re-anchoring.

        None when no reports tell: two of a track, the later one from near its end.
        """
        found = [_sender_drift(track) for track in self._tracks.values()]
        return max((one for one in found if one is not None), key=abs, default=None)

    def _by_reports(self, known: dict[Kind, float]) -> dict[Kind, float]:
        """The same anchors, held together by the sender's own clock; none if it is not believed."""
        senders = {
            kind: track.report[0] - track.report[1] / track.clock_rate
            for kind, track in self._tracks.items()
            if kind in known and track.report is not None
        }
        if len(senders) < 2:
            return {}
        delay = min(known[k] - senders[k] for k in senders)
        found = {kind: origin + delay for kind, origin in senders.items()}
        return found if all(abs(found[k] - known[k]) <= TRUSTED_SKEW for k in known) else {}


def _anchor(track: _Track) -> float | None:
    if track.earliest is None or track.aligned_at is None:
        return track.earliest
    return min(track.earliest, track.origin + MOST_DRIFT * (track.last_arrival - track.aligned_at))


def _sender_drift(track: _Track) -> float | None:
    first, latest = track.first_report, track.report
    if first is None or latest is None or first == latest or track.last is None:
        return None
    if (track.last - latest[1]) / track.clock_rate > FRESH_REPORT:
        return None
    return latest[0] - first[0] - (latest[1] - first[1]) / track.clock_rate
