"""The chained list of a source's segments, written and synced before a segment gets its name.

One line of JSON per segment; `chain` is the SHA-256 over the chain before and the rest of the line,
so a line cannot be changed, dropped or moved unseen. After a crash it says what a finished file is,
exactly, even when nobody had entered it anywhere else.
"""

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from signaling.media.events import SegmentClosed

logger = logging.getLogger(__name__)

NAME = "manifest.jsonl"
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment of the list: what was said of it, and where it lies in its leg.

    `opened` is the capture time of presentation time 0, in monotonic seconds of the process that
    recorded.
    """

    segment: SegmentClosed
    leg: int
    opened: float


def _line(listed: Listed, before: str) -> tuple[str, str]:
    segment = asdict(listed.segment)
    segment["path"] = listed.segment.path.name
    for name in ("started_at", "ended_at"):
        segment[name] = segment[name].isoformat()
    body = {"segment": segment, "leg": listed.leg, "opened": listed.opened}
    chain = _chain(before, body)
    return json.dumps({**body, "chain": chain}, sort_keys=True), chain


def _chain(before: str, body: dict[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _read(line: str, directory: Path, before: str) -> tuple[Listed, str]:
    body = json.loads(line)
    chain = str(body.pop("chain"))
    if chain != _chain(before, body):
        raise ValueError("chain")
    raw = body["segment"]
    segment = SegmentClosed(
        **{
            **raw,
            "path": directory / raw["path"],
            "started_at": datetime.fromisoformat(raw["started_at"]),
            "ended_at": datetime.fromisoformat(raw["ended_at"]),
        }
    )
    return Listed(segment, body["leg"], body["opened"]), chain


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines that hold, the chain's head, their length in bytes, and whether that is all."""

    listed: list[Listed]
    chain: str
    length: int
    whole: bool


def read_manifest(directory: Path) -> Reading:
    """The list of a source's folder up to the first line that does not hold."""
    path = directory / NAME
    listed: list[Listed] = []
    chain, length = GENESIS, 0
    data = path.read_bytes() if path.exists() else b""
    for line in data.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            one, chain = _read(line.decode(), directory, chain)
        except (ValueError, TypeError, KeyError):
            break
        listed.append(one)
        length += len(line)
    return Reading(listed, chain, length, length == len(data))


class ManifestBook:
    """Appends to one source's list. A line that the disk refuses waits for the next one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._chain: str | None = None
        self._waiting: list[Listed] = []

    def append(self, listed: Listed) -> None:
        """Write and sync a line; a full disk does not keep a finished segment from its name."""
        self._waiting.append(listed)
        try:
            self._write()
        except OSError:
            self._chain = None  # read anew: a part of a line may have got through
            logger.exception("segment list could not be written, will be with the next segment")

    def _write(self) -> None:
        path = self._directory / NAME
        chain = self._chain
        with path.open("ab") as file:
            if chain is None:
                reading = read_manifest(self._directory)
                if not reading.whole:
                    logger.error("segment list has a torn or broken tail, set aside")
                    torn = path.read_bytes()[reading.length :]
                    path.with_suffix(".torn").write_bytes(torn)
                    file.truncate(reading.length)
                chain = reading.chain
            lines = []
            for listed in self._waiting:
                line, chain = _line(listed, chain)
                lines.append(line + "\n")
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
        self._chain, self._waiting = chain, []
