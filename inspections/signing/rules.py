"""When a drawing counts as a hand-written signature, and how a code binds to what it is for."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

Flaw = Literal["too_few_strokes", "strokes_unusable"]

MIN_STROKES = 2
MIN_POINTS = 30
# A mark smaller than this part of the pad's shorter side is a dot, not a name.
MIN_EXTENT = 0.08
MAX_POINTS = 20_000

CODE_LIFETIME = timedelta(minutes=10)
CODE_RESEND = timedelta(seconds=60)
CODE_TRIES = 5
CODE_LOCK = timedelta(minutes=15)
CERTIFICATE_LIFETIME = timedelta(hours=1)
IDENTITY_TRIES = 5
# More than these are no longer for a telephone: in writing, or on site.
OBJECTIONS = 5
_NUMBER_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NUMBER_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Point:
    """`x`, `y` in pixels of the pad, `t` in milliseconds from the first touch, `p` pressure 0–1."""

    x: float
    y: float
    t: float
    p: float


@dataclass(frozen=True, slots=True)
class Drawing:
    strokes: tuple[tuple[Point, ...], ...]
    width: float
    height: float


def flaw_of(drawing: Drawing) -> Flaw | None:
    """What keeps a drawing from being a signature, if anything."""
    points = [point for stroke in drawing.strokes for point in stroke]
    if not _is_sane(drawing, points):
        return "strokes_unusable"
    strokes = [stroke for stroke in drawing.strokes if len(stroke) > 1]
    if not strokes or (len(strokes) < MIN_STROKES and len(points) < MIN_POINTS):
        return "too_few_strokes"
    wide = max(p.x for p in points) - min(p.x for p in points)
    high = max(p.y for p in points) - min(p.y for p in points)
    if max(wide, high) < MIN_EXTENT * min(drawing.width, drawing.height):
        return "too_few_strokes"
    return None


def trace_digest(drawing: Drawing) -> str:
    """The same for the same movement of the hand, wherever on the pad and whenever it is sent.

    Nobody draws twice the same path with the same timing, so an equal digest is a replay.
    """
    digest = hashlib.sha256()
    first = drawing.strokes[0][0]
    for stroke in drawing.strokes:
        digest.update(b"|")
        for point in stroke:
            step = (point.x - first.x, point.y - first.y, point.t - first.t)
            digest.update(";".join(f"{value:.1f}" for value in step).encode() + b",")
    return digest.hexdigest()


def svg(drawing: Drawing) -> str:
    """The drawing as an SVG cut to its ink: one path per stroke, width by mean pressure."""
    paths = "".join(_path(stroke) for stroke in drawing.strokes if stroke)
    points = [point for stroke in drawing.strokes for point in stroke]
    left, top = min(p.x for p in points) - 8, min(p.y for p in points) - 8
    wide, high = max(p.x for p in points) + 8 - left, max(p.y for p in points) + 8 - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} {top:.1f} '
        f'{wide:.1f} {high:.1f}" fill="none" stroke="#1a1a1a" stroke-linecap="round" '
        f'stroke-linejoin="round">{paths}</svg>'
    )


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a citizen's number by their check character (GB 11643)."""
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()):
        return False
    total = sum(
        weight * int(digit) for weight, digit in zip(_NUMBER_WEIGHTS, text[:17], strict=True)
    )
    return _NUMBER_CHECKS[total % 11] == text[17].upper()


def code_of(secret: bytes, code: UUID, signer_id: str, document_sha256: str) -> str:
    """The six digits of one code: of this signer, for this document, and for no other.

    Made anew whenever they are needed, so that they need to be kept nowhere, not even as a digest,
    from which six digits would soon be guessed.
    """
    said = b"\x00".join((b"signing code", code.bytes, signer_id.encode(), document_sha256.encode()))
    mac = hmac.digest(secret, said, "sha256")
    return f"{int.from_bytes(mac[:8]) % 1_000_000:06d}"


def _path(stroke: Sequence[Point]) -> str:
    pressure = sum(point.p for point in stroke) / len(stroke)
    line = " L".join(f"{point.x:.1f} {point.y:.1f}" for point in (*stroke, stroke[-1]))
    return f'<path d="M{line}" stroke-width="{2 + 3 * min(max(pressure, 0), 1):.1f}"/>'


def _is_sane(drawing: Drawing, points: Sequence[Point]) -> bool:
    if not (0 < drawing.width <= 10_000 and 0 < drawing.height <= 10_000):
        return False
    if not points or len(points) > MAX_POINTS:
        return False
    inside = all(
        -1 <= point.x <= drawing.width + 1 and -1 <= point.y <= drawing.height + 1
        for point in points
    )
    in_order = all(before.t <= after.t for before, after in pairwise(points))
    return inside and in_order and points[-1].t > points[0].t
