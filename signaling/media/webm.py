"""A WebM file as it grows: VP8 and Opus in whole clusters, and at the end what makes it seekable.

RFC 9559 (Matroska), RFC 8794 (EBML). Nothing in a file depends on chance or the time: the same
frames make the same bytes. Up to `close` its head leaves duration and index open, and everything up
to the last whole cluster is readable; `close` adds the index and writes the head over, as long as
before.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from signaling.media.sink import Kind

CLUSTER_MS: Final = 500
PATIENCE_MS: Final = 200
"""Blocks lie in order of time over both tracks; a track may come that much behind the other."""
_SPAN: Final = CLUSTER_MS + PATIENCE_MS
_VIDEO: Final = 1
_AUDIO: Final = 2
_TRACKS: Final = {Kind.VIDEO: _VIDEO, Kind.AUDIO: _AUDIO}
_BLOCK: Final = struct.Struct("!BIBhB")
_LONG_SIZE: Final = 1 << 28  # marks a size in four bytes
_UNKNOWN: Final = b"\x01" + 7 * b"\xff"
_NOMINAL_FRAME_NS: Final = 33_333_333
_SEEK_PREROLL_NS: Final = 80_000_000  # what an Opus decoder needs to find its way
_NAME: Final = b"fieldsvc"
# Nothing to skip at the start: a segment begins in the middle of a call.
_OPUS_HEAD: Final = struct.pack("<8sBBHIhB", b"OpusHead", 1, 2, 0, 48_000, 0, 0)

_Block = tuple[int, int, bool, bytes]  # ms, track, key, data


def _element(name: int, body: bytes) -> bytes:
    size = len(body)
    length = next(n for n in range(1, 9) if size < (1 << 7 * n) - 1)
    return (
        name.to_bytes((name.bit_length() + 7) // 8, "big")
        + (size | 1 << 7 * length).to_bytes(length, "big")
        + body
    )


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _void(length: int) -> bytes:
    """A hole of so many bytes, up to 128."""
    return b"\xec" + bytes((0x80 | length - 2,)) + bytes(length - 2)


_EBML: Final = _element(
    0x1A45DFA3,
    _number(0x4286, 1)
    + _number(0x42F7, 1)
    + _number(0x42F2, 4)
    + _number(0x42F3, 8)
    + _element(0x4282, b"webm")
    + _number(0x4287, 4)
    + _number(0x4285, 2),
)
_SEGMENT_ID: Final = b"\x18\x53\x80\x67"
_SEGMENT_DATA: Final = len(_EBML) + len(_SEGMENT_ID) + 8
"""Where the positions of the index count from."""


@dataclass(frozen=True, slots=True)
class _End:
    """What is known of a file when it is whole: its end and its index from _SEGMENT_DATA on."""

    length: int
    cues_at: int
    duration_ms: int


def _head(tracks: bytes, end: _End | None) -> bytes:
    """Everything before the first cluster, of the same length with and without the end."""
    duration = _element(0x4489, struct.pack("!d", end.duration_ms if end is not None else 0))
    info = _element(
        0x1549A966,
        _number(0x2AD7B1, 1_000_000)
        + _element(0x4D80, _NAME)
        + _element(0x5741, _NAME)
        + (duration if end is not None else _void(len(duration))),
    )
    seek = _seek_head(0, 0, 0)
    info_at = len(seek)
    if end is not None:
        seek = _seek_head(info_at, info_at + len(info), end.cues_at)
    else:
        seek = _void(len(seek))
    size = (1 << 56 | end.length).to_bytes(8, "big") if end is not None else _UNKNOWN
    return b"".join((_EBML, _SEGMENT_ID, size, seek, info, tracks))


def _seek_head(info: int, tracks: int, cues: int) -> bytes:
    return _element(
        0x114D9B74,
        b"".join(
            _element(
                0x4DBB,
                _element(0x53AB, name.to_bytes(4, "big")) + _element(0x53AC, at.to_bytes(8, "big")),
            )
            for name, at in ((0x1549A966, info), (0x1654AE6B, tracks), (0x1C53BB6B, cues))
        ),
    )


def _tracks(width: int, height: int) -> bytes:
    video = _element(
        0xAE,
        _track_names(_VIDEO, b"V_VP8")
        + _number(0x23E383, _NOMINAL_FRAME_NS)
        + _element(0xE0, _number(0xB0, width) + _number(0xBA, height)),
    )
    audio = _element(
        0xAE,
        _track_names(_AUDIO, b"A_OPUS")
        + _number(0x56BB, _SEEK_PREROLL_NS)
        + _element(0xE1, _element(0xB5, struct.pack("!d", 48_000.0)) + _number(0x9F, 2))
        + _element(0x63A2, _OPUS_HEAD),
    )
    return _element(0x1654AE6B, (video if width else b"") + audio)


def _track_names(track: int, codec: bytes) -> bytes:
    """Number, identity, type, no lacing, no known language, codec."""
    return (
        _number(0xD7, track)
        + _number(0x73C5, track)
        + _number(0x83, track)  # the types have the same numbers: 1 video, 2 audio
        + _number(0x9C, 0)
        + _element(0x22B59C, b"und")
        + _element(0x86, codec)
    )


class WebmFile:
    """An open file; `width` 0 means sound alone. An OSError of the disk goes through."""

    def __init__(self, path: Path, *, width: int, height: int) -> None:
        self._tracks = _tracks(width, height)
        self._cued = _VIDEO if width else _AUDIO
        self._cues: list[tuple[int, int]] = []
        self._blocks: list[_Block] = []
        self._due = 0  # time of the frame that completes a cluster
        self._file = path.open("wb", buffering=0)
        self._length = 0
        try:
            self._put(_head(self._tracks, None))
        except OSError:
            self._file.close()
            raise

    def add(self, kind: Kind, at: int, data: bytes, *, key: bool) -> None:
        """A frame at a time in ms; those of one track come in order, never two at once."""
        blocks = self._blocks
        if not blocks:
            self._due = at + _SPAN
        blocks.append((at, _TRACKS[kind], key, data))
        if at >= self._due:
            self._write_clusters(_SPAN)

    def close(self, duration_ms: int) -> None:
        """Write what is left, the index, and the head anew."""
        if self._blocks:
            self._write_clusters(0)
        cues_at = self._length - _SEGMENT_DATA
        cues = b"".join(
            _element(
                0xBB,
                _number(0xB3, at)
                + _element(0xB7, _number(0xF7, self._cued) + _number(0xF1, cluster)),
            )
            for at, cluster in self._cues
        )
        self._put(_element(0x1C53BB6B, cues))
        end = _End(self._length - _SEGMENT_DATA, cues_at, duration_ms)
        os.pwrite(self._file.fileno(), _head(self._tracks, end), 0)
        self._file.close()

    def drop(self) -> None:
        """Leave the file as it is; what was not written yet is lost. Closed twice is closed."""
        self._blocks = []
        self._file.close()

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            written = self._file.write(rest)
            self._length += written
            rest = rest[written:]

    def _write_clusters(self, span: int) -> None:
        """Those that nothing can come before any more; each key frame begins one."""
        blocks = self._blocks
        blocks.sort()  # by time, the picture first; told apart by these two
        start, last = 0, blocks[-1][0]
        while start < len(blocks) and last - blocks[start][0] >= span:
            end, limit = start + 1, blocks[start][0] + CLUSTER_MS
            while end < len(blocks):
                at, track, key, _ = blocks[end]
                if at >= limit or (key and track == _VIDEO):
                    break
                end += 1
            self._cluster(blocks[start:end])
            start = end
        self._blocks = blocks[start:]
        if self._blocks:
            self._due = self._blocks[0][0] + _SPAN

    def _cluster(self, blocks: list[_Block]) -> None:
        since, first, key, _ = blocks[0]
        if key and first == self._cued:
            self._cues.append((since, self._length - _SEGMENT_DATA))
        pack = _BLOCK.pack
        parts = [b"\xe7\x84" + since.to_bytes(4, "big")]
        for at, track, key, data in blocks:
            head = pack(
                0xA3, _LONG_SIZE | len(data) + 4, 0x80 | track, at - since, 0x80 if key else 0
            )
            parts += (head, data)
        body = b"".join(parts)
        self._put(b"\x1f\x43\xb6\x75" + (_LONG_SIZE | len(body)).to_bytes(4, "big") + body)
