"""RTP and VP8 payload headers (RFC 3550, RFC 4588, RFC 7741), read with few objects."""

import struct
from typing import Final

_FIXED: Final = struct.Struct("!BBHII")
_unpack: Final = _FIXED.unpack_from
_pack: Final = _FIXED.pack
VIDEO_CLOCK: Final = 90_000
AUDIO_CLOCK: Final = 48_000


class Packet:
    """One RTP packet in the clear. `index` is the sequence number without its 16-bit limit.

    -1 stands for what the packet does not say: `extension` is the value of the one header
    extension that was asked for, `layer` the temporal layer, `picture` a 15-bit picture id.
    """

    __slots__ = (
        "arrival",
        "data_at",
        "extension",
        "index",
        "layer",
        "layer_sync",
        "marker",
        "payload",
        "payload_type",
        "picture",
        "sequence",
        "size",
        "ssrc",
        "starts_frame",
        "starts_key_frame",
        "timestamp",
        "tl0",
    )

    def __init__(  # noqa: PLR0913  what the header says, read once
        self,
        payload_type: int,
        marker: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        payload: bytes,
        size: int,
        extension: int = -1,
    ) -> None:
        self.payload_type = payload_type
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload = payload
        self.size = size
        self.extension = extension
        self.index = 0
        self.arrival = 0.0
        self.data_at = 0
        self.starts_frame = False
        self.starts_key_frame = False
        self.layer = -1
        self.layer_sync = False
        self.picture = -1
        self.tl0 = -1


def parse(data: bytes, extension_id: int) -> Packet:
    """Read one packet and the one extension of interest; ValueError if it is cut short."""
    size = len(data)
    if size < 12:
        raise ValueError("RTP packet too short")
    first, second, sequence, timestamp, ssrc = _unpack(data)
    start = 12
    extension = -1
    if first & 0x3F:  # padding, extension or contributors
        start += 4 * (first & 15)
        stop = size - (data[-1] if first & 32 else 0)
        if first & 16:
            if size < start + 4:
                raise ValueError("RTP extension cut short")
            end = start + 4 + 4 * (data[start + 2] << 8 | data[start + 3])
            if extension_id and data[start] == 0xBE and data[start + 1] == 0xDE:
                extension = _extension(data, start + 4, min(end, size), extension_id)
            start = end
        if start > stop:
            raise ValueError("RTP payload cut short")
        payload = data[start:stop]
    else:
        payload = data[12:]
    return Packet(second & 127, second >> 7, sequence, timestamp, ssrc, payload, size, extension)


def extension_of(data: bytes, wanted: int) -> int:
    """The value of one header extension of a packet that was parsed before; -1 if it has none."""
    if not data[0] & 16:
        return -1
    start = 12 + 4 * (data[0] & 15)
    if data[start] != 0xBE or data[start + 1] != 0xDE:
        return -1
    end = start + 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    return _extension(data, start + 4, min(end, len(data)), wanted)


def _extension(data: bytes, at: int, end: int, wanted: int) -> int:
    """The value of a one-byte-header extension element (RFC 8285 4.2)."""
    if at + 2 < end and data[at] == wanted << 4 | 1:  # two bytes, and the first: most are that
        return data[at + 1] << 8 | data[at + 2]
    while at < end:
        head = data[at]
        if head == 0:
            at += 1
            continue
        length = (head & 15) + 1
        if head >> 4 == wanted:
            return int.from_bytes(data[at + 1 : at + 1 + length], "big")
        at += 1 + length
    return -1


def header(payload_type: int, marker: int, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """A bare 12-byte header."""
    return _pack(
        0x80, (marker << 7) | payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc
    )


def unwrap(previous: int, value: int, bits: int) -> int:
    """The number nearest to `previous` whose low `bits` bits are `value` (signed step)."""
    span = 1 << bits
    step = (value - previous) & (span - 1)
    if step >= span >> 1:
        step -= span
    return previous + step


def describe(packet: Packet) -> None:
    """Read the VP8 payload descriptor into the packet; ValueError if it is cut short."""
    payload = packet.payload
    try:
        first = payload[0]
        at = 1
        if first & 0x80:
            extended = payload[1]
            at = 2
            if extended & 0x80:
                if payload[2] & 0x80:
                    packet.picture = (payload[2] & 0x7F) << 8 | payload[3]
                    at = 4
                else:
                    at = 3
            if extended & 0x40:
                packet.tl0 = payload[at]
                at += 1
            if extended & 0x30:
                if extended & 0x20:
                    packet.layer = payload[at] >> 6
                    packet.layer_sync = bool(payload[at] & 0x20)
                at += 1
        packet.data_at = at
        if first & 0x1F == 0x10:
            packet.starts_frame = True
            packet.starts_key_frame = not payload[at] & 1
    except IndexError as error:
        raise ValueError("VP8 descriptor cut short") from error


def descriptor(packet: Packet, picture: int, tl0: int) -> bytes:
    """The packet's VP8 descriptor with another picture id, and tl0 index where it has one."""
    payload = packet.payload
    head = payload[:2] + (0x8000 | picture & 0x7FFF).to_bytes(2, "big")
    if packet.tl0 < 0:
        return head + payload[4 : packet.data_at]
    return head + bytes((tl0 & 0xFF,)) + payload[5 : packet.data_at]


def vp8_size(frame: bytes) -> tuple[int, int]:
    """Width and height in a VP8 key frame's header (RFC 6386 9.1); (0, 0) if it has none."""
    if len(frame) < 10 or frame[3:6] != b"\x9d\x01\x2a":
        return 0, 0
    width = int.from_bytes(frame[6:8], "little") & 0x3FFF
    height = int.from_bytes(frame[8:10], "little") & 0x3FFF
    return width, height
