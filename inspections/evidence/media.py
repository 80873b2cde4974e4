"""A look into uploaded bytes: what they are, whether they are whole, and a small safe copy."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from fieldsvc.kernel import blobs, glyphs, pictures
from fieldsvc.kernel.pictures import Picture, PictureRefused, Sound, Wish
from inspections.evidence.errors import ImageTooLarge, MediaUnsupported, VoiceUnusable

IMAGE_MAX_BYTES = 30 * 1024 * 1024
CLIP_MAX_BYTES = 200 * 1024 * 1024
VOICE_MAX_BYTES = 12 * 1024 * 1024
THUMBNAIL = (480, 480)
STAMP_BOX = (2560, 1920)
_STAMP_FONT = "NotoSansSC-Regular.otf"
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


def listen_to(path: Path, size: int) -> Sound:
    """Decode a recording of a voice in a child process; refuses with `voice_unusable` and
    `decoder_down`."""
    if size > VOICE_MAX_BYTES:
        raise VoiceUnusable
    try:
        return pictures.listen(path)
    except PictureRefused as refused:
        raise VoiceUnusable from refused


def reencoded(key: str, box: tuple[int, int], quality: int = 80) -> bytes:
    """The stored picture as a fresh JPEG within `box`, upright, without EXIF, place or profile."""
    with blobs.store().local_path(key) as path:
        return _decoded(path, Wish(box, quality)).small


def stamped(key: str, lines: list[str], parent_sha256: str) -> bytes:
    """A derived copy with `lines` burned into a bar below the picture, hiding nothing of it.

    It cites its parent twice: at the end of the bar, and in the file's comment. The original
    stays as it arrived.
    """
    with Image.open(BytesIO(reencoded(key, STAMP_BOX, quality=90))) as image:
        size = max(image.width, image.height) // 48
        text = "\n".join([*lines, f"副本 · 原件 SHA-256 {parent_sha256[:32]}", parent_sha256[32:]])
        font = ImageFont.truetype(_stamp_font(), size)
        measure = ImageDraw.Draw(image)
        _, top, _, bottom = measure.multiline_textbbox((0, 0), text, font=font, spacing=size // 4)
        bar = round(bottom - top) + 2 * size
        copy = Image.new("RGB", (image.width, image.height + bar), "#1d2126")
        copy.paste(image, (0, 0))
        at = (size, image.height + size - top)
        drawn = ImageDraw.Draw(copy)
        drawn.multiline_text(at, text, fill="white", font=font, spacing=size // 4)
        target = BytesIO()
        comment = f"派生副本，不是原始证据；原件 SHA-256：{parent_sha256}"
        copy.save(target, "JPEG", quality=90, comment=comment.encode())
        return target.getvalue()


@lru_cache(maxsize=1)
def _stamp_font() -> str:
    known = {path.name: path for path in glyphs.font_files()}
    return str(known.get(_STAMP_FONT) or next(iter(known.values())))


def _decoded(path: Path, wish: Wish) -> Picture:
    try:
        return pictures.look(path, wish)
    except PictureRefused as refused:
        if refused.reason == "too_large":
            raise ImageTooLarge({"limit_pixels": pictures.MAX_PIXELS}) from refused
        raise MediaUnsupported from refused


def _is_container(head: bytes) -> bool:
    return head[:4] == b"\x1aE\xdf\xa3" or (head[4:8] == b"ftyp" and head[8:12] not in _HEIF_BRANDS)
