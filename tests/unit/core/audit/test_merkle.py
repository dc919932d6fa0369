"""The tree of RFC 6962, against the vectors that Certificate Transparency's implementations share, and by its laws."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.core.audit.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

ROWS = [
    bytes.fromhex(row)
    for row in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = list(map(leaf_hash, ROWS))
SIZES = st.integers(1, 70)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_first_eight_rows_are_those_everybody_gets(size):
    assert Tree().grown(ROWS[:size]).root.hex() == root_of(LEAVES[:size]).hex() == ROOTS[size]


def test_a_leaf_and_a_node_are_hashed_apart():
    assert leaf_hash(b"") == hashlib.sha256(b"\0").digest()
    assert node_hash(b"a" * 32, b"b" * 32) == hashlib.sha256(b"\1" + b"a" * 32 + b"b" * 32).digest()
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT


def test_the_paths_of_the_rfcs_example_are_as_it_draws_them():
    """RFC 6962 §2.1.3: seven leaves d0..d6; a..j are named there."""
    seven = leaves(7)
    a, b, c, d, e, f, j = seven
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - the RFC's own letter
    assert inclusion_proof(seven, 0) == (b, h, l)
    assert inclusion_proof(seven, 3) == (c, g, l)
    assert inclusion_proof(seven, 4) == (f, j, k)
    assert inclusion_proof(seven, 6) == (i, k)
    assert consistency_proof(seven, 3) == (c, d, g, l)
    assert consistency_proof(seven, 4) == (l,)
    assert consistency_proof(seven, 6) == (i, j, k)


@given(SIZES, st.integers(0, 70))
def test_a_tree_may_be_put_away_at_any_size_and_grows_on(size, cut):
    rows = [str(number).encode() for number in range(size)]
    first = Tree().grown(rows[:cut])
    again = Tree.decode(first.size, first.encode()).grown(rows[cut:])
    assert again == Tree().grown(rows)
    assert again.root == root_of(leaves(size))


@given(SIZES, st.data())
def test_each_row_is_proved_to_be_included_and_no_other_is(size, data):
    tree, index = leaves(size), data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(tree, index), root_of(tree)
    assert is_included(tree[index], index, size=size, root=root, proof=proof)
    assert not is_included(leaf_hash(b"other"), index, size=size, root=root, proof=proof)
    assert not is_included(tree[index], index, size=size, root=leaf_hash(b"other"), proof=proof)
    assert not is_included(tree[index], index, size=size, root=root, proof=(*proof, root))
    assert not is_included(tree[index], size, size=size, root=root, proof=proof)
    if proof:
        assert not is_included(tree[index], index, size=size, root=root, proof=proof[:-1])


@given(SIZES, st.data())
def test_a_longer_tree_is_proved_to_begin_with_the_shorter_and_a_changed_one_is_not(size, data):
    tree, before = leaves(size), data.draw(st.integers(1, size))
    proof, old, new = consistency_proof(tree, before), root_of(tree[:before]), root_of(tree)
    assert is_consistent((before, old), (size, new), proof)
    changed = [leaf_hash(b"changed"), *tree[1:]]
    assert not is_consistent((before, old), (size, root_of(changed)), consistency_proof(changed, before))
    assert not is_consistent((before, leaf_hash(b"other")), (size, new), proof)
    assert not is_consistent((before, old), (size, new), (*proof, new))
    assert not is_consistent((0, EMPTY_ROOT), (size, new), proof)
    if proof:
        assert not is_consistent((before, old), (size, new), proof[:-1])


@pytest.mark.parametrize(("size", "peaks"), [(1, b""), (3, bytes(32)), (0, bytes(32)), (-1, b""), (1, bytes(31))])
def test_peaks_that_do_not_fit_the_size_are_refused(size, peaks):
    with pytest.raises(ValueError, match="are not the peaks of a tree of"):
        Tree.decode(size, peaks)


def test_there_is_no_proof_of_what_is_not_there():
    with pytest.raises(IndexError, match="no leaf 3 among 3"):
        inclusion_proof(leaves(3), 3)
    with pytest.raises(IndexError, match="holds none of 4"):
        consistency_proof(leaves(3), 4)
