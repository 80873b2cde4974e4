"""Looking up by number what is registered of a paper: open to anybody, but not in bulk."""

from django.core.cache import cache

from fieldsvc.kernel.hashing import sha256_hex
from inspections.reports import rules, selectors
from inspections.reports.errors import LookUpThrottled
from inspections.reports.selectors import Registered


def look_up(number: str, *, address: str) -> Registered:
    """What is registered under a number, the try counted by network address.

    Refuses with `look_up_throttled`, `document_unknown`. Journals nothing: looking at what anybody
    may see says nothing of anybody.
    """
    seconds = int(rules.LOOK_UP_WINDOW.total_seconds())
    key = f"look-up:{sha256_hex(address.encode())}"
    cache.add(key, 0, timeout=seconds)
    if cache.incr(key) > rules.LOOK_UPS:
        raise LookUpThrottled(retry_after=seconds)
    return selectors.registered(number.strip().upper())
