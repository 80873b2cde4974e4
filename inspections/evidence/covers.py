"""The tree over a dossier's own entries, made so that a path shows nothing of its neighbours.

A plain leaf hash could be guessed from what an entry probably says. Each digest is therefore
hashed together with a cover of its own, drawn from one secret seed of the dossier.
"""

import hashlib
from collections.abc import Sequence

from inspections.evidence.trees import leaf_hash, root_of


def cover(seed: str, number: int) -> bytes:
    """What hides entry `number`; from one cover the seed cannot be told."""
    return hashlib.sha256(b"cover\x00" + seed.encode() + b"\x00" + str(number).encode()).digest()


def entry_leaf(covering: bytes, digest: str) -> bytes:
    return leaf_hash(covering + bytes.fromhex(digest))


def covered_leaves(seed: str, digests: Sequence[str]) -> list[bytes]:
    """The leaves of entries 1, 2, … with these digests."""
    return [entry_leaf(cover(seed, number), one) for number, one in enumerate(digests, start=1)]


def entries_root(seed: str, digests: Sequence[str]) -> str:
    return root_of(covered_leaves(seed, digests)).hex()
