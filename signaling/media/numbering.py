"""One viewer's own numbers for a source's packets, so that what is left out leaves no gap.

A frame of a dropped temporal layer takes neither a sequence number nor a picture id, and a new
beginning goes on where the last ended (RFC 7741 4.2: picture ids and tl0 indexes run on).
"""

from collections import deque
from typing import Final

from signaling.media.rtp import Packet, unwrap

LEFT_OUT: Final = -1
TOP_LAYER: Final = 3
_PICTURES: Final = 256
_MAX_STEP: Final = 240
"""Eight seconds of pictures: after a dark line as many may still come, asked for again."""
_PATTERN: Final = 4  # VP8's patterns of two and three layers repeat every two or four pictures


class Numbering:
    """Source numbers to sent numbers of one stream, both without their bit limits."""

    def __init__(self) -> None:
        self.first: int | None = None  # of the source, since the last new beginning
        self.last_sent: int | None = None
        self.ceiling = TOP_LAYER
        self._layer = TOP_LAYER
        self._shift = 0
        self._highest = 0
        self._runs: deque[tuple[int, int | None]] = deque(maxlen=512)  # None: left out
        self.same_for = -1  # timestamp of a frame whose picture id and tl0 index stay as they are
        self._timestamp = -1
        self._kept = True
        self._picture = -1
        self._sent_picture = -1
        self._tl0 = -1
        self._tl0_shift = 0
        self._places: list[tuple[int, int]] = [(-1, 0)] * _PICTURES
        self._pattern = [0] * _PATTERN

    def begin(self, packet: Packet) -> None:
        """Go on with this packet, wherever the source's numbers are now."""
        index = packet.index
        if self.last_sent is None:
            # Low first numbers: SRTP receivers lose track when an early number wraps.
            self.last_sent = (index & 0x7FFF) - 1
        self._shift = self.last_sent + 1 - index
        self._runs.clear()
        self._runs.append((index, self._shift))
        self.first, self._highest = index, index - 1
        self._layer, self._kept = self.ceiling, True
        self._timestamp = self.same_for = -1
        self._pattern = [0] * _PATTERN
        if packet.picture >= 0:
            self._picture = packet.picture - 1
            if self._sent_picture < 0:
                self._sent_picture = self._picture
        if packet.tl0 >= 0:
            self._tl0_shift = self._tl0 + 1 - packet.tl0 if self._tl0 >= 0 else 0

    def place(self, packet: Packet) -> int:
        """The packet's number at the viewer, or LEFT_OUT."""
        index = packet.index
        if (
            index == self._highest + 1
            and self._kept
            and (packet.timestamp == self._timestamp or packet.picture < 0)
        ):
            # More of what is being sent, nothing missing: most packets are that.
            self._highest = index
            self.last_sent = sent = index + self._shift
            return sent
        if index <= self._highest:
            return self._late(index)
        kept = self._kept
        if packet.picture >= 0 and packet.timestamp != self._timestamp:
            missing_too = self._new_frame(packet)
        else:
            missing_too = not kept
        if index != self._highest + 1:
            if missing_too and not kept:
                self._shift -= index - self._highest - 1  # parts of frames left out
            else:
                self._open(self._highest + 1)
                self.last_sent = index - 1 + self._shift  # promised
        self._highest = index
        if not self._kept:
            if self._runs[-1][1] is not None:
                self._runs.append((index, None))
            self._shift -= 1
            return LEFT_OUT
        self._open(index)
        self.last_sent = sent = index + self._shift
        return sent

    def _open(self, first: int) -> None:
        if self._runs[-1][1] is None:
            self._runs.append((first, self._shift))

    def _new_frame(self, packet: Packet) -> bool:
        """Decide on a frame; whether what is missing before it was left out as well."""
        picture = unwrap(self._picture, packet.picture, 15)
        step, layer = picture - self._picture, max(0, packet.layer)
        if packet.starts_key_frame:
            self._layer = self.ceiling
            self._pattern = [0] * _PATTERN
        elif self._layer < layer <= self.ceiling and packet.layer_sync:
            self._layer = layer
        self._layer = min(self._layer, self.ceiling)
        if 1 < step <= _MAX_STEP:
            for missing in range(self._picture + 1, picture):
                self._number(missing, self._pattern[missing % _PATTERN])
        if step > 0:
            self._picture = picture
        self._timestamp = packet.timestamp
        self._pattern[picture % _PATTERN] = layer
        self._kept = self._number(picture, layer)
        if self._kept and packet.tl0 >= 0:
            self._tl0 = packet.tl0 + self._tl0_shift
        unmoved = (self._sent_picture - picture) & 0x7FFF == 0 and self._tl0_shift == 0
        self.same_for = packet.timestamp if unmoved else -1
        return step == 1 and not self._kept

    def _number(self, picture: int, layer: int) -> bool:
        kept = layer <= self._layer
        if kept:
            self._sent_picture += 1
        place = self._sent_picture if kept else LEFT_OUT
        self._places[picture % _PICTURES] = (picture, place)
        return kept

    def _late(self, index: int) -> int:
        """A number was kept for it when it was missed, or it belongs to what was left out."""
        if self.first is None or index < self.first:
            return LEFT_OUT
        for first, shift in reversed(self._runs):
            if first <= index:
                return LEFT_OUT if shift is None else index + shift
        return LEFT_OUT

    def source_of(self, sequence: int) -> int | None:
        """The source's index of a sent sequence number; None for one that is forgotten."""
        if self.first is None or self.last_sent is None:
            return None
        sent = unwrap(self.last_sent, sequence, 16)
        if sent > self.last_sent:
            return None
        for first, shift in reversed(self._runs):
            if shift is not None and first + shift <= sent:
                return sent - shift
        return None

    def picture_of(self, packet: Packet) -> tuple[int, int] | None:
        """Picture id and tl0 index at the viewer; None when the frame is not for it."""
        picture = unwrap(self._picture, packet.picture, 15)
        known, place = self._places[picture % _PICTURES]
        if known != picture or place == LEFT_OUT:
            return None
        return place & 0x7FFF, (packet.tl0 + self._tl0_shift) & 0xFF
