"""A look into uploaded bytes: what they are, whether they are whole, and a small safe copy."""

from dataclasses import dataclass
from pathlib import Path

from fieldsvc.kernel import blobs, pictures
from fieldsvc.kernel.pictures import Picture, PictureRefused, Wish
from inspections.evidence.errors import ImageTooLarge, MediaUnsupported

IMAGE_MAX_BYTES = 30 * 1024 * 1024
CLIP_MAX_BYTES = 200 * 1024 * 1024
THUMBNAIL = (480, 480)
_HEIF_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}


@dataclass(frozen=True, slots=True)
class Look:
    """`picture.small` is a freshly encoded JPEG without any metadata."""

    picture: Picture
    is_clip: bool


def look_at(path: Path, size: int) -> Look:
    """Decode the file at `path`, in a child process, as far as its kind needs; refuses with
    `media_unsupported` (not a picture or clip we take, or a truncated one), `image_too_large`
    and `decoder_down`."""
    with path.open("rb") as file:
        is_clip = _is_container(file.read(64))
    limit = CLIP_MAX_BYTES if is_clip else IMAGE_MAX_BYTES
    if size > limit:
        raise ImageTooLarge({"limit_bytes": limit})
    return Look(_decoded(path, Wish(THUMBNAIL, clip=is_clip, prints=not is_clip)), is_clip)


def reencoded(key: str, box: tuple[int, int], quality: int = 80) -> bytes:
    """The stored picture as a fresh JPEG within `box`, upright, without EXIF, place or profile."""
    with blobs.store().local_path(key) as path:
        return _decoded(path, Wish(box, quality)).small


def _decoded(path: Path, wish: Wish) -> Picture:
    try:
        return pictures.look(path, wish)
    except PictureRefused as refused:
        if refused.reason == "too_large":
            raise ImageTooLarge({"limit_pixels": pictures.MAX_PIXELS}) from refused
        raise MediaUnsupported from refused


def _is_container(head: bytes) -> bool:
    return head[:4] == b"\x1aE\xdf\xa3" or (head[4:8] == b"ftyp" and head[8:12] not in _HEIF_BRANDS)
