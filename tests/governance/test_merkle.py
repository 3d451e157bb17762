"""The tree is that of RFC 6962: an implementation by others comes to the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from pymerkle.proof import MerkleProof

from governance import merkle

SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100]


def theirs(entries: list[bytes]) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree


def entries(size: int) -> list[bytes]:
    return [b"row %d" % number for number in range(size)]


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries(size)]


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    # RFC 6962, 2.1: MTH({}) = SHA-256()
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]).hex() == expected


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_the_one_that_pymerkle_finds(size: int) -> None:
    assert merkle.root(leaves(size)) == theirs(entries(size)).get_root()


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_that_a_leaf_is_in_the_tree_is_the_one_that_pymerkle_gives(size: int) -> None:
    tree, all_leaves, root = theirs(entries(size)), leaves(size), merkle.root(leaves(size))
    for index in range(size):
        proof = merkle.inclusion_proof(all_leaves, index)
        their_proof = tree.prove_inclusion(index + 1, size)
        assert proof == without_leaf(their_proof)
        verify_inclusion(all_leaves[index], root, their_proof)
        assert merkle.includes(all_leaves[index], index, size, proof, root)


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_that_an_earlier_tree_is_kept_holds_for_every_earlier_size(size: int) -> None:
    tree, all_leaves, root = theirs(entries(size)), leaves(size), merkle.root(leaves(size))
    for earlier in range(1, size + 1):
        earlier_root = merkle.root(all_leaves[:earlier])
        verify_consistency(earlier_root, root, tree.prove_consistency(earlier, size))
        proof = merkle.consistency_proof(all_leaves, earlier)
        assert merkle.consistent(earlier, earlier_root, size, root, proof)


def without_leaf(proof: MerkleProof) -> list[bytes]:
    """pymerkle's path begins with the leaf itself, which RFC 6962's does not carry."""
    return [bytes.fromhex(step) for step in proof.serialize()["path"]][1:]


@given(size=st.integers(1, 40), data=st.data())
def test_a_proof_holds_for_nothing_else(size: int, data: st.DataObject) -> None:
    all_leaves, root = leaves(size), merkle.root(leaves(size))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(all_leaves, index)
    leaf = all_leaves[index]
    stranger = merkle.leaf_hash(b"another")
    assert not merkle.includes(stranger, index, size, proof, root)
    assert not merkle.includes(leaf, index, size, [*proof, stranger], root)
    assert not merkle.includes(leaf, index, size, proof, stranger)
    assert not proof or not merkle.includes(leaf, index, size, proof[:-1], root)

    earlier = data.draw(st.integers(1, size))
    earlier_root = merkle.root(all_leaves[:earlier])
    proof = merkle.consistency_proof(all_leaves, earlier)
    assert not merkle.consistent(earlier, stranger, size, root, proof)
    assert not merkle.consistent(earlier, earlier_root, size, stranger, proof)
    assert not merkle.consistent(earlier, earlier_root, size, root, [*proof, stranger])
    rewritten = [*all_leaves[: earlier - 1], stranger, *all_leaves[earlier:]]
    assert not merkle.consistent(earlier, earlier_root, size, merkle.root(rewritten), proof)


@given(st.integers(0, 200), st.integers(0, 60))
def test_a_tree_taken_up_from_its_frontier_grows_as_if_it_had_never_been_laid_down(
    before: int, after: int
) -> None:
    everything = leaves(before + after)
    frontier = merkle.Frontier()
    for leaf in everything[:before]:
        frontier.append(leaf)
    taken_up = merkle.Frontier.unpack(before, frontier.packed())
    for leaf in everything[before:]:
        taken_up.append(leaf)
    assert (taken_up.size, taken_up.root()) == (before + after, merkle.root(everything))


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="peaks"):
        merkle.Frontier.unpack(3, bytes(32))


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(leaves(3), index)


@pytest.mark.parametrize("earlier", [0, 4])
def test_there_is_no_proof_for_an_earlier_tree_that_never_was(earlier: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(leaves(3), earlier)
