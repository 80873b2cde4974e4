"""Identifiers: UUIDv7 (RFC 9562) for rows, random text for secrets."""

import secrets
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last = 0


def new() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then a counter and random bits.

    The 12 bits of `rand_a` hold the fraction of the millisecond (RFC 9562 §6.2 method 3), moved on
    when two calls fall into the same step, so that ids made by one process sort by creation.
    """
    global _last
    with _lock:
        # The wall clock of the machine, not clock.now(): a standing test clock must not make
        # ids collide or sort backwards.
        ticks = (time.time_ns() << 12) // 1_000_000
        _last = max(ticks, _last + 1)
        millis, fraction = _last >> 12, _last & 0xFFF
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def token(bits: int = 128) -> str:
    """A URL-safe secret with at least `bits` of entropy (ASVS 7.2.3 asks for 128)."""
    return secrets.token_urlsafe((bits + 7) // 8)
