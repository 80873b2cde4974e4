"""A token bucket: how much somebody may send, on a monotonic clock."""

import time
from collections.abc import Callable


class Bucket:
    """Fills by `per_second` up to `burst`; begins full."""

    def __init__(
        self, per_second: float, burst: float, *, mono: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_second
        self._burst = burst
        self._tokens = burst
        self._mono = mono
        self._at = mono()

    def take(self, count: float = 1) -> bool:
        """So many tokens, or False (and none of them) when there are fewer."""
        now = self._mono()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < count:
            return False
        self._tokens -= count
        return True
