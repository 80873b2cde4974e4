"""What the finished inspection left, checked and counted: verdict.json."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from tests.e2e.play import LOOP
from tests.support import footage
from tests.support.product import Topology
from tests.support.until import until

NUMBER = "YKY-2026-000001"
_MAIN_SIDE = 640


@dataclass(frozen=True)
class Strip:
    """Frame numbers painted into the fake camera, as read back from the decoded recording."""

    frames: int
    read: int
    backwards: int


def collect(product: Topology, folder: Path) -> dict[str, object]:
    """Export the dossiers, verify them, wait for the derived MP4; returns the verdict."""
    chain = json.loads(product.manage("verify_dossier", NUMBER, "--json"))
    mp4 = _exported(product, folder)
    dossier = folder / "dossier-1"
    shutil.copy(dossier / "record.pdf", folder / "record.pdf")
    journal = [json.loads(line) for line in (dossier / "journal.jsonl").read_bytes().splitlines()]
    closed = next(entry["data"] for entry in journal if entry["kind"] == "room.closed")
    gaps = [entry["data"] for entry in journal if entry["kind"] == "recording.gap_named"]
    video, strip = read_segments(dossier / "segments")
    sums = subprocess.run(
        ["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=dossier, check=False
    ).returncode
    return {
        "chain_intact": all(one["ok"] and one["sealed"] for one in chain),
        "sha256sum_ok": sums == 0,
        "journal_entries": sum(one["entries"] for one in chain),
        "coverage_percent": closed["coverage_per_mille"] / 10,
        "frames_received": closed["frames_received"],
        "frames_recorded": closed["frames_recorded"],
        "frames_in_named_gaps": closed["frames_in_gaps"],
        "every_frame_accounted_for": closed["balanced"],
        "gaps": [
            {key: gap[key] for key in ("cause", "media_kind", "started_at", "ended_at", "frames")}
            for gap in gaps
        ],
        "segments": closed["segments"],
        "video_frames_decoded": video,
        "strip": asdict(strip),
        "mp4": mp4,
        "machine_load_1_min": round(os.getloadavg()[0], 1),
    }


def read_segments(folder: Path) -> tuple[int, Strip]:
    """Decode every segment; of the phone's, read the painted frame numbers in order."""
    decoded, read, backwards, frames = 0, 0, 0, 0
    for path in sorted(folder.glob("*.webm")):
        with av.open(str(path)) as container:
            if not container.streams.video:
                continue
            last = -1
            for frame in container.decode(video=0):
                decoded += 1
                if max(frame.width, frame.height) < _MAIN_SIDE:
                    continue
                frames += 1
                number = footage.read_strip(frame)
                if number is None:
                    continue
                read += 1
                # The camera's file loops: a large step back is the file's new beginning.
                backwards += last >= 0 and 0 < last - number < LOOP // 2
                last = number
    return decoded, Strip(frames, read, backwards)


def _exported(product: Topology, folder: Path) -> dict[str, object]:
    """Export, again until the worker has made the MP4; it is moved beside the record."""
    made = folder / "dossier-1" / "recording.mp4"

    def ready() -> bool:
        product.manage("export_dossier", NUMBER, "--out", str(folder))
        return made.exists()

    until(ready, seconds=240, what="the derived MP4")
    path = made.rename(folder / "recording.mp4")
    with av.open(str(path)) as container:
        video = container.streams.video[0].codec_context
        seconds = float(container.duration or 0) / 1_000_000
        audio = [stream.codec_context.name for stream in container.streams.audio]
        return {
            "video": video.name,
            "audio": audio,
            "size": [video.width, video.height],
            "seconds": round(seconds, 1),
        }


def good(verdict: dict[str, object]) -> bool:
    """Whether everything that must hold does."""
    return bool(
        verdict["chain_intact"] and verdict["sha256sum_ok"] and verdict["every_frame_accounted_for"]
    )
