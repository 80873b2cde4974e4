"""What a publisher must hear to find the rate its line bears: arrival times, or an estimate.

Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) leaves the estimating
to the browser and costs a few microseconds a packet; the estimate of our own (goog-remb) is for
those who do not offer it.
"""

import struct
from typing import Final, Protocol

from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci

from signaling.media.arrivals import Arrivals
from signaling.media.rtp import Packet

FEEDBACK_EVERY: Final = 0.095
MOST_STATUSES: Final = 400
_TICK: Final = 4000  # a second in steps of 250 µs
_REFERENCE: Final = 256  # steps in the 64 ms of a reference time
_LOST, _SMALL, _LARGE = 0, 1, 2
_HEAD: Final = struct.Struct("!BBHIIHH")


class Bandwidth(Protocol):
    """Takes note of every packet that carries the negotiated extension."""

    def add(self, packet: Packet) -> None: ...
    def due(self, mono: float) -> list[bytes]: ...

    @property
    def counted(self) -> tuple[int, int] | None:
        """Packets that the line should have brought so far, and those it did not; if known."""
        ...


class TransportFeedback(Bandwidth):
    """Arrival times of all packets, sent back ten times a second."""

    def __init__(self, own_ssrc: int) -> None:
        self.media_ssrc = 0
        self._own_ssrc = own_ssrc
        self._arrivals = Arrivals()
        self._count = 0
        self._sent_at = 0.0

    @property
    def counted(self) -> tuple[int, int] | None:
        return self._arrivals.expected, self._arrivals.lost

    def add(self, packet: Packet) -> None:
        self._arrivals.add(packet.extension & 0xFFFF, packet.arrival)
        self.media_ssrc = packet.ssrc

    def due(self, mono: float) -> list[bytes]:
        if not self._arrivals or mono - self._sent_at < FEEDBACK_EVERY:
            return []
        self._sent_at = mono
        out = []
        for stretch in self._arrivals.take():
            ticks = [None if at is None else int(at * _TICK) for at in stretch.came]
            for start in range(0, len(ticks), MOST_STATUSES):
                part = ticks[start : start + MOST_STATUSES]
                if any(tick is not None for tick in part):
                    out.append(self._message(stretch.base + start, part))
        return out

    def _message(self, base: int, ticks: list[int | None]) -> bytes:
        first = next(t for t in ticks if t is not None)
        reference = previous = first // _REFERENCE * _REFERENCE
        statuses, deltas = [], bytearray()
        for tick in ticks:
            if tick is None:
                statuses.append(_LOST)
                continue
            step, previous = tick - previous, tick
            if 0 <= step <= 255:
                statuses.append(_SMALL)
                deltas.append(step)
            else:
                statuses.append(_LARGE)
                deltas += max(-32768, min(32767, step)).to_bytes(2, "big", signed=True)
        body = (reference // _REFERENCE & 0xFFFFFF).to_bytes(3, "big")
        body += bytes((self._count & 0xFF,)) + _chunks(statuses) + deltas
        self._count += 1
        padding = -len(body) % 4
        if padding:
            body += bytes(padding - 1) + bytes((padding,))
        first_byte = 0xAF if padding else 0x8F
        words = (_HEAD.size + len(body)) // 4 - 1
        return (
            _HEAD.pack(
                first_byte, 205, words, self._own_ssrc, self.media_ssrc, base & 0xFFFF, len(ticks)
            )
            + body
        )


def _chunks(statuses: list[int]) -> bytes:
    """Run lengths where they pay, vectors of seven two-bit symbols elsewhere."""
    out, at, count = bytearray(), 0, len(statuses)
    while at < count:
        symbol, run = statuses[at], 1
        while at + run < count and statuses[at + run] == symbol:
            run += 1
        if run >= 7 or at + run == count:
            out += (symbol << 13 | run).to_bytes(2, "big")
            at += run
            continue
        vector = 0xC000
        for place, status in enumerate(statuses[at : at + 7]):
            vector |= status << (12 - 2 * place)
        out += vector.to_bytes(2, "big")
        at += 7
    return bytes(out)


class BitrateFeedback(Bandwidth):
    """An estimate of our own from abs-send-time."""

    def __init__(self, own_ssrc: int) -> None:
        self._own_ssrc = own_ssrc
        self._estimator = RemoteBitrateEstimator()
        self._due: list[bytes] = []

    def add(self, packet: Packet) -> None:
        remb = self._estimator.add(
            arrival_time_ms=int(packet.arrival * 1000),
            abs_send_time=packet.extension & 0xFFFFFF,
            payload_size=len(packet.payload),
            ssrc=packet.ssrc,
        )
        if remb is not None:
            message = RtcpPsfbPacket(
                fmt=RTCP_PSFB_APP, ssrc=self._own_ssrc, media_ssrc=0, fci=pack_remb_fci(*remb)
            )
            self._due = [bytes(message)]

    @property
    def counted(self) -> tuple[int, int] | None:
        return None

    def due(self, mono: float) -> list[bytes]:
        due, self._due = self._due, []
        return due
