"""The Merkle tree hash of RFC 6962 §2.1 with SHA-256, and its proofs. Pure.

In: rows as bytes. Out: a root for the first n of them, the path that shows that one row is among them, and the one that
shows that a longer tree begins with a shorter. Hashes are 32 bytes; leaves are hashed behind a 0, nodes behind a 1, so
that no leaf can be taken for a node.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(row: bytes) -> bytes:
    return hashlib.sha256(b"\0" + row).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """As much of a tree as it takes to let it grow: the roots of its complete subtrees, largest first."""

    size: int = 0  # rows
    peaks: tuple[bytes, ...] = ()  # one for each bit of `size` that is 1

    @property
    def root(self) -> bytes:
        """Of all rows so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root

    def grown(self, rows: Iterable[bytes]) -> "Tree":
        """With these rows behind the others."""
        size, peaks = self.size, list(self.peaks)
        sha256, push, pop = hashlib.sha256, peaks.append, peaks.pop  # ten million rows go through here
        for row in rows:
            node = sha256(b"\0" + row).digest()
            complete = size
            while complete & 1:
                node = sha256(b"\1" + pop() + node).digest()
                complete >>= 1
            push(node)
            size += 1
        return Tree(size=size, peaks=tuple(peaks))

    def encode(self) -> bytes:
        """The peaks, one behind the other."""
        return b"".join(self.peaks)

    @classmethod
    def decode(cls, size: int, peaks: bytes) -> "Tree":
        """ValueError where there are not as many peaks as a tree of that size has."""
        if size < 0 or len(peaks) != HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(peaks)} bytes are not the peaks of a tree of {size} rows")
        found = tuple(peaks[start : start + HASH_BYTES] for start in range(0, len(peaks), HASH_BYTES))
        return cls(size=size, peaks=found)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, from hashes of leaves."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """PATH of RFC 6962 §2.1.1 for the leaf at `index`, from 0. IndexError where there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split]))


def consistency_proof(leaves: Sequence[bytes], before: int) -> tuple[bytes, ...]:
    """PROOF of RFC 6962 §2.1.2 that the first `before` leaves are a tree of their own. IndexError for other sizes."""
    if not 0 < before <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves holds none of {before}")
    return _subproof(leaves, before, is_known=True)


def is_included(leaf: bytes, index: int, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from this leaf to this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        number >>= 1
        last >>= 1
    return not last and found == root


def is_consistent(before: tuple[int, bytes], after: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the tree (size, root) `after` begins with the tree `before` (RFC 9162 §2.1.4.2)."""
    (size, root), (last_size, last_root) = before, after
    if not 0 < size <= last_size:
        return False
    if size == last_size:
        return not proof and root == last_root
    path = [root, *proof] if size & (size - 1) == 0 else list(proof)
    if not path:
        return False
    number, last = size - 1, last_size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if number & 1 or number == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        number >>= 1
        last >>= 1
    return not last and (old, new) == (root, last_root)


def _subproof(leaves: Sequence[bytes], before: int, *, is_known: bool) -> tuple[bytes, ...]:
    if before == len(leaves):
        return () if is_known else (root_of(leaves),)
    split = _split(len(leaves))
    if before <= split:
        return (*_subproof(leaves[:split], before, is_known=is_known), root_of(leaves[split:]))
    return (*_subproof(leaves[split:], before - split, is_known=False), root_of(leaves[:split]))


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
