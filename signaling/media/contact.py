"""A sheet of small pictures of a recording: where to look, at a glance."""

import math
from pathlib import Path

import av
from PIL import Image

CELL_WIDTH, CELL_HEIGHT = 160, 90
COLUMNS = 10
MOST = 100
LEAST_STEP = 2.0
"""Seconds between two pictures of a short recording."""


def step_of(seconds: float) -> float:
    """Seconds between two pictures: the sheet never holds more than a hundred."""
    return max(LEAST_STEP, seconds / MOST)


class Sheet:
    """Takes the picture of each part of the time as it comes by; rows of ten, in order."""

    def __init__(self, seconds: float) -> None:
        self._step = step_of(seconds)
        self._count = max(1, min(MOST, math.ceil(seconds / self._step)))
        rows = math.ceil(self._count / COLUMNS)
        columns = min(self._count, COLUMNS)
        self._image = Image.new("RGB", (columns * CELL_WIDTH, rows * CELL_HEIGHT))
        self._next = 0

    def offer(self, time: float, picture: av.VideoFrame) -> None:
        """The picture at a time; called with rising times, only a few are taken."""
        if self._next >= self._count or time < self._next * self._step:
            return
        small = picture.reformat(width=CELL_WIDTH, height=CELL_HEIGHT, format="rgb24")
        row, column = divmod(self._next, COLUMNS)
        cell: Image.Image = small.to_image()  # type: ignore[no-untyped-call]
        self._image.paste(cell, (column * CELL_WIDTH, row * CELL_HEIGHT))
        self._next += 1

    def save(self, path: Path) -> None:
        self._image.save(path, "JPEG", quality=80)
