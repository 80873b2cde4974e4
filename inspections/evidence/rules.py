"""How alike two pictures are, by the difference hashes of their cuts; pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# Bits of 64 in which the nearest cuts of one picture, cropped and re-encoded, may differ.
NEAR = 7
Words = NDArray[np.uint64]


def words(box: "bytes | memoryview[int]") -> Words:
    """The 64-bit words of a stored print."""
    return np.frombuffer(box, dtype=">u8").astype(np.uint64)


def packed(hashes: Iterable[int]) -> bytes:
    return b"".join(one.to_bytes(8, "big") for one in hashes)


def distance(one: Words, other: Words) -> int:
    """The least number of bits in which a word of one differs from a word of the other."""
    if not one.size or not other.size:
        return 64
    return int(np.bitwise_count(one[:, None] ^ other[None, :]).min())


def likeness(windows: Words, variants: Words, seen_windows: Words, seen_variants: Words) -> int:
    """Bits that differ between one picture (slightly trimmed) and a cut of the other, or the
    other way round, whichever is nearer; 0 is the same, 64 nothing to compare."""
    return min(distance(variants, seen_windows), distance(windows, seen_variants))
