"""Shapes of the recording on the wire."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


class SegmentOut(Schema):
    """`main` where it is the applicant's picture; time 0 of the file is `started_at`."""

    number: int
    source: UUID
    source_label: str
    main: bool
    started_at: datetime
    ended_at: datetime
    url: str
    sha256: str
    width: int
    height: int
    video_frames: int


class SpanOut(Schema):
    from_: datetime = Field(serialization_alias="from")
    to: datetime
    state: str
    cause: str | None
    cause_label: str | None


class CoverageOut(Schema):
    percent: float
    spans: list[SpanOut]


class CopyOut(Schema):
    """`started_at` is time 0 of the file; gaps keep their true length in it."""

    state: str
    percent: int
    started_at: datetime | None
    url: str | None
    sheet: str | None


class RecordingOut(Schema):
    segments: list[SegmentOut]
    coverage: CoverageOut
    mp4: CopyOut
