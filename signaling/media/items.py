"""What goes into the recording thread, and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from signaling.media.assemble import Frame, Loss
from signaling.media.events import GapCause, MediaEvent
from signaling.media.sink import Kind
from signaling.media.space import FreeSpace


@dataclass(frozen=True, slots=True)
class LegStart:
    """A new peer connection, or SSRC, carries the source."""

    peer: str
    kinds: frozenset[Kind]
    leg: int = 0  # number of its raw journal; 0: it has none


@dataclass(frozen=True, slots=True)
class LegEnd:
    """No more frames of this leg; `cause` names the hole until the next one, None if wanted."""

    cause: GapCause | None


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report."""

    kind: Kind
    ntp: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time goes on; also checks the free space."""

    at: float


Item = Frame | Loss | LegStart | LegEnd | Report | Tick


@dataclass(slots=True)
class Outcome:
    """What came of a batch."""

    events: list[MediaEvent] = field(default_factory=list)
    wants_key_frame: bool = False
    recorded: int = 0
    in_gaps: int = 0
    written: dict[Kind, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose recording this is, where it goes and by which rules."""

    room: str
    source: str
    directory: Path
    segment_seconds: float
    floor_bytes: int
    wall: Callable[[float], datetime]
    space: FreeSpace = field(default_factory=FreeSpace)
