"""The process that decodes what strangers upload: no secrets, no database, little of everything.

Run by file in isolated mode; imports nothing of ours. One JSON question a line, one answer a line.
"""

import base64
import json
import math
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NotRequired, TypedDict

import av
import pillow_heif
from av.container import InputContainer
from PIL import Image

MAX_PIXELS = 40_000_000
# libwebp keeps two canvases of four bytes a pixel beside Pillow's own.
MAX_PIXELS_OF = {"WEBP": 16_000_000}
MEMORY_OVER_BASE = 200 * 1024 * 1024
CPU_SECONDS = 5
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MEDIA_TYPES = {
    **{"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"},
    **{"WEBP": "image/webp", "HEIF": "image/heic"},
}
CLIP_TYPES = {"matroska": "video/webm", "mp4": "video/mp4"}
SOUND_TYPES = {"matroska": "audio/webm", "mp4": "audio/mp4"}
SOUND_CODECS = {"opus", "vorbis", "aac", "mp3"}
# Three minutes, and what a recorder adds to them before it stops.
MAX_SOUND_MS = 185_000
CLIP_CODECS = {"h264", "hevc", "vp8", "vp9", "av1"}
# EXIF orientation → what makes the picture upright (EXIF 2.32, tag 0x0112).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PRINT_SIDE = 96
_STEPS = 10
# Differences of brightness beyond this say something; a plain wall has hardly any.
_EDGE = 6
_LEAST_EDGES = 16


class Question(TypedDict):
    path: str
    box: list[int]
    quality: int
    clip: bool
    prints: bool
    sound: NotRequired[bool]


class Answer(TypedDict, total=False):
    refused: str
    media_type: str
    width: int
    height: int
    small: str
    ms: int
    windows: list[str]
    variants: list[str]


class Refused(Exception):
    """`args[0]` is `unsupported` or `too_large`."""


def answer(question: Question) -> Answer:
    try:
        if question.get("sound"):
            return _sound(question)
        with Path(question["path"]).open("rb") as file:
            return _clip(question) if question["clip"] else _picture(file.read(), question)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return {"refused": "too_large"}
    except Exception:  # noqa: BLE001  whatever a decoder trips over is the file's fault
        return {"refused": "unsupported"}


def _picture(data: bytes, question: Question) -> Answer:
    image = Image.open(BytesIO(data), formats=FORMATS)
    # Checked before a pixel is decoded: Pillow's own limit is a mere warning.
    if image.width * image.height > MAX_PIXELS_OF.get(image.format or "", MAX_PIXELS):
        raise Refused("too_large")
    media_type = MEDIA_TYPES[image.format or ""]
    turn = _TURNS.get(image.getexif().get(0x0112, 1))
    width, height = image.size
    if turn is not None and turn not in {0, 1, Image.Transpose.ROTATE_180}:
        width, height = height, width
    # A JPEG unfolds to no more than is needed; every byte of it is still read.
    image.draft("RGB", (2 * max(question["box"]),) * 2)
    # load, not verify: that would accept a truncated picture.
    image.load()
    return _described(image, turn, question) | {
        "media_type": media_type,
        "width": width,
        "height": height,
    }


def _sound(question: Question) -> Answer:
    """Every frame is decoded: its length is what can be heard, whatever the head says."""
    kind, ms = _container_of(question), 0.0
    options = {"protocol_whitelist": "file"}
    with av.open(question["path"], format=kind, options=options) as container:
        if not isinstance(container, InputContainer) or container.streams.video:
            raise Refused("unsupported")
        stream = container.streams.audio[0]
        if stream.codec_context.name.removeprefix("lib") not in SOUND_CODECS:
            raise Refused("unsupported")
        for frame in container.decode(stream):
            ms += frame.samples * 1000 / frame.sample_rate
            if ms > MAX_SOUND_MS:
                raise Refused("too_large")
    if not ms:
        raise Refused("unsupported")
    return {"media_type": SOUND_TYPES[kind], "ms": round(ms)}


def _container_of(question: Question) -> str:
    with Path(question["path"]).open("rb") as file:
        return "matroska" if file.read(4) == b"\x1aE\xdf\xa3" else "mp4"


