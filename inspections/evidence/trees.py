"""The tree over all heads: RFC 6962 §2.1 hashes and proofs (verification: RFC 9162 §2.1.3–4).

Pure: hashes in, hashes out. A proof is a list of sibling hashes, nearest to the leaf first.
"""

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
CHALLENGE_DIGITS = 6


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier = grown(frontier, size, leaf)
    return root_of_frontier(frontier)


def grown(frontier: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The frontier of a tree of `size` leaves after one more.

    A frontier is the roots of the complete subtrees a tree falls into, the largest first: all
    that is needed to go on growing it.
    """
    stack = [*frontier, leaf]
    while size & 1:
        right, left = stack.pop(), stack.pop()
        stack.append(node_hash(left, right))
        size >>= 1
    return stack


def root_of_frontier(frontier: Sequence[bytes]) -> bytes:
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves); ValueError for an index outside of the tree."""
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF(old_size, leaves): that the first `old_size` leaves stayed what they were.

    Empty for equal sizes and for an empty old tree; ValueError for an old tree that is larger.
    """
    if not 0 <= old_size <= len(leaves):
        raise ValueError("the old tree is not within this one")
    if old_size in {0, len(leaves)}:
        return []
    return _subproof(leaves, old_size, whole=True)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether `leaf` is leaf `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Whether the tree `new` (size, root) begins with the whole of the tree `old`."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size in {0, new_size}:
        expected = new_root if old_size else EMPTY_ROOT
        return not path and old_root == expected
    complete = old_size & (old_size - 1) == 0
    steps = [old_root, *path] if complete else list(path)
    if not (0 < old_size < new_size and steps):
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def challenge(root_hex: str, stream: str) -> str:
    """时间口令: six digits nobody could know before this root; other streams get others."""
    seed = b"\x00".join((b"challenge", root_hex.encode(), stream.encode()))
    number = int.from_bytes(hashlib.sha256(seed).digest()[:8], "big")
    return f"{number % 10**CHALLENGE_DIGITS:0{CHALLENGE_DIGITS}d}"


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root_of(leaves[split:])]
    return [
        *_subproof(leaves[split:], old_size - split, whole=False),
        root_of(leaves[:split]),
    ]
