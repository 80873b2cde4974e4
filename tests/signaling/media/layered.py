"""A source in three temporal layers as packets, without a codec: numbers are all that matters."""

from signaling.media.rtp import Packet, describe

PATTERN = (0, 2, 1, 2)


def layered_packets(
    frames: int, *, first: int = 2_000, picture: int = 32_700, per_frame: int = 3, gop: int = 1000
) -> list[Packet]:
    """Pictures 0 2 1 2 …, every one of layer 1 and 2 a sync point, numbers close to their wrap."""
    out: list[Packet] = []
    tl0 = 250
    for number in range(frames):
        layer = PATTERN[number % 4]
        key = number % gop == 0
        tl0 += layer == 0
        for place in range(per_frame):
            identity = (picture + number) & 0x7FFF
            head = bytes((0x90 if place == 0 else 0x80, 0xE0))
            head += (0x8000 | identity).to_bytes(2, "big") + bytes((tl0 & 255, layer << 6 | 0x20))
            body = head + bytes((0x10 if key else 0x11,)) + number.to_bytes(4, "big") + bytes(20)
            index = first + len(out)
            last = int(place == per_frame - 1)
            packet = Packet(96, last, index & 0xFFFF, number * 3000, 7, body, len(body) + 12)
            packet.index, packet.arrival = index, 50.0 + number / 30
            describe(packet)
            out.append(packet)
    return out


def read_back(payload: bytes) -> Packet:
    """What the descriptor of a sent payload says."""
    packet = Packet(96, 0, 0, 0, 7, payload, len(payload))
    describe(packet)
    return packet
