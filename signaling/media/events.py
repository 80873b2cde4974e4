"""What the engine reports. Frozen, in the order it happened, on the event loop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

RECORDING = "RECORDING"
"""Member id of the recorder: a visible member of every open room."""
TIME_TOLERANCE_MS = 1500
"""A first packet that had to be asked for again arrives up to a second late."""


class Role(StrEnum):
    """What a peer connection is for."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"


class LostReason(StrEnum):
    """Why a peer is gone."""

    NO_PACKETS = "no_packets"
    CLOSED = "closed"
    NOT_CONNECTED = "not_connected"
    FAILED = "failed"
    REPLACED = "replaced"


class GapCause(StrEnum):
    """Why a stretch, or some frames, of a source are not in its segments."""

    BEFORE_KEY_FRAME = "before_key_frame"
    PACKET_LOSS = "packet_loss"
    LATE = "late"
    RECONNECT = "reconnect"
    PEER_LOST = "peer_lost"
    TRACK_SILENT = "track_silent"
    DISK_FULL = "disk_full"
    WRITE_FAILED = "write_failed"
    BACKLOG = "backlog"
    CRASH = "crash"


class AlarmCause(StrEnum):
    """What staff must hear of while the call goes on."""

    DISK_FULL = "disk_full"
    TRACK_SILENT = "track_silent"
    WRITE_FAILED = "write_failed"


class UplinkLevel(StrEnum):
    """What a publisher's line carries, best first."""

    HD = "HD"
    SD = "SD"
    VOICE_STILLS = "VOICE_STILLS"


class ViewLevel(StrEnum):
    """What one viewer is sent of its source, best first: all, half, a quarter of the pictures."""

    FULL = "FULL"
    HALF = "HALF"
    QUARTER = "QUARTER"
    VOICE = "VOICE"


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """Keys are agreed and packets may flow."""

    room: str
    member: str
    peer: str
    role: Role
    source: str


@dataclass(frozen=True, slots=True)
class PeerWeak:
    """No packet for the warning span."""

    room: str
    member: str
    peer: str
    silent_seconds: float


@dataclass(frozen=True, slots=True)
class PeerRecovered:
    """Packets again after a warning."""

    room: str
    member: str
    peer: str


@dataclass(frozen=True, slots=True)
class PeerLost:
    """The peer connection is over; the member may come back with a new peer id."""

    room: str
    member: str
    peer: str
    reason: LostReason


@dataclass(frozen=True, slots=True)
class PublisherLevel:
    """A publisher shall send this from now on: its line bears no more, or bears more again."""

    room: str
    member: str
    peer: str
    level: UplinkLevel
    recovered: bool


@dataclass(frozen=True, slots=True)
class ViewerLevel:
    """A viewer is sent this much of its source from now on; nobody else is touched."""

    room: str
    member: str
    peer: str
    source: str
    level: ViewLevel
    recovered: bool


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The first frame of a source's peer went into a segment."""

    room: str
    source: str
    peer: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentClosed:
    """A segment lies on disk for good: synced, hashed, renamed.

    Times are aware UTC on the node's wall clock; a presentation time t in the file is
    `started_at` + t. RTP timestamps are the sender's, 32 bits, None where the kind is absent.
    `span_ms` is how long it took to come, lateness of single frames apart; None if not known.
    """

    room: str
    source: str
    peer: str
    number: int
    path: Path
    sha256: str
    size_bytes: int
    started_at: datetime
    ended_at: datetime
    media_ms: int
    video_frames: int
    audio_frames: int
    width: int
    height: int
    first_video_rtp: int | None
    last_video_rtp: int | None
    first_audio_rtp: int | None
    last_audio_rtp: int | None
    salvaged: bool
    span_ms: int | None = None

    @property
    def time_differs(self) -> bool:
        """Whether what it plays is not as long as what it was recorded from took."""
        return self.span_ms is not None and abs(self.media_ms - self.span_ms) > TIME_TOLERANCE_MS


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A named hole: `frames` were received and are in no segment, or nothing came at all (0)."""

    room: str
    source: str
    started_at: datetime
    ended_at: datetime
    cause: GapCause
    frames: int
    kind: str  # "video", "audio" or "" for both


@dataclass(frozen=True, slots=True)
class RecordingAlarm:
    """The recording is in danger; said once until it is well again."""

    room: str
    source: str
    cause: AlarmCause
    kind: str


MediaEvent = (
    PeerConnected
    | PeerWeak
    | PeerRecovered
    | PeerLost
    | PublisherLevel
    | ViewerLevel
    | RecordingStarted
    | SegmentClosed
    | RecordingGap
    | RecordingAlarm
)


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """One source's books at the end: received == recorded + in named gaps when balanced."""

    source: str
    frames_received: int
    frames_recorded: int
    frames_in_gaps: int
    segments: tuple[SegmentClosed, ...]
    gaps: tuple[RecordingGap, ...]

    @property
    def balanced(self) -> bool:
        return self.frames_received == self.frames_recorded + self.frames_in_gaps


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """What a room's recording came to."""

    room: str
    sources: tuple[SourceSummary, ...]


@dataclass(frozen=True, slots=True)
class PeerStats:
    """One peer connection as it is now; None where unknown."""

    peer: str
    member: str
    source: str
    role: Role
    connected: bool
    width: int
    height: int
    fps: float
    kbps: float
    packets: int
    packets_lost: int
    packets_dropped: int
    rtt_ms: float | None
    last_packet_age_ms: float | None
    frames_received: int
    frames_recorded: int
    level: str = ""  # UplinkLevel of a publisher, ViewLevel of a viewer


@dataclass(frozen=True, slots=True)
class RoomStats:
    """Members (RECORDING among them) and peers of one room."""

    room: str
    members: tuple[str, ...]
    peers: tuple[PeerStats, ...]
