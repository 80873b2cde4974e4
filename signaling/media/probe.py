"""Reading a segment back: the check behind every claim about a recording."""

from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True, slots=True)
class SegmentProbe:
    """What is in a file. Times in milliseconds of presentation; sizes of the first picture."""

    video_frames: int = 0
    audio_frames: int = 0
    duration_ms: int = 0
    width: int = 0
    height: int = 0
    decodable: bool = False
    decoded_pictures: int = 0
    first_video_ms: int = -1
    first_audio_ms: int = -1
    error: str = ""


def count_frames(path: Path) -> tuple[int, int, int]:
    """Video frames, audio frames and last presentation time in ms, without decoding."""
    video = audio = last = 0
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.pts is None or packet.size == 0:
                continue
            last = max(last, round(packet.pts * packet.time_base * 1000))
            if packet.stream.type == "video":
                video += 1
            else:
                audio += 1
    return video, audio, last


def probe_segment(path: Path) -> SegmentProbe:
    """Count and decode everything in a segment; never raises for a bad file, says so instead."""
    try:
        return _probe(path)
    except (OSError, ValueError, av.FFmpegError) as error:
        return SegmentProbe(error=type(error).__name__)


def _probe(path: Path) -> SegmentProbe:
    counts = {"video": 0, "audio": 0}
    firsts: dict[str, int] = {}
    last = pictures = width = height = 0
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.pts is None or packet.size == 0:
                continue
            kind = packet.stream.type
            at = round(packet.pts * packet.time_base * 1000)
            firsts.setdefault(kind, at)
            last = max(last, at + round((packet.duration or 0) * packet.time_base * 1000))
            counts[kind] += 1
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    pictures += 1
                    width, height = width or frame.width, height or frame.height
    return SegmentProbe(
        video_frames=counts["video"],
        audio_frames=counts["audio"],
        duration_ms=last,
        width=width,
        height=height,
        decodable=pictures == counts["video"] and (pictures or counts["audio"]) > 0,
        decoded_pictures=pictures,
        first_video_ms=firsts.get("video", -1),
        first_audio_ms=firsts.get("audio", -1),
        error="",
    )
