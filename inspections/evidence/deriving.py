"""Child process that makes the playable copy: job as JSON on stdin, percent per line on stdout.

`python -m inspections.evidence.deriving`; knows no Django, so it starts fast and dies alone.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from signaling.media.derive import DeriveSource, Mark, Notes, SegmentRef, derive_mp4


class SegmentJob(TypedDict):
    path: str
    started_at: str
    media_ms: int


class SourceJob(TypedDict):
    source: str
    main: bool
    segments: list[SegmentJob]


class MarkJob(TypedDict):
    title: str
    at: str


class Job(TypedDict):
    """`marks` are where chapters begin; `comment` cites what the copy is made of."""

    out: str
    sources: list[SourceJob]
    marks: list[MarkJob]
    comment: str


def run(job: Job) -> None:
    sources = [
        DeriveSource(
            one["source"],
            tuple(
                SegmentRef(
                    Path(part["path"]), datetime.fromisoformat(part["started_at"]), part["media_ms"]
                )
                for part in one["segments"]
            ),
            one["main"],
        )
        for one in job["sources"]
    ]
    marks = tuple(Mark(one["title"], datetime.fromisoformat(one["at"])) for one in job["marks"])
    notes = Notes(marks, job["comment"])
    derive_mp4(sources, Path(job["out"]), on_progress=_say, notes=notes)


def _say(share: float) -> None:
    sys.stdout.write(f"{round(share * 100)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(json.load(sys.stdin))
