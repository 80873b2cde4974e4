"""Raw journals: kept beside the segments until they are accounted for and may go, then removed.

What happened to a room's journals is on a stream of its own, `raw:<room>`: the room's stream may
be sealed by then. Nothing here removes a journal of which a packet is missing.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM, Actor
from signaling.database import in_thread
from signaling.media.accounts import Account, AccountJob
from signaling.models import Gap, Room, Segment
from signaling.states import Life

logger = logging.getLogger(__name__)

ACCOUNTED = "recording.raw_accounted"
RELEASED = "recording.raw_released"
REMOVED = "recording.raw_removed"


@dataclass(frozen=True, slots=True)
class RawSource:
    """One member's journals on this node."""

    room: Room
    source: str
    folder: Path

    @property
    def journals(self) -> list[Path]:
        return sorted(self.folder.glob("leg-*.rtp"))


def stream_of(room_id: UUID) -> str:
    return f"raw:{room_id}"


def release_raw(stream: str, *, actor: Actor) -> int:
    """Let the raw journals of a stream's rooms go: what they hold is sealed elsewhere.

    The node that holds them removes them once they are accounted for, unless
    `RECORDING_RAW_KEEP` says otherwise. Returns the number of rooms; a room is released once.
    Journals `recording.raw_released` per room.
    """
    released = 0
    for room in Room.objects.filter(stream=stream):
        with transaction.atomic():
            if not _entries(room.pk, RELEASED):
                journal.append(
                    stream_of(room.pk), RELEASED, actor=actor, data={"room": str(room.pk)}
                )
                released += 1
    return released


async def keep_raw(storage: Path) -> None:
    """One round over a node's folder: account for closed rooms' journals, remove what may go."""
    for source in await in_thread(_due, storage):
        await _account_for(source)
    await in_thread(_remove_all, storage)


def _sources(storage: Path) -> Iterator[RawSource]:
    """Sources of closed rooms whose journals are all closed."""
    for folder in sorted({path.parent for path in storage.glob("*/*/leg-*.rtp")}):
        try:
            room = Room.objects.filter(pk=UUID(folder.parent.name), state=Life.CLOSED.value).first()
        except ValueError:
            room = None
        if room is not None and not any(folder.glob("leg-*.rtp.part")):
            yield RawSource(room, folder.name, folder)


def _entries(room_id: UUID, kind: str) -> list[dict[str, JSONValue]]:
    return [entry.data for entry in journal.entries(stream_of(room_id)).filter(kind=kind)]


def _account_of(source: RawSource) -> dict[str, JSONValue] | None:
    found = [e for e in _entries(source.room.pk, ACCOUNTED) if e["source"] == source.source]
    return found[-1] if found else None


def _due(storage: Path) -> list[RawSource]:
    return [source for source in _sources(storage) if _account_of(source) is None]


# accounts


async def _account_for(source: RawSource) -> None:
    with ExitStack() as files:
        job = await in_thread(_job, source, files)
        found = await _in_child(job)
    if found is not None:
        await in_thread(_note_account, source, found)


def _job(source: RawSource, files: ExitStack) -> AccountJob:
    segments = Segment.objects.filter(room=source.room, source_id=UUID(source.source))
    gaps = Gap.objects.filter(room=source.room, source_id=UUID(source.source))
    store = blobs.store()
    return {
        "journals": [str(path) for path in source.journals],
        "segments": [
            str(files.enter_context(store.local_path(row.blob_key)))
            for row in segments.order_by("started_at", "number")
        ],
        "gaps": [
            {
                "started_at": gap.started_at.isoformat(),
                "ended_at": gap.ended_at.isoformat(),
                "kind": gap.kind,
            }
            for gap in gaps
        ],
    }


async def _in_child(job: AccountJob) -> Account | None:
    child = await asyncio.create_subprocess_exec(
        *("nice", "-n", "15", sys.executable, "-m", "signaling.media.accounts"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=settings.BASE_DIR,
    )
    try:
        out, errors = await child.communicate(json.dumps(job).encode())
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if child.returncode != 0:
        tail = errors.decode(errors="replace").strip().splitlines()[-1:]
        logger.error("raw journals could not be accounted for", extra={"error": tail})
        return None
    return Account(**json.loads(out))


def _note_account(source: RawSource, found: Account) -> None:
    """Journals `recording.raw_accounted` with what each packet came to and the files' digests."""
    if not found.balanced:
        logger.error("raw journal holds packets that are nowhere", extra={"missing": found.missing})
    files: list[JSONValue] = [_file(path) for path in source.journals]
    data: dict[str, JSONValue] = {
        "room": str(source.room.pk),
        "source": source.source,
        "balanced": found.balanced,
        "files": files,
        **asdict(found),
    }
    with transaction.atomic():
        journal.append(stream_of(source.room.pk), ACCOUNTED, actor=SYSTEM, data=data)


def _file(path: Path) -> dict[str, JSONValue]:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "sha256": digest, "size": path.stat().st_size}


# removal


def _remove_all(storage: Path) -> None:
    for source in _sources(storage):
        known = _account_of(source)
        if known is not None and known["balanced"] and _may_go(source):
            _remove(source)


def _may_go(source: RawSource) -> bool:
    keep = settings.RECORDING_RAW_KEEP
    return keep == "stored" or (keep == "sealed" and bool(_entries(source.room.pk, RELEASED)))


def _remove(source: RawSource) -> None:
    """Journals `recording.raw_removed` before: said twice is better than done unsaid."""
    names: list[JSONValue] = [path.name for path in source.journals]
    size = sum(path.stat().st_size for path in source.journals)
    data: dict[str, JSONValue] = {
        "room": str(source.room.pk),
        "source": source.source,
        "files": names,
        "size": size,
        "removed_at": clock.iso(clock.now()),
        "rule": settings.RECORDING_RAW_KEEP,
    }
    with transaction.atomic():
        journal.append(stream_of(source.room.pk), REMOVED, actor=SYSTEM, data=data)
    for path in source.journals:
        path.unlink(missing_ok=True)
