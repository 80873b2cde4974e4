"""Which frame goes into which segment. In one thread at a time; no clock, no loop, no network."""

import errno
import logging
from collections.abc import Sequence
from typing import Final

from signaling.media.assemble import Frame, Loss
from signaling.media.events import (
    AlarmCause,
    GapCause,
    MediaEvent,
    RecordingAlarm,
    RecordingStarted,
    SegmentClosed,
)
from signaling.media.gaps import SILENCE, GapBook
from signaling.media.items import Item, LegEnd, LegStart, Outcome, Report, Terms, Tick
from signaling.media.manifest import Listed, ManifestBook
from signaling.media.probe import count_frames
from signaling.media.segments import (
    WRITE_ERRORS,
    Sealed,
    SegmentFile,
    SegmentHead,
    next_number,
)
from signaling.media.sink import Kind
from signaling.media.timeline import Timeline

logger: Final = logging.getLogger(__name__)

HOLD_AUDIO: Final = 1.5
QUIET_VIDEO: Final = 1.0
RETRY_AFTER: Final = 1.0
OVERDUE: Final = 2.5
WARM_UP: Final = 0.6
"""A leg's first frames wait this long: the first arrival alone may be 60 ms off (measured)."""


class Segmenter:
    """All decisions of one source's recording, frame by frame."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        terms.directory.mkdir(parents=True, exist_ok=True)
        self._number = next_number(terms.directory)
        self._manifest = ManifestBook(terms.directory)
        self._leg = 0
        self._gaps = GapBook(terms.room, terms.source, terms.wall)
        self._events: list[MediaEvent] = []
        self._timeline = Timeline()
        self._file: SegmentFile | None = None
        self._peer = ""
        self._kinds: frozenset[Kind] = frozenset()
        self._warming: list[tuple[Frame, float]] | None = []
        self._held: list[tuple[Frame, float]] = []
        self._last: dict[Kind, float] = {}
        self._written: dict[Kind, float] = {}
        self._hole: tuple[float, GapCause] | None = None
        self._cut_due = False
        self._wants_key = False
        self._blocked: tuple[float, GapCause] | None = None
        self._recorded = 0
        self._said_full = False
        self._said_started = False
        self._salvaging = False

    def feed(self, items: list[Item]) -> Outcome:
        """Take a batch in order; what happened comes back as events and counters."""
        self._wants_key = False
        mono: float | None = None
        for item in items:
            match item:
                case Frame():
                    self._frame(item)
                case Loss():
                    self._gaps.lose(
                        item.cause, item.kind, item.arrival, item.frames, until=item.until
                    )
                case Report():
                    self._timeline.note_report(item.kind, item.ntp, item.timestamp)
                case LegStart():
                    self._start_leg(item)
                case LegEnd():
                    self._end_leg(item.cause)
                case Tick():
                    mono = item.at
                    self._check_space(mono)
        if mono is not None:
            self._events += self._gaps.take(mono)
        return self._outcome()

    def finish(self, at: float) -> Outcome:
        """Close everything; the books are final afterwards."""
        self._end_leg(None)
        if self._hole is not None:
            self._gaps.hole(self._hole[1], "", self._hole[0], at)
            self._hole = None
        self._events += self._gaps.take(None)
        return self._outcome()

    def _outcome(self) -> Outcome:
        events, self._events = self._events, []
        return Outcome(
            events, self._wants_key, self._recorded, self._gaps.frames, dict(self._written)
        )

    # legs

    def _start_leg(self, leg: LegStart) -> None:
        if self._peer and self._hole is None:
            self._end_leg(GapCause.RECONNECT)
        self._peer, self._kinds, self._leg = leg.peer, leg.kinds, leg.leg
        self._timeline = Timeline()
        self._warming = []
        self._cut_due = self._said_started = False
        self._last = {}
        self._wants_key = Kind.VIDEO in leg.kinds

    def resume(self, leg: LegStart, known: Sequence[Frame | Report]) -> None:
        """Take up a leg behind its last closed segment; `known` is in that and sets the clocks."""
        self._start_leg(leg)
        self._said_started = self._salvaging = True
        for item in known:
            if isinstance(item, Report):
                self._timeline.note_report(item.kind, item.ntp, item.timestamp)
            else:
                self._timeline.place(item.kind, item.timestamp, item.arrival)
        if known:
            self._timeline.align()
            self._warming = None

    def _end_leg(self, cause: GapCause | None) -> None:
        self._warmed_up()
        self._release_held()
        self._close()
        if self._hole is None and cause is not None and self._last:
            self._hole = (max(self._last.values()), cause)

    # frames

    def _frame(self, frame: Frame) -> None:
        at, jumped = self._timeline.place(frame.kind, frame.timestamp, frame.arrival)
        if jumped:
            self._cut_due = True
        last = self._last.get(frame.kind)
        if last is not None and not jumped and at - last > SILENCE:
            self._gaps.hole(GapCause.TRACK_SILENT, frame.kind, last, at)
        if self._warming is None:
            if self._goes_on(frame, at):
                self._last[frame.kind] = at
                self._write(frame, at)
            else:
                self._sort(frame, at)
            return
        self._warming.append((frame, at))
        if jumped or frame.arrival - self._warming[0][0].arrival >= WARM_UP:
            self._warmed_up(align=not jumped)

    def _goes_on(self, frame: Frame, at: float) -> bool:
        """Whether there is nothing to decide: most frames only join the open file."""
        file = self._file
        return (
            file is not None
            and not self._cut_due
            and at - file.opened < self._terms.segment_seconds
            and (frame.kind is Kind.AUDIO or (file.has_video and not frame.key))
        )

    def _warmed_up(self, *, align: bool = True) -> None:
        """Both clocks are known well enough: let the leg's first frames through."""
        warming, self._warming = self._warming or [], None
        shifts = self._timeline.align() if warming and align else {}
        for frame, at in warming:
            self._sort(frame, at + shifts.get(frame.kind, 0.0))

    def _sort(self, frame: Frame, at: float) -> None:
        self._last[frame.kind] = at
        if self._blocked is not None and not self._unblocked(frame):
            return
        if frame.kind is Kind.VIDEO:
            self._video(frame, at)
        else:
            self._audio(frame, at)

    def _video(self, frame: Frame, at: float) -> None:
        file = self._file
        open_video = file is not None and file.has_video
        if frame.key:
            size = (frame.width, frame.height)
            if file is None or (file.head.width, file.head.height) != size or self._due(at):
                at = self._cut(at, Kind.VIDEO)
                self._open(at, size)
        elif not open_video or (self._due(at) and self._overdue(at)):
            self._gaps.lose(GapCause.BEFORE_KEY_FRAME, frame.kind, frame.arrival, 1)
            self._wants_key = True
            if open_video:
                self._close()
            return
        elif self._due(at):
            self._wants_key = True
        self._write(frame, at)

    def _audio(self, frame: Frame, at: float) -> None:
        if self._file is None:
            if Kind.VIDEO in self._kinds and (not self._held or at - self._held[0][1] < HOLD_AUDIO):
                self._held.append((frame, at))
                return
            self._open(at, (0, 0))
        elif self._due(at) and self._video_is_quiet(at):
            at = self._cut(at, Kind.AUDIO)
            self._open(at, (0, 0))
        self._write(frame, at)

    def _video_is_quiet(self, at: float) -> bool:
        video = self._last.get(Kind.VIDEO)
        if self._file is not None and not self._file.has_video:
            return True
        return video is None or at - video > QUIET_VIDEO

    def _due(self, at: float) -> bool:
        file = self._file
        if file is None:
            return False
        return self._cut_due or at - file.opened >= self._terms.segment_seconds

    def _overdue(self, at: float) -> bool:
        file = self._file
        return file is not None and at - file.opened >= OVERDUE * self._terms.segment_seconds

    # files

    def _cut(self, at: float, kind: Kind) -> float:
        """Close the open file, if any; the frame's time by the clocks aligned anew."""
        if self._file is None:
            return at
        self._close()
        self._timeline.align()
        return self._timeline.current(kind)

    def _open(self, at: float, size: tuple[int, int]) -> None:
        start = min([at, *(held_at for _, held_at in self._held)])
        audio = self._last.get(Kind.AUDIO)
        if audio is not None and not self._held and at - QUIET_VIDEO < audio < at:
            start = audio + 0.001  # the next audio frame may have been captured before this one
        terms = self._terms
        head = SegmentHead(
            terms.room, terms.source, self._peer, self._number, terms.wall(start), *size
        )
        self._number += 1
        self._cut_due = False
        try:
            self._file = SegmentFile(terms.directory, head, opened=start)
        except WRITE_ERRORS as error:
            self._failed(error, at)
        self._release_held()

    def _release_held(self) -> None:
        held, self._held = self._held, []
        if held and self._file is None and self._blocked is None:
            self._open(held[0][1], (0, 0))
        for frame, at in held:
            self._write(frame, at)

    def _write(self, frame: Frame, at: float) -> None:
        file = self._file
        if file is None:
            cause = self._blocked[1] if self._blocked else GapCause.WRITE_FAILED
            self._gaps.lose(cause, frame.kind, frame.arrival, 1)
            return
        if self._hole is not None:
            self._gaps.hole(self._hole[1], "", self._hole[0], at)
            self._hole = None
        try:
            file.write(frame, at)
        except WRITE_ERRORS as error:
            self._gaps.lose(_cause(error), frame.kind, frame.arrival, 1)
            self._failed(error, at)
            return
        self._recorded += 1
        self._written[frame.kind] = frame.arrival
        if not self._said_started:
            self._said_started = True
            terms = self._terms
            self._events.append(
                RecordingStarted(terms.room, terms.source, self._peer, file.head.started_at)
            )

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        closed: list[SegmentClosed] = []
        try:
            file.close(book=lambda sealed: closed.append(self._book(file, sealed)))
        except WRITE_ERRORS as error:
            self._file = file
            self._failed(error, file.opened + file.media_ms / 1000)
            return
        self._events += closed

    def _book(
        self, file: SegmentFile, sealed: Sealed, kept: tuple[int, int, int] | None = None
    ) -> SegmentClosed:
        """List a segment that is about to get its name; `kept` is what a failed write left."""
        terms, head = self._terms, file.head
        frames = (file.frames[Kind.VIDEO], file.frames[Kind.AUDIO], file.media_ms)
        video_frames, audio_frames, media_ms = kept or frames
        video, audio = file.rtp.get(Kind.VIDEO), file.rtp.get(Kind.AUDIO)
        closed = SegmentClosed(
            room=terms.room,
            source=terms.source,
            peer=head.peer,
            number=head.number,
            path=sealed.path,
            sha256=sealed.sha256,
            size_bytes=sealed.size_bytes,
            started_at=head.started_at,
            ended_at=terms.wall(file.opened + media_ms / 1000),
            media_ms=media_ms,
            video_frames=video_frames,
            audio_frames=audio_frames,
            width=head.width,
            height=head.height,
            first_video_rtp=video[0] if video else None,
            last_video_rtp=video[1] if video else None,
            first_audio_rtp=audio[0] if audio else None,
            last_audio_rtp=audio[1] if audio else None,
            salvaged=self._salvaging or kept is not None,
            span_ms=None if kept else file.span_ms(self._timeline.sender_drift()),
        )
        if closed.time_differs:
            logger.error(
                "segment plays longer or shorter than it was recorded",
                extra={"media_ms": media_ms, "span_ms": closed.span_ms},
            )
        self._manifest.append(Listed(closed, self._leg, file.opened))
        return closed

    # trouble

    def _failed(self, error: Exception, at: float) -> None:
        """Keep what is whole of the open file, name the rest, and try again in a second."""
        cause = _cause(error)
        self._blocked = (at + RETRY_AFTER, cause)
        self._alarm(AlarmCause(cause.value))
        file, self._file = self._file, None
        if file is None:
            return
        written = file.frames[Kind.VIDEO] + file.frames[Kind.AUDIO]
        closed: list[SegmentClosed] = []
        file.abandon(
            book=lambda sealed: closed.append(self._book(file, sealed, count_frames(file.part)))
        )
        self._events += closed
        kept = sum(one.video_frames + one.audio_frames for one in closed)
        self._recorded -= written - kept
        self._gaps.lose(cause, "", at, written - kept)

    def _unblocked(self, frame: Frame) -> bool:
        until, cause = self._blocked or (0.0, GapCause.WRITE_FAILED)
        terms = self._terms
        if frame.arrival < until or terms.space.free(terms.directory) < terms.floor_bytes // 8:
            self._gaps.lose(cause, frame.kind, frame.arrival, 1)
            return False
        self._blocked = None
        return True

    def _alarm(self, cause: AlarmCause) -> None:
        terms = self._terms
        if cause is AlarmCause.DISK_FULL:
            if self._said_full:
                return
            self._said_full = True
        self._events.append(RecordingAlarm(terms.room, terms.source, cause, ""))

    def _check_space(self, mono: float) -> None:
        terms = self._terms
        if terms.space.short_of(terms.floor_bytes, terms.directory, mono):
            self._alarm(AlarmCause.DISK_FULL)
        elif self._blocked is None:
            self._said_full = False


def _cause(error: Exception) -> GapCause:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return GapCause.DISK_FULL if full else GapCause.WRITE_FAILED
