"""The free space of a disk, looked up once a second while there is enough."""

import shutil
from pathlib import Path

EVERY = 1.0


class FreeSpace:
    """Shared by all who write to one disk; the time given is monotonic seconds.

    What is short is looked up each time: the moment it is enough again, it counts.
    """

    def __init__(self) -> None:
        self._free = 0
        self._seen = float("-inf")

    def free(self, directory: Path) -> int:
        """Bytes, as they are now."""
        return shutil.disk_usage(directory).free

    def short_of(self, floor: int, directory: Path, mono: float) -> bool:
        """Whether less than `floor` bytes are free, as of the last second."""
        if self._free < floor or not 0 <= mono - self._seen < EVERY:
            self._free, self._seen = self.free(directory), mono
        return self._free < floor
