"""What the sockets of one room in this process share: the last reading of it."""

import asyncio
import time
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from signaling import view
from signaling.database import in_thread
from signaling.view import Reading


class SharedRoom:
    """Reads the room once for all who ask at the same time; lives as long as one of them."""

    def __init__(self, room_id: UUID) -> None:
        self._room_id = room_id
        self._reading: Reading | None = None
        self._began = float("-inf")
        self._task: asyncio.Task[Reading] | None = None

    async def look(self, *, after: float) -> Reading:
        """A reading that began at `after` (of time.monotonic) or later."""
        if self._task is None or self._began < after:
            self._began = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._read())
        # Whoever leaves meanwhile must not take the others' reading along.
        return await asyncio.shield(self._task)

    async def _read(self) -> Reading:
        found = await in_thread(view.read, self._room_id, self._reading)
        # Of two that ran at once the older may end last.
        if self._reading is None or found.version >= self._reading.version:
            self._reading = found
        return self._reading


_ROOMS: Final[WeakValueDictionary[UUID, SharedRoom]] = WeakValueDictionary()


def of(room_id: UUID) -> SharedRoom:
    """The one of this process; keep it for as long as it is needed."""
    room = _ROOMS.get(room_id)
    if room is None:
        room = _ROOMS[room_id] = SharedRoom(room_id)
    return room
