"""The recorder's place on the event loop: a Sink like any viewer, a member called RECORDING."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from signaling.media.assemble import Assembled, AudioAssembler, Frame, Loss, VideoAssembler
from signaling.media.events import (
    AlarmCause,
    GapCause,
    MediaEvent,
    RecordingAlarm,
    RecordingGap,
    SegmentClosed,
    SourceSummary,
)
from signaling.media.gang import Gang
from signaling.media.items import Item, LegEnd, LegStart, Outcome, Report, Terms, Tick
from signaling.media.journal import Arrived, JournalHead, JournalWriter, last_leg
from signaling.media.rtp import Packet
from signaling.media.segmenter import Segmenter
from signaling.media.sink import Kind, Leg, Sink

logger: Final = logging.getLogger(__name__)

BACKLOG_LIMIT: Final = 48 * 1024 * 1024
FLUSH_EVERY: Final = 0.2
SEGMENTS_EVERY: Final = 2  # flushes of the journal, which is what a crash is mended from
SILENT_AFTER: Final = 3.0
GOP_LIMIT_BYTES: Final = 16 * 1024 * 1024
GOP_LIMIT_FRAMES: Final = 1200
_THREADS: Final = Gang(ThreadPoolExecutor(max_workers=4, thread_name_prefix="recording"))
"""Of all sources: a batch of each at a time, and a slow fsync holds up the others for a moment."""


class Recorder(Sink):
    """Records one source: packets to frames at each tick, frames to segments in a thread.

    Between two ticks packets only lie in a list: a dozen taken at once cost less than one by one.
    """

    def __init__(self, terms: Terms, *, emit: Callable[[MediaEvent], None]) -> None:
        self._terms = terms
        self._emit = emit
        self._segmenter = Segmenter(terms)
        self._fresh: list[Arrived] = []
        self._video = VideoAssembler()
        self._audio = AudioAssembler()
        self._journal: JournalWriter | None = None
        self._journal_lost = False
        self._closing: list[asyncio.Future[None]] = []
        self._legs = last_leg(terms.directory)
        self._leg: Leg | None = None
        self._leg_since = 0.0
        self._batch: list[Item] = []
        self._batch_bytes = 0
        self._running: asyncio.Future[Outcome] | None = None
        self._flushed_at = 0.0
        self._round = -1
        self._silent: set[Kind] = set()
        self._written: dict[Kind, float] = {}
        self._backlogged = False
        self._segments: list[SegmentClosed] = []
        self._gaps: list[RecordingGap] = []
        self.frames_recorded = 0
        self.frames_in_gaps = 0
        self._pictures: list[Frame] = []
        self._pictures_bytes = 0

    # as a Sink

    def on_leg(self, leg: Leg) -> None:
        self._finish_assembly()
        self._close_journal(self._flushed_at)
        self._legs += 1
        self._journal = JournalWriter(
            self._terms.directory,
            self._head(leg),
            floor_bytes=self._terms.floor_bytes,
            space=self._terms.space,
        )
        self._leg = leg
        self._leg_since = -1.0
        self._batch.append(LegStart(leg.peer, leg.kinds, self._legs))
        leg.request_key_frame()

    def _head(self, leg: Leg) -> JournalHead:
        terms = self._terms
        kinds = tuple(sorted(leg.kinds))
        zero = terms.wall(0.0).isoformat()
        return JournalHead(terms.room, terms.source, leg.peer, self._legs, kinds, zero)

    def _close_journal(self, mono: float) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            self._closing.append(journal.close(mono))

    def on_packet(self, kind: Kind, packet: Packet) -> None:
        self._fresh.append((kind, packet))

    def on_sender_report(self, kind: Kind, ntp: int, timestamp: int) -> None:
        self._assemble()
        if self._journal is not None:
            self._journal.report(kind, ntp, timestamp)
        self._batch.append(Report(kind, ntp, timestamp))

    def _assemble(self) -> None:
        """Take what came since the last time, in order."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        if self._leg_since < 0:
            self._leg_since = fresh[0][1].arrival
        if self._journal is not None:
            self._journal.packets(fresh)
        video, audio = self._video, self._audio
        for kind, packet in fresh:
            assembled = video.add(packet) if kind is Kind.VIDEO else audio.add(packet)
            if assembled:
                self._take(assembled)

    def leave(self, mono: float, cause: GapCause | None) -> None:
        """The source's peer is gone: close its segment; `cause` names the hole until the next."""
        self._finish_assembly()
        self._close_journal(mono)
        self._leg = None
        self._batch.append(LegEnd(cause))
        self._flush(mono)

    def _finish_assembly(self) -> None:
        self._assemble()
        self._take(self._video.finish() + self._audio.finish())
        self._video, self._audio = VideoAssembler(), AudioAssembler()

    def _take(self, assembled: Sequence[Assembled]) -> None:
        for item in assembled:
            if isinstance(item, Frame):
                self._take_frame(item)
            else:
                self._batch.append(item)
        if assembled and self._video.needs_key_frame and self._leg is not None:
            self._leg.request_key_frame()

    def _take_frame(self, frame: Frame) -> None:
        if self._batch_bytes > BACKLOG_LIMIT or (
            self._backlogged and frame.kind is Kind.VIDEO and not frame.key
        ):
            # The disk is slower than the network: a named hole, and a clean start after it.
            self._backlogged = True
            self._batch.append(Loss(frame.kind, 1, frame.arrival, GapCause.BACKLOG))
            if self._leg is not None:
                self._leg.request_key_frame()
            return
        if frame.kind is Kind.VIDEO:
            self._backlogged = False
            self._remember(frame)
        self._batch.append(frame)
        self._batch_bytes += len(frame.data)

    def _remember(self, frame: Frame) -> None:
        if frame.key:
            self._pictures, self._pictures_bytes = [], 0
        elif not self._pictures:
            return
        if self._pictures_bytes > GOP_LIMIT_BYTES or len(self._pictures) > GOP_LIMIT_FRAMES:
            return
        self._pictures.append(frame)
        self._pictures_bytes += len(frame.data)

    def pictures(self) -> list[bytes]:
        """The last key frame and what followed it."""
        self._assemble()
        return [frame.data for frame in self._pictures]

    # time

    def tick(self, mono: float) -> None:
        """Make frames, give up on late packets, hand the batch to the thread, watch for silence."""
        self._assemble()
        given_up = self._video.tick(mono) + self._audio.tick(mono)
        if given_up:
            self._take(given_up)
        round_, before = int((mono + 0.005) / FLUSH_EVERY), self._round
        flushing = round_ != before  # all sources at once
        self._round = round_
        self._tick_journal(mono, noting=bool(given_up), flushing=flushing)
        if round_ // SEGMENTS_EVERY != before // SEGMENTS_EVERY:
            self._flush(mono)
            self._watch(mono)

    def _tick_journal(self, mono: float, *, noting: bool, flushing: bool) -> None:
        journal = self._journal
        if journal is None:
            return
        if noting:
            journal.tick(mono)
        if flushing:
            journal.flush()
            if journal.failed is not None and not self._journal_lost:
                # A full disk is said by the segmenter, which is the one that still needs it.
                self._journal_lost = True
                logger.error("raw journal stopped", extra={"cause": journal.failed.value})
                if journal.failed is AlarmCause.WRITE_FAILED:
                    terms = self._terms
                    self._emit(RecordingAlarm(terms.room, terms.source, journal.failed, ""))

    def _flush(self, mono: float) -> None:
        if self._running is not None:
            return
        self._flushed_at = mono
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        batch.append(Tick(mono))
        self._running = _THREADS.run(partial(self._segmenter.feed, batch))
        self._running.add_done_callback(self._settle)

    def _settle(self, done: "asyncio.Future[Outcome]") -> None:
        self._running = None
        error = done.exception()
        if error is not None:
            logger.error("recording thread failed", exc_info=error)
            self._emit(
                RecordingAlarm(self._terms.room, self._terms.source, AlarmCause.WRITE_FAILED, "")
            )
            return
        self._apply(done.result())

    def _apply(self, outcome: Outcome) -> None:
        self.frames_recorded = outcome.recorded
        self.frames_in_gaps = outcome.in_gaps
        self._written = outcome.written
        for event in outcome.events:
            if isinstance(event, SegmentClosed):
                self._segments.append(event)
            elif isinstance(event, RecordingGap):
                self._gaps.append(event)
            self._emit(event)
        if outcome.wants_key_frame and self._leg is not None:
            self._leg.request_key_frame()

    def _watch(self, mono: float) -> None:
        if self._leg is None:
            return
        if self._leg_since < 0:
            self._leg_since = mono
        for kind in self._leg.kinds:
            silent = mono - max(self._leg_since, self._written.get(kind, 0.0)) > SILENT_AFTER
            if silent and kind not in self._silent:
                self._silent.add(kind)
                terms = self._terms
                self._emit(RecordingAlarm(terms.room, terms.source, AlarmCause.TRACK_SILENT, kind))
            elif not silent:
                self._silent.discard(kind)

    # end

    async def settle(self) -> None:
        """Wait until everything handed in so far is in the hands of the disk."""
        while self._running is not None:
            await asyncio.wait([self._running])
            await asyncio.sleep(0)
        writing = self._journal.writing if self._journal is not None else None
        if writing is not None:
            await asyncio.wait([writing])

    async def close(self, mono: float, frames_received: int) -> SourceSummary:
        """Close the last segment, the journal and the books."""
        self._finish_assembly()
        self._close_journal(mono)
        self._leg = None
        await self.settle()
        batch, self._batch = self._batch, []
        for work in (partial(self._segmenter.feed, batch), partial(self._segmenter.finish, mono)):
            job = _THREADS.run(work)
            await asyncio.wait([job])
            self._settle(job)
        if self._closing:
            await asyncio.wait(self._closing)
        return SourceSummary(
            source=self._terms.source,
            frames_received=frames_received,
            frames_recorded=self.frames_recorded,
            frames_in_gaps=self.frames_in_gaps,
            segments=tuple(self._segments),
            gaps=tuple(self._gaps),
        )
