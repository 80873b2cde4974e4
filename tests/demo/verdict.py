"""What the finished inspection left, checked and counted: verdict.json."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av

from tests.e2e.play import LOOP
from tests.support import footage
from tests.support.product import Topology
from tests.support.until import until

NUMBER = "YKY-2026-000001"
_FULL_SIDE = 1280
_MAIN_SIDE = 640


@dataclass(frozen=True)
class Strip:
    """Frame numbers painted into the fake camera, as read back from the decoded recording.

    `frames` and `read` count the pictures in full size; `smaller` those that a weak line made so.
    """

    frames: int
    read: int
    backwards: int
    smaller: int


def collect(product: Topology, folder: Path) -> dict[str, object]:
    """Export the dossiers as packages, verify them with and without the product; the verdict."""
    chain = json.loads(product.manage("verify_dossier", NUMBER, "--json"))
    mp4, package = _exported(product, folder)
    dossier = folder / "dossier-1"
    shutil.copy(dossier / "data" / "record.pdf", folder / "record.pdf")
    lines = (dossier / "data" / "events.jsonl").read_bytes().splitlines()
    journal = [json.loads(line) for line in lines]
    closed, *_ = _of_kind(journal, "room.closed")
    gaps = _of_kind(journal, "recording.gap_named")
    video, strip = read_segments(dossier / "data" / "items" / "segments")
    check = ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"]
    sums = subprocess.run(check, cwd=dossier, check=False).returncode
    return {
        "chain_intact": all(one["ok"] and one["sealed"] for one in chain),
        "sha256sum_ok": sums == 0,
        "package": {
            "verified": package["verified"],
            "grade": package["grade"],
            "outside_time": package["facts"].get("outside_time"),
            "findings": [one["text"] for one in package["findings"]],
            "bytes": package["facts"]["bytes"],
        },
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
        "levels": [level["level"] for level in _of_kind(journal, "media.level")],
        "video_frames_decoded": video,
        "strip": asdict(strip),
        "mp4": mp4,
        "machine_load_1_min": round(os.getloadavg()[0], 1),
    }


def _of_kind(journal: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry["data"] for entry in journal if entry["kind"] == kind]


def read_segments(folder: Path) -> tuple[int, Strip]:
    """Decode every segment; of the phone's, read the painted frame numbers in order."""
    decoded, read, backwards, frames, smaller = 0, 0, 0, 0, 0
    for path in sorted(folder.glob("*.webm")):
        with av.open(str(path)) as container:
            if not container.streams.video:
                continue
            last = -1
            for frame in container.decode(video=0):
                decoded += 1
                side = max(frame.width, frame.height)
                if side < _MAIN_SIDE:
                    continue
                frames += side >= _FULL_SIDE
                smaller += side < _FULL_SIDE
                number = footage.read_strip(frame)
                if number is None:
                    continue
                read += side >= _FULL_SIDE
                # The camera's file loops: a large step back is the file's new beginning.
                backwards += last >= 0 and 0 < last - number < LOOP // 2
                last = number
    return decoded, Strip(frames, read, backwards, smaller)


def _exported(product: Topology, folder: Path) -> tuple[dict[str, object], dict[str, Any]]:
    """Export, again until the worker has made the MP4 and the last stamp is there.

    What the derived copy is, and what the stand-alone verifier says of the package.
    """
    product.manage("export_verifier", "--out", str(folder / "verifier"))
    made = folder / "dossier-1" / "data" / "derived" / "recording.mp4"
    verdicts: list[dict[str, Any]] = []

    def ready() -> bool:
        product.manage("export_dossier", NUMBER, "--out", str(folder))
        if not made.exists():
            return False
        found = json.loads(verified(folder, "--json").stdout)
        verdicts.append(found)
        due = {"anchors_missing", "time_pending", "trail_absent"}
        return not due & {one["code"] for one in found["findings"]}

    # Looking takes a core for seconds, which the MP4 then lacks.
    until(ready, seconds=900, what="the derived MP4 and the last timestamp", rest=10)
    path = shutil.copy(made, folder / "recording.mp4")
    with av.open(str(path)) as container:
        video = container.streams.video[0].codec_context
        seconds = float(container.duration or 0) / 1_000_000
        audio = [stream.codec_context.name for stream in container.streams.audio]
        copy: dict[str, object] = {
            "video": video.name,
            "audio": audio,
            "size": [video.width, video.height],
            "seconds": round(seconds, 1),
        }
    return copy, verdicts[-1]


def verified(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What verify.py says of the package, run by a bare interpreter in an empty environment."""
    kit = folder / "verifier"
    roots = [word for path in sorted(kit.glob("*.pem")) for word in ("--root", str(path))]
    return subprocess.run(
        ["python3", "-I", "-S", str(kit / "verify.py"), str(folder / "dossier-1"), *roots, *words],
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )


def good(verdict: dict[str, object]) -> bool:
    """Whether everything that must hold does."""
    package = verdict["package"]
    assert isinstance(package, dict)
    return bool(
        verdict["chain_intact"]
        and verdict["sha256sum_ok"]
        and package["verified"]
        and verdict["every_frame_accounted_for"]
    )