def _clip(question: Question) -> Answer:
    kind = _container_of(question)
    # Named demuxer, files only: a clip cannot be a playlist that fetches something else.
    options = {"protocol_whitelist": "file"}
    with av.open(question["path"], format=kind, options=options) as container:
        if not isinstance(container, InputContainer) or not container.streams.video:
            raise Refused("unsupported")
        stream = container.streams.video[0]
        if stream.codec_context.name.removeprefix("lib").replace("dav1d", "av1") not in CLIP_CODECS:
            raise Refused("unsupported")
        if stream.width * stream.height > MAX_PIXELS:
            raise Refused("too_large")
        stream.thread_count = 1
        frame = next(container.decode(stream))
        if frame.width * frame.height > MAX_PIXELS:
            raise Refused("too_large")
        image = Image.fromarray(frame.to_ndarray(format="rgb24"))
    return _described(image, None, question) | {
        "media_type": CLIP_TYPES[kind],
        "width": frame.width,
        "height": frame.height,
    }


def _described(image: Image.Image, turn: Image.Transpose | None, question: Question) -> Answer:
    image.thumbnail((max(question["box"]),) * 2)
    upright = image.convert("RGB")
    if turn is not None:
        upright = upright.transpose(turn)
    upright.thumbnail((question["box"][0], question["box"][1]))
    # A new image: nothing but pixels goes over, no EXIF, GPS or ICC can ride along.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    target = BytesIO()
    clean.save(target, "JPEG", quality=question["quality"])
    found: Answer = {"small": base64.b64encode(target.getvalue()).decode()}
    if question["prints"]:
        windows, variants = prints(clean)
        found |= {"windows": windows, "variants": variants}
    return found


def prints(image: Image.Image) -> tuple[list[str], list[str]]:
    """Difference hashes (64 bits, hex) of many cuts of the picture, for finding it again.

    First of all cuts that keep at least 70 % of each side in steps of a tenth (the whole picture
    first), then of the whole and slightly trimmed picture in steps of a twentieth. Both empty for
    a picture with so little in it that it would look like every other.
    """
    grey = image.convert("L").resize((_PRINT_SIDE, _PRINT_SIDE), Image.Resampling.BOX)
    cells = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    edges = sum(
        abs(cells[row * 9 + column] - cells[row * 9 + column + 1]) > _EDGE
        for row in range(8)
        for column in range(8)
    )
    # A mere shading rises or falls everywhere; what can be told apart does both.
    rising = _difference(grey, (0, 0, 1, 1)).bit_count()
    if edges < _LEAST_EDGES or not 12 <= rising <= 52:
        return [], []
    coarse, fine = list(_spans(0.7, _STEPS)), list(_spans(0.9, 2 * _STEPS))
    return _hashes(grey, coarse), _hashes(grey, fine)


def _hashes(grey: Image.Image, spans: list[tuple[float, float]]) -> list[str]:
    return [
        f"{_difference(grey, (left, top, right, bottom)):016x}"
        for left, right in spans
        for top, bottom in spans
    ]


def _spans(least: float, steps: int) -> Iterator[tuple[float, float]]:
    """Stretches of 0…1 between multiples of 1/steps, the longest first."""
    for length in range(steps, math.ceil(least * steps) - 1, -1):
        for start in range(steps - length + 1):
            yield start / steps, (start + length) / steps


def _difference(grey: Image.Image, cut: tuple[float, float, float, float]) -> int:
    box = tuple(part * _PRINT_SIDE for part in cut)
    small = grey.resize((9, 8), Image.Resampling.BOX, box=(box[0], box[1], box[2], box[3]))
    cells = small.tobytes()
    bits = 0
    for row in range(0, 72, 9):
        for place in range(row, row + 8):
            bits = bits << 1 | (cells[place] < cells[place + 1])
    return bits


def confine() -> None:
    """From here on: no file written, no process started, no more memory than pictures need."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY_OVER_BASE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def grant_time() -> None:
    """Five more seconds of the processor for the next question; then the system kills."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _warm() -> None:
    """Have every decoder in memory before the limits count."""
    pillow_heif.register_heif_opener()
    pillow_heif.options.DECODE_THREADS = 1
    Image.init()
    for kind in FORMATS:
        target = BytesIO()
        Image.new("RGB", (8, 8)).save(target, kind)
        _picture(
            target.getvalue(),
            {"path": "", "box": [8, 8], "quality": 80, "clip": False, "prints": True},
        )


def main() -> None:
    _warm()
    confine()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        grant_time()
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
