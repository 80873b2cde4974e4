"""Encoded frames without a network: VP8 pictures with a numbered strip, Opus tones."""

import math
from array import array
from fractions import Fraction
from functools import cache

import av
from PIL import Image

from signaling.media.assemble import Frame
from signaling.media.rtp import Packet
from signaling.media.sink import Kind
from tests.support.footage import draw_strip

FPS = 30


class _Pictures:
    """One endless film; every test takes its beginning, so it is encoded once."""

    def __init__(self, size: tuple[int, int], gop: int) -> None:
        encoder = av.CodecContext.create("libvpx", "w")
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.width, encoder.height = size
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = Fraction(1, FPS)
        encoder.bit_rate = 500_000
        encoder.gop_size = gop
        encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        self._encoder, self._size, self._gop = encoder, size, gop
        self._made: list[bytes] = []
        self._drawn = 0

    def first(self, count: int) -> tuple[bytes, ...]:
        while len(self._made) < count:
            self._draw(self._drawn)
            self._drawn += 1
        return tuple(self._made[:count])

    def _draw(self, number: int) -> None:
        image = Image.new("RGB", self._size, (30, (number * 5) % 200, 90))
        draw_strip(image, number)
        frame: av.VideoFrame = av.VideoFrame.from_image(image).reformat(format="yuv420p")  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        if number % self._gop == 0:
            frame.pict_type = av.video.frame.PictureType.I
        self._made += [bytes(p) for p in self._encoder.encode(frame)]


_film = cache(_Pictures)


def pictures(count: int, size: tuple[int, int] = (320, 180), gop: int = 30) -> tuple[bytes, ...]:
    """VP8 frames numbered from 0, a key frame every `gop`."""
    return _film(size, gop).first(count)


class _Tone:
    """One endless tone."""

    def __init__(self) -> None:
        encoder = av.CodecContext.create("libopus", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.format, encoder.layout = 48_000, "s16", "mono"
        encoder.time_base = Fraction(1, 48_000)
        self._encoder = encoder
        self._made: list[bytes] = []
        self._sung = 0

    def first(self, count: int) -> tuple[bytes, ...]:
        while len(self._made) < count:
            self._sing(self._sung)
            self._sung += 1
        return tuple(self._made[:count])

    def _sing(self, number: int) -> None:
        tone = array("h", (int(8000 * math.sin((number * 960 + i) * 0.0576)) for i in range(960)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(tone.tobytes())
        frame.pts, frame.sample_rate, frame.time_base = number * 960, 48_000, Fraction(1, 48_000)
        self._made += [bytes(p) for p in self._encoder.encode(frame)]


_tone = cache(_Tone)


def tones(count: int) -> tuple[bytes, ...]:
    """Opus frames of 20 ms."""
    return _tone().first(count)


def video_frames(
    count: int,
    *,
    size: tuple[int, int] = (320, 180),
    at: float = 100.0,
    rtp: int = 0,
    gop: int = 30,
) -> list[Frame]:
    """Frames that arrive as they are captured, from `at` on."""
    frames: list[Frame] = []
    for number, data in enumerate(pictures(count, size, gop)):
        key = not data[0] & 1
        stamp = (rtp + number * 90_000 // FPS) & 0xFFFFFFFF
        frames.append(
            Frame(Kind.VIDEO, data, stamp, at + number / FPS, key, *(size if key else (0, 0)))
        )
    return frames


def audio_frames(count: int, *, at: float = 100.0, rtp: int = 0) -> list[Frame]:
    return [
        Frame(Kind.AUDIO, data, (rtp + n * 960) & 0xFFFFFFFF, at + n * 0.02, key=True)
        for n, data in enumerate(tones(count))
    ]


def video_packets(count: int, *, per_packet: int = 400, first: int = 1000) -> list[Packet]:
    """The same pictures as RTP packets with their numbers set as ingress sets them."""
    out: list[Packet] = []
    for number, data in enumerate(pictures(count)):
        pieces = [data[i : i + per_packet] for i in range(0, len(data), per_packet)]
        for place, piece in enumerate(pieces):
            head = b"\x10" if place == 0 else b"\x00"
            last = place == len(pieces) - 1
            index = first + len(out)
            packet = Packet(96, int(last), index & 0xFFFF, number * 3000, 7, head + piece, 0)
            packet.index, packet.data_at = index, 1
            packet.arrival = 50.0 + number / FPS
            packet.starts_frame = place == 0
            packet.starts_key_frame = place == 0 and not data[0] & 1
            out.append(packet)
    return out
