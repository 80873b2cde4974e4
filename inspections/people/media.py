"""Badge photos: any picture in, a small fresh JPEG without metadata out."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.http import HttpResponse

from fieldsvc.kernel import blobs, pictures
from fieldsvc.kernel.pictures import PictureRefused, Wish
from inspections.people.errors import PhotoRefused

MAX_BYTES: Final = 10 * 1024 * 1024
BOX: Final = (512, 512)
MEDIA_TYPE: Final = "image/jpeg"
WORDS: Final = {"too_large": "照片的像素太大", "unsupported": "照片不完整或格式不支持"}


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
    with NamedTemporaryFile() as file:
        file.write(picture)
        file.flush()
        try:
            return pictures.look(Path(file.name), Wish(BOX, quality=85)).small
        except PictureRefused as refused:
            raise PhotoRefused({"photo": WORDS[refused.reason]}) from refused
