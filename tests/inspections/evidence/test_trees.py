"""The tree's mathematics against a naive reading of RFC 6962 §2.1 and its known vectors."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.evidence import trees

# The eight inputs and the roots of their prefixes that implementations of RFC 6962 share.
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [trees.leaf_hash(one) for one in INPUTS]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = naive_root(leaves[:split]) + naive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + both).digest()


def some_leaves(count: int) -> list[bytes]:
    return [trees.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_shared_vectors(size: int) -> None:
    assert trees.root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_digest_of_nothing_as_root() -> None:
    assert trees.root_of([]).hex() == hashlib.sha256(b"").hexdigest()


def test_a_path_is_that_of_the_shared_vectors() -> None:
    assert [step.hex() for step in trees.inclusion_proof(LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 70))
def test_any_tree_has_the_root_the_definition_says(size: int) -> None:
    leaves = some_leaves(size)
    assert trees.root_of(leaves) == naive_root(leaves)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_each_leaf_is_proved_by_its_own_path_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    root, path = naive_root(leaves), trees.inclusion_proof(leaves, index)
    assert trees.verify_inclusion(leaves[index], index, size, path, root)
    assert trees.verify_inclusion(leaves[other], index, size, path, root) == (other == index)
    assert not trees.verify_inclusion(leaves[index], index, size, path, trees.EMPTY_ROOT)
    assert not trees.verify_inclusion(leaves[index], index, size, [*path, root], root)
    if path:
        assert not trees.verify_inclusion(leaves[index], index, size, path[:-1], root)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_tree_that_only_grew_is_proved_and_a_changed_one_is_not(data: st.DataObject) -> None:
    new_size = data.draw(st.integers(1, 70))
    old_size = data.draw(st.integers(0, new_size))
    leaves = some_leaves(new_size)
    old, new = (old_size, naive_root(leaves[:old_size])), (new_size, naive_root(leaves))
    path = trees.consistency_proof(leaves, old_size)
    assert trees.verify_consistency(old, new, path)
    if not old_size:
        return
    forged = [*leaves]
    forged[data.draw(st.integers(0, old_size - 1))] = trees.leaf_hash(b"another history")
    lie = (new_size, naive_root(forged))
    assert not trees.verify_consistency(old, lie, path)
    assert not trees.verify_consistency(old, lie, trees.consistency_proof(forged, old_size))
    assert not trees.verify_consistency(new, old, path) or old == new


def test_what_lies_outside_of_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="leaf"):
        trees.inclusion_proof(LEAVES, 8)
    with pytest.raises(ValueError, match="within"):
        trees.consistency_proof(LEAVES, 9)
    assert not trees.verify_inclusion(LEAVES[0], 8, 8, [], trees.root_of(LEAVES))


def test_the_challenge_is_six_digits_of_root_and_stream() -> None:
    root = ROOTS[7]
    seed = hashlib.sha256(f"challenge\x00{root}\x00dossier:1".encode()).digest()
    expected = int.from_bytes(seed[:8], "big") % 1_000_000
    assert trees.challenge(root, "dossier:1") == f"{expected:06d}"
    assert trees.challenge(root, "dossier:1") != trees.challenge(root, "dossier:2")
