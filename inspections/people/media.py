"""Badge photos: any picture in, a small fresh JPEG without metadata out."""

import warnings
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from fieldsvc.kernel import blobs
from inspections.people.errors import PhotoRefused

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
BOX: Final = (512, 512)
MEDIA_TYPE: Final = "image/jpeg"

register_heif_opener()


def keep_photo(picture: bytes) -> str:
    """Store the small copy and return its blob key; refuses with `photo_refused`."""
    return blobs.store().put(small_copy(picture), media_type=MEDIA_TYPE).key


def photo_answer(key: str, *, public: bool) -> HttpResponse:
    """The stored copy as an answer that a browser may show but never run."""
    with blobs.store().open(key) as file:
        response = HttpResponse(file.read(), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return response


def small_copy(picture: bytes) -> bytes:
    """The picture as a JPEG within 512 × 512 pixels, upright; refuses with `photo_refused`."""
    if len(picture) > MAX_BYTES:
        raise PhotoRefused({"photo": "照片超过 10 MB"})
    with _open(picture) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail(BOX)
        # A new image: nothing but pixels goes over, no EXIF, GPS or ICC can ride along.
        clean = Image.new("RGB", upright.size)
        clean.paste(upright)
    target = BytesIO()
    clean.save(target, "JPEG", quality=85)
    return target.getvalue()


def _open(picture: bytes) -> Image.Image:
    """Open and load every pixel: verify() alone would accept a truncated JPEG."""
    try:
        image = Image.open(BytesIO(picture), formats=("JPEG", "PNG", "WEBP", "HEIF"))
        # Checked by our own limit before a pixel is decoded: Pillow's own is a mere warning.
        if image.width * image.height > MAX_PIXELS:
            raise PhotoRefused({"photo": "照片的像素太大"})
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoRefused({"photo": "照片的像素太大"}) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoRefused({"photo": "照片不完整或格式不支持"}) from error
    return image
