"""A look into uploaded bytes: what they are, whether they are whole, and a small safe copy."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from inspections.evidence.errors import ImageTooLarge, MediaUnsupported

IMAGE_MAX_BYTES = 30 * 1024 * 1024
CLIP_MAX_BYTES = 200 * 1024 * 1024
MAX_PIXELS = 40_000_000
THUMBNAIL = (480, 480)

_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}

register_heif_opener()


@dataclass(frozen=True, slots=True)
class Look:
    """`thumbnail` is a freshly encoded JPEG without any metadata."""

    media_type: str
    width: int
    height: int
    thumbnail: bytes
    is_clip: bool = False


def look_at(path: Path, size: int) -> Look:
    """Decode the file at `path` as far as its kind needs; refuses with `media_unsupported`
    (not a picture or clip we take, or a truncated one) and `image_too_large`."""
    with path.open("rb") as file:
        head = file.read(64)
    if _is_container(head):
        if size > CLIP_MAX_BYTES:
            raise ImageTooLarge({"limit_bytes": CLIP_MAX_BYTES})
        return _look_at_clip(path, "video/webm" if head[:4] == b"\x1aE\xdf\xa3" else "video/mp4")
    if size > IMAGE_MAX_BYTES:
        raise ImageTooLarge({"limit_bytes": IMAGE_MAX_BYTES})
    with path.open("rb") as file:
        return _look_at_image(file)


def reencoded(file: BinaryIO, box: tuple[int, int], quality: int = 80) -> bytes:
    """The picture as a fresh JPEG within `box`, upright, without EXIF, place or profile."""
    with _open(file) as image:
        return _small(image, box, quality)


def _is_container(head: bytes) -> bool:
    if head[:4] == b"\x1aE\xdf\xa3":
        return True
    return head[4:8] == b"ftyp" and head[8:12] not in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}


def _look_at_image(file: BinaryIO) -> Look:
    with _open(file) as image:
        media_type = _MEDIA_TYPES[image.format or ""]
        upright = ImageOps.exif_transpose(image)
        return Look(media_type, upright.width, upright.height, _small(image, THUMBNAIL, 80))


def _open(file: BinaryIO) -> Image.Image:
    """Open and load every pixel: verify() alone would accept a truncated JPEG."""
    try:
        image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "HEIF"))
        # Checked by our own limit before a pixel is decoded: Pillow's own is a mere warning.
        if image.width * image.height > MAX_PIXELS:
            raise ImageTooLarge({"limit_pixels": MAX_PIXELS})
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ImageTooLarge({"limit_pixels": MAX_PIXELS}) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise MediaUnsupported from error
    return image


def _small(image: Image.Image, box: tuple[int, int], quality: int) -> bytes:
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail(box)
    # A new image: nothing but pixels goes over, no EXIF, GPS or ICC can ride along.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    target = BytesIO()
    clean.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _look_at_clip(path: Path, media_type: str) -> Look:
    try:
        with av.open(str(path)) as container:
            if not isinstance(container, InputContainer) or not container.streams.video:
                raise MediaUnsupported
            frame = next(container.decode(video=0))
            if frame.width * frame.height > MAX_PIXELS:
                raise ImageTooLarge({"limit_pixels": MAX_PIXELS})
            picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    except (av.error.FFmpegError, StopIteration, ValueError) as error:
        raise MediaUnsupported from error
    thumbnail = _small(picture, THUMBNAIL, 80)
    return Look(media_type, frame.width, frame.height, thumbnail, is_clip=True)
