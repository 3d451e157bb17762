"""The Merkle tree of RFC 6962, section 2.1, over digests of 32 bytes.

A log only grows at its end, so the tree is kept as its *frontier*: the roots of the perfect
subtrees that the leaves fall into, largest first. From it the root of any later size follows
without a look at the leaves before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

DIGEST_SIZE = 32


def leaf_hash(data: bytes) -> bytes:
    """The digest of a leaf; the prefix keeps a leaf from passing for a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The digest of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: what must be known to let it grow and to say its root."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """`peaks` are the perfect subtrees' roots, one for each bit set in `size`.

        Raises ValueError where they do not fit the size.
        """
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves does not have {len(self.peaks)} peaks")

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """The frontier that `packed()` wrote, for a tree of `size` leaves."""
        return cls(
            size, (packed[at : at + DIGEST_SIZE] for at in range(0, len(packed), DIGEST_SIZE))
        )

    def packed(self) -> bytes:
        """The peaks one after the other."""
        return b"".join(self.peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf digest at the end."""
        node = leaf
        # every trailing one in the size is a finished subtree that the new leaf completes
        for _bit in range((self.size ^ (self.size + 1)).bit_length() - 1):
            node = node_hash(self.peaks.pop(), node)
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree; of an empty one the digest of nothing."""
        if not self.peaks:
            return sha256(b"").digest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf digests in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The digests that lead from leaf `index` (from 0) to the root (RFC 6962, 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The digests that show the first `earlier` leaves unchanged in the tree (RFC 6962, 2.1.2)."""
    if not 0 < earlier <= len(leaves):
        raise IndexError(f"there is no earlier tree of {earlier} among {len(leaves)}")
    return _subproof(leaves, earlier, whole=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if earlier <= split:
        return [*_subproof(leaves[:split], earlier, whole=whole), root(leaves[split:])]
    return [
        *_subproof(leaves[split:], earlier - split, whole=False),
        root(leaves[:split]),
    ]


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from the leaf to the root `expected` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == expected


def consistent(
    earlier: int, earlier_root: bytes, size: int, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `size` holds the tree of `earlier` unchanged (RFC 9162, 2.1.4.2)."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not proof and earlier_root == later_root
    path = list(proof)
    if earlier.bit_count() == 1:
        path.insert(0, earlier_root)
    if not path:
        return False
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == earlier_root and new == later_root
