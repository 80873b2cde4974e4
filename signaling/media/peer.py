"""One peer connection of a member, from offer to farewell."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiortc import RTCPeerConnection

from signaling.media.config import EngineConfig
from signaling.media.events import LostReason, PeerStats, Role
from signaling.media.forward import Viewer
from signaling.media.ingress import Publisher
from signaling.media.sink import Kind
from signaling.media.wire import Wire

IDLE_WEAK_SECONDS = 4.0
"""With no media to send, a browser still checks the path every 2.5 s."""


@dataclass(slots=True)
class _Flow:
    """What passes through a peer connection; `rtt` in seconds."""

    width: int = 0
    height: int = 0
    fps: float = 0.0
    kbps: float = 0.0
    packets: int = 0
    lost: int = 0
    dropped: int = 0
    rtt: float | None = None


@dataclass(slots=True)
class Peer:
    """State of one peer connection; the room decides, this only knows."""

    room: str
    member: str
    peer: str
    source: str
    role: Role
    pc: RTCPeerConnection
    tap: Publisher | Viewer
    wire: Wire
    created: float
    connected: bool = False
    weak: bool = False
    gone: LostReason | None = None
    _rates: list[tuple[float, int]] = field(default_factory=list)

    def watch(self, on_change: Callable[["Peer", str], None]) -> None:
        """Report every change of the connection's state."""

        def changed() -> None:
            on_change(self, self.pc.connectionState)

        self.pc.on("connectionstatechange", changed)

    def silent_seconds(self, mono: float) -> float:
        last = self.tap.last_packet
        return mono - (last if last is not None else self.created)

    def weak_after(self, config: EngineConfig, mono: float) -> float:
        """The warning span: shorter while media was flowing a moment ago."""
        if isinstance(self.tap, Publisher):
            ages = [self.tap.media_age(kind, mono) for kind in self.tap.kinds]
            fresh = [age for age in ages if age is not None]
            if fresh and min(fresh) < IDLE_WEAK_SECONDS:
                return config.weak_after_seconds
        return max(IDLE_WEAK_SECONDS, config.weak_after_seconds)

    def stats(self, mono: float, frames_received: int, frames_recorded: int) -> PeerStats:
        """The figures of this moment; rates over the last calls."""
        tap = self.tap
        flow = self._received(tap, mono) if isinstance(tap, Publisher) else self._sent(tap, mono)
        return PeerStats(
            peer=self.peer,
            member=self.member,
            source=self.source,
            role=self.role,
            connected=self.connected,
            width=flow.width,
            height=flow.height,
            fps=round(flow.fps, 1),
            kbps=round(flow.kbps, 1),
            packets=flow.packets,
            packets_lost=flow.lost,
            packets_dropped=flow.dropped,
            rtt_ms=flow.rtt * 1000 if flow.rtt is not None else None,
            last_packet_age_ms=(
                (mono - tap.last_packet) * 1000 if tap.last_packet is not None else None
            ),
            frames_received=frames_received,
            frames_recorded=frames_recorded,
            level=tap.level,
        )

    def _received(self, tap: Publisher, mono: float) -> _Flow:
        width, height, frames = tap.picture()
        flow = _Flow(width, height)
        for kind in tap.kinds:
            reception = tap.reception(kind)
            if reception is None:
                continue
            rate, bits = reception.rates(mono, frames if kind is Kind.VIDEO else 0)
            flow.fps = rate if kind is Kind.VIDEO else flow.fps
            flow.kbps += bits
            flow.lost += reception.lost
            flow.packets += reception.received
        return flow

    def _sent(self, tap: Viewer, mono: float) -> _Flow:
        return _Flow(
            kbps=self._send_rate(mono, tap.octets),
            packets=tap.packets,
            lost=tap.packets_lost,
            dropped=tap.packets_dropped,
            rtt=tap.rtt,
        )

    def _send_rate(self, mono: float, octets: int) -> float:
        self._rates.append((mono, octets))
        del self._rates[:-4]
        then, before = self._rates[0]
        return (octets - before) * 8 / 1000 / (mono - then) if mono > then else 0.0
