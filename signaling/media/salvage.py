"""After a crash: what lies finished gets its name, the open end is made of the raw journal.

Where there is no journal to read, the torn segment is kept up to its last whole cluster. Either
way the hole from there to now is named.
"""

import logging
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import av

from signaling.media.events import GapCause, MediaEvent, RecordingGap, SegmentClosed
from signaling.media.journal import closed_path, settle_name
from signaling.media.manifest import Listed, ManifestBook, read_manifest
from signaling.media.probe import count_frames
from signaling.media.rawread import JournalUnreadable, whole_journal_length
from signaling.media.replay import Replayed, replay_open_end
from signaling.media.segments import (
    Sealed,
    SegmentHead,
    cut_to_whole_clusters,
    digest_of,
    head_path,
    part_path,
    read_head,
    seal,
)

logger = logging.getLogger(__name__)

_ASIDE = "aside-"


def salvage_all(
    directory: Path, now: datetime, *, open_rooms: frozenset[str] = frozenset()
) -> Iterator[MediaEvent]:
    """Per source that a crash left open: its SegmentClosed events, and a RecordingGap up to now.

    What is read is the raw journal, to its last whole block; a segment that had got further (the
    journal stops first on a full disk) is kept instead, as the bytes that were written. Without
    one whole cluster it is renamed to `.torn`. May be broken off and run again.
    """
    torn = {
        path.parent
        for pattern in ("*.webm.part", "leg-*.rtp.part", f"{_ASIDE}*.webm")
        for path in directory.rglob(pattern)
    }
    for folder in sorted(torn):
        if folder.parent.name not in open_rooms:
            yield from _Salvage(folder, now).run()


class _Salvage:
    """One source's folder."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now
        self._until: datetime | None = None  # a torn segment's start, when nothing of it was whole
        self._unfinished = 0

    def run(self) -> Iterator[MediaEvent]:
        self._take_back()
        yield from self._name_finished()
        parts = sorted(self._folder.glob("*.webm.part"))
        journals = sorted(self._folder.glob("leg-*.rtp.part"))
        if parts and not journals:
            journals = sorted(self._folder.glob("leg-*.rtp"))[-1:]
        if not parts and not journals:
            return
        counts = {part: _whole_frames(part) for part in parts}
        for journal in journals:
            yield from self._replay(journal, counts)
        for part in sorted(self._folder.glob("*.webm.part")):
            yield from self._cut(part)
        yield self._hole()

    def _hole(self) -> RecordingGap:
        ends = [one.segment.ended_at for one in read_manifest(self._folder).listed]
        if self._until is not None:
            ends.append(self._until)
        since = max(ends, default=self._now)
        room, source = self._folder.parent.name, self._folder.name
        return RecordingGap(room, source, since, self._now, GapCause.CRASH, self._unfinished, "")

    # what was finished

    def _take_back(self) -> None:
        """A salvage that broke off left a torn segment under another name."""
        for aside in self._folder.glob(f"{_ASIDE}*.webm"):
            part = part_path(self._folder, int(aside.stem.removeprefix(_ASIDE)))
            if any(part.with_name(part.name[:6] + end).exists() for end in (".webm", ".stored")):
                self._drop(aside)
            else:
                self._move(aside, part)

    def _move(self, old: Path, new: Path) -> None:
        """A torn segment and its head under another name; numbers are told by names."""
        old.rename(new)
        if head_path(old).exists():
            head_path(old).rename(head_path(new))

    def _drop(self, torn: Path) -> None:
        head_path(torn).unlink(missing_ok=True)
        torn.unlink(missing_ok=True)

    def _name_finished(self) -> Iterator[MediaEvent]:
        """A listed segment that has not got its name yet is whole; it only needs that."""
        listed = {one.segment.number: one.segment for one in read_manifest(self._folder).listed}
        for part in sorted(self._folder.glob("*.webm.part")):
            segment = listed.get(int(part.name[:6]))
            if segment is not None and digest_of(part) == segment.sha256:
                settle_name(part, segment.path)
                head_path(part).unlink(missing_ok=True)
                yield segment

    # from the journal

    def _replay(self, journal: Path, counts: dict[Path, int]) -> list[MediaEvent]:
        asides = {part: part.with_name(f"{_ASIDE}{part.name[:6]}.webm") for part in counts}
        for part, aside in asides.items():
            if part.exists():
                self._move(part, aside)
        replayed = Replayed([], 0)
        try:
            listed = read_manifest(self._folder).listed
            replayed = replay_open_end(journal, listed, at_least=max(counts.values(), default=0))
            _settle_journal(journal)
        except JournalUnreadable:
            logger.warning("raw journal unreadable after a crash")
            journal.rename(journal.with_suffix(".torn"))
        except (OSError, av.FFmpegError):
            logger.exception("raw journal could not be replayed")
        self._unfinished += replayed.unfinished
        sealed = any(isinstance(event, SegmentClosed) for event in replayed.events)
        for part, aside in asides.items():
            if aside.exists():
                if sealed:
                    self._drop(aside)
                else:
                    self._move(aside, part)
        return replayed.events

    # without one

    def _cut(self, part: Path) -> Iterator[MediaEvent]:
        try:
            head = read_head(part)
        except (OSError, ValueError, KeyError, TypeError):
            head = _guess_head(part)
        try:
            whole = cut_to_whole_clusters(part)
            counts = count_frames(part) if whole else (0, 0, 0)
        except (av.FFmpegError, ValueError):
            whole, counts = False, (0, 0, 0)
        if not whole:
            self._until = head.started_at
            logger.warning("segment unreadable after a crash")
            part.rename(part.with_name(f"{part.name[:6]}.torn"))
            head_path(part).unlink(missing_ok=True)
            return
        closed: list[SegmentClosed] = []

        def book(sealed: Sealed) -> None:
            closed.append(_closed(head, sealed, counts))
            ManifestBook(self._folder).append(Listed(closed[0], 0, 0.0))

        seal(part, book=book)
        yield from closed


def _closed(head: SegmentHead, sealed: Sealed, counts: tuple[int, int, int]) -> SegmentClosed:
    video, audio, last_ms = counts
    return SegmentClosed(
        room=head.room,
        source=head.source,
        peer=head.peer,
        number=head.number,
        path=sealed.path,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        started_at=head.started_at,
        ended_at=head.started_at + timedelta(milliseconds=last_ms),
        media_ms=last_ms,
        video_frames=video,
        audio_frames=audio,
        width=head.width,
        height=head.height,
        first_video_rtp=None,
        last_video_rtp=None,
        first_audio_rtp=None,
        last_audio_rtp=None,
        salvaged=True,
    )


def _whole_frames(part: Path) -> int:
    """Frames in the whole clusters of a torn segment, which is cut there."""
    try:
        video, audio, _ = count_frames(part) if cut_to_whole_clusters(part) else (0, 0, 0)
    except (av.FFmpegError, ValueError):
        return 0
    return video + audio


def _settle_journal(journal: Path) -> None:
    """The whole blocks stay, synced, under the name of a journal that is over."""
    if journal.suffix != ".part":
        return
    with journal.open("rb+") as file:
        file.truncate(whole_journal_length(journal))
        os.fsync(file.fileno())
    settle_name(journal, closed_path(journal))


def _guess_head(part: Path) -> SegmentHead:
    """Without its head a segment still has its place; it began no later than it was written."""
    written = datetime.fromtimestamp(part.stat().st_mtime).astimezone()
    return SegmentHead(
        part.parent.parent.name, part.parent.name, "", int(part.name[:6]), written, 0, 0
    )
