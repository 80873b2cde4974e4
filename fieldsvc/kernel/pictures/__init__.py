"""Pictures, clips and sound from strangers, decoded in a child process that has nothing to lose."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from fieldsvc.kernel.pictures.child import MAX_PIXELS
from fieldsvc.kernel.pictures.pool import DecoderDown, pool

__all__ = [
    "MAX_PIXELS",
    "DecoderDown",
    "Picture",
    "PictureRefused",
    "Sound",
    "Wish",
    "listen",
    "look",
]

Reason = Literal["unsupported", "too_large"]


class PictureRefused(Exception):
    """The bytes are no whole picture or clip of a kind we take, or unfold to too much."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    """Size as shown upright; `small` is a fresh JPEG without any metadata.

    `windows` and `variants` are the difference hashes (64 bits) of cuts of the picture, see
    pictures.child.prints; empty when not asked for, or when there is too little in the picture.
    """

    media_type: str
    width: int
    height: int
    small: bytes
    windows: tuple[int, ...] = ()
    variants: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """`ms` is what can be heard of it, in milliseconds."""

    media_type: str
    ms: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make of the file: a JPEG within `box`, of this quality."""

    box: tuple[int, int]
    quality: int = 80
    clip: bool = False
    prints: bool = False


def look(path: Path, wish: Wish) -> Picture:
    """Decode all of the file at `path`, in a child with limits of memory and time.

    Raises PictureRefused; refuses with `decoder_down` when no child can be started.
    """
    told = pool().ask(
        {
            "path": str(path.resolve()),
            "box": list(wish.box),
            "quality": wish.quality,
            "clip": wish.clip,
            "prints": wish.prints,
        }
    )
    if "refused" in told:
        raise PictureRefused(cast("Reason", told["refused"]))
    return Picture(
        told["media_type"],
        told["width"],
        told["height"],
        base64.b64decode(told["small"]),
        tuple(int(one, 16) for one in told.get("windows", [])),
        tuple(int(one, 16) for one in told.get("variants", [])),
    )


def listen(path: Path) -> Sound:
    """Decode all of the sound at `path` (WebM or MP4 without a picture, three minutes at most) in
    such a child. Raises PictureRefused; refuses with `decoder_down`."""
    told = pool().ask(
        {
            "path": str(path.resolve()),
            "box": [0, 0],
            "quality": 0,
            "clip": False,
            "prints": False,
            "sound": True,
        }
    )
    if "refused" in told:
        raise PictureRefused(cast("Reason", told["refused"]))
    return Sound(told["media_type"], told["ms"])
