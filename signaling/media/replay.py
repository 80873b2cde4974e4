"""What a crash kept from a segment, made one from the raw journal: the open end of a leg."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from signaling.media.assemble import Assembled, AudioAssembler, Frame, Loss, VideoAssembler
from signaling.media.events import MediaEvent, RecordingGap, SegmentClosed
from signaling.media.items import Item, LegStart, Report, Terms, Tick
from signaling.media.journal import JournalHead
from signaling.media.manifest import Listed
from signaling.media.rawread import Taken, read_journal, read_journal_head
from signaling.media.segmenter import Segmenter
from signaling.media.sink import Kind

LOOK_BACK = 3.0
"""Seconds before the last segment's start: its first frames, and sound that was held for them."""
SEGMENT_SECONDS = 10.0
_HALF = 1 << 31


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a leg's open end; `unfinished` frames were still without their last packet."""

    events: list[MediaEvent]
    unfinished: int


@dataclass(frozen=True, slots=True)
class _Read:
    """The end of a leg as frames; `open_end` could no longer become any."""

    frames: list[Assembled | Report]
    open_end: list[Assembled]


def replay_open_end(journal: Path, listed: list[Listed], *, at_least: int) -> Replayed:
    """Write what the journal holds behind the leg's last listed segment; writes into its folder.

    Nothing when that is less than `at_least` frames: something else holds more. Refuses
    JournalUnreadable; an OSError of the disk goes through.
    """
    head = read_journal_head(journal)
    own = [one for one in listed if one.leg == head.leg]
    read = _read(journal, own[-1].opened - LOOK_BACK if own else float("-inf"))
    known, behind = _split(read.frames, _last_stamps(own))
    unfinished = sum(item.frames for item in read.open_end if isinstance(item, Loss))
    if sum(isinstance(item, Frame) for item in behind) < max(at_least, 1):
        return Replayed([], unfinished)
    segmenter = Segmenter(_terms(journal.parent, head))
    kinds = frozenset(Kind(kind) for kind in head.kinds)
    segmenter.resume(LegStart(head.peer, kinds, head.leg), known)
    fed = segmenter.feed(behind)
    done = segmenter.finish(_latest(behind))
    kept = (SegmentClosed, RecordingGap)
    events: list[MediaEvent] = [
        event for event in (*fed.events, *done.events) if isinstance(event, kept)
    ]
    return Replayed(events, unfinished)


def _terms(directory: Path, head: JournalHead) -> Terms:
    zero = head.wall_zero
    return Terms(
        room=head.room,
        source=head.source,
        directory=directory,
        segment_seconds=SEGMENT_SECONDS,
        floor_bytes=0,
        wall=lambda mono: zero + timedelta(seconds=mono),
    )


def _read(journal: Path, since: float) -> _Read:
    video, audio = VideoAssembler(), AudioAssembler()
    out: list[Assembled | Report] = []
    for read in read_journal(journal, since=since):
        match read:
            case Taken():
                assembler = video if read.kind is Kind.VIDEO else audio
                out += assembler.add(read.packet)
            case Tick():
                out += video.tick(read.at) + audio.tick(read.at)
            case Report():
                out.append(read)
    open_end: list[Assembled] = []
    for ends in (video.finish(), audio.finish()):
        whole = max((n for n, item in enumerate(ends, 1) if isinstance(item, Frame)), default=0)
        out += ends[:whole]
        open_end += ends[whole:]
    return _Read(out, open_end)


def _last_stamps(own: list[Listed]) -> dict[Kind, int]:
    last: dict[Kind, int] = {}
    for one in own:
        for kind, stamp in (
            (Kind.VIDEO, one.segment.last_video_rtp),
            (Kind.AUDIO, one.segment.last_audio_rtp),
        ):
            if stamp is not None:
                last[kind] = stamp
    return last


def _split(
    frames: list[Assembled | Report], last: dict[Kind, int]
) -> tuple[list[Frame | Report], list[Item]]:
    """What is in the listed segments, and what came behind them."""
    cuts = {kind: _behind(frames, kind, last.get(kind)) for kind in Kind}
    known: list[Frame | Report] = []
    behind: list[Item] = []
    for place, item in enumerate(frames):
        if isinstance(item, Report):
            (behind if behind else known).append(item)
        elif place >= cuts[item.kind]:
            behind.append(item)
        elif isinstance(item, Frame):
            known.append(item)
    return known, behind


def _behind(frames: list[Assembled | Report], kind: Kind, last: int | None) -> int:
    """Where the frames of a kind begin that are behind the one with the stamp `last`."""
    if last is None:
        return 0
    own = [(n, f) for n, f in enumerate(frames) if isinstance(f, Frame) and f.kind is kind]
    found = [n for n, frame in own if frame.timestamp == last]
    if found:
        return found[-1] + 1
    later = [n for n, frame in own if 0 < (frame.timestamp - last) % (2 * _HALF) < _HALF]
    return later[0] if later else len(frames)


def _latest(items: Iterable[Item]) -> float:
    return max((item.arrival for item in items if isinstance(item, Frame)), default=0.0)
