"""RTP and VP8 payload headers (RFC 3550, RFC 4588, RFC 7741), read with few objects."""

import struct
from dataclasses import dataclass

_FIXED = struct.Struct("!BBHII")
_ONE_BYTE_PROFILE = 0xBEDE
VIDEO_CLOCK = 90_000
AUDIO_CLOCK = 48_000


@dataclass(slots=True)
class Packet:
    """One RTP packet in the clear. `index` is the sequence number without its 16-bit limit."""

    payload_type: int
    marker: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    size: int
    abs_send_time: int | None = None
    index: int = 0
    arrival: float = 0.0
    data_at: int = 0
    starts_frame: bool = False
    starts_key_frame: bool = False


def parse(data: bytes, abs_send_time_id: int) -> Packet:
    """Read one packet; ValueError if it is cut short."""
    if len(data) < 12:
        raise ValueError("RTP packet too short")
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(data)
    start = 12 + 4 * (first & 15)
    send_time = None
    if first & 16:
        if len(data) < start + 4:
            raise ValueError("RTP extension cut short")
        profile = int.from_bytes(data[start : start + 2], "big")
        end = start + 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        if profile == _ONE_BYTE_PROFILE and abs_send_time_id:
            send_time = _abs_send_time(data, start + 4, min(end, len(data)), abs_send_time_id)
        start = end
    stop = len(data) - (data[-1] if first & 32 else 0)
    if start > stop:
        raise ValueError("RTP payload cut short")
    return Packet(
        second & 127,
        second >> 7,
        sequence,
        timestamp,
        ssrc,
        data[start:stop],
        len(data),
        send_time,
    )


def _abs_send_time(data: bytes, at: int, end: int, wanted: int) -> int | None:
    while at < end:
        head = data[at]
        if head == 0:
            at += 1
            continue
        length = (head & 15) + 1
        if head >> 4 == wanted and length == 3:
            return int.from_bytes(data[at + 1 : at + 4], "big")
        at += 1 + length
    return None


def build(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, marked_payload: tuple[int, bytes]
) -> bytes:
    """A packet with a bare 12-byte header; `marked_payload` is (marker bit, payload)."""
    marker, payload = marked_payload
    return (
        _FIXED.pack(
            0x80,
            (marker << 7) | payload_type,
            sequence & 0xFFFF,
            timestamp & 0xFFFFFFFF,
            ssrc,
        )
        + payload
    )


def unwrap(previous: int, value: int, bits: int) -> int:
    """The number nearest to `previous` whose low `bits` bits are `value` (signed step)."""
    span = 1 << bits
    step = (value - previous) & (span - 1)
    if step >= span >> 1:
        step -= span
    return previous + step


@dataclass(frozen=True, slots=True)
class Vp8Start:
    """Where the VP8 data of a payload begins; whether a frame, or a key frame, starts there."""

    offset: int
    frame_start: bool
    key_frame: bool


def vp8(payload: bytes) -> Vp8Start:
    """Read the VP8 payload descriptor; ValueError if it is cut short."""
    try:
        first = payload[0]
        at = 1
        if first & 0x80:
            extended = payload[1]
            at = 2
            if extended & 0x80:
                at += 2 if payload[2] & 0x80 else 1
            if extended & 0x40:
                at += 1
            if extended & 0x30:
                at += 1
        start = bool(first & 0x10) and not first & 0x0F
        return Vp8Start(at, start, start and not payload[at] & 1)
    except IndexError as error:
        raise ValueError("VP8 descriptor cut short") from error


def vp8_size(frame: bytes) -> tuple[int, int]:
    """Width and height in a VP8 key frame's header (RFC 6386 9.1); (0, 0) if it has none."""
    if len(frame) < 10 or frame[3:6] != b"\x9d\x01\x2a":
        return 0, 0
    width = int.from_bytes(frame[6:8], "little") & 0x3FFF
    height = int.from_bytes(frame[8:10], "little") & 0x3FFF
    return width, height
