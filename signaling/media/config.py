"""What one node's engine is told at start."""

from dataclasses import dataclass
from pathlib import Path

from signaling.media.gaps import SILENCE


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server for the node's own side of a connection."""

    urls: str
    username: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Directories, limits and addresses of one media node; every span in its own unit."""

    storage: Path
    segment_seconds: float = 8.0
    host_addresses: tuple[str, ...] = ()  # empty: every address of the machine but loopback
    port_range: tuple[int, int] | None = None  # inclusive; None: any free UDP port
    free_space_floor_bytes: int = 512 * 1024 * 1024
    start_kbps: int = 2000
    max_kbps: int = 4000
    ice_servers: tuple[IceServer, ...] = ()  # empty on purpose: no public STUN by default
    max_publishers: int = 8
    weak_after_seconds: float = SILENCE
    lost_after_seconds: float = 6.0
    connect_within_seconds: float = 20.0
    fit_lines: bool = False
    """Thin weak viewers; feed arrival times back to publishers and lead weak ones from HD to voice.

    Judged by the kernel's arrival times: without them it stays off. A node that is kept from its
    cores sends its feedback late all the same, and a browser then leaves out pictures.
    """
