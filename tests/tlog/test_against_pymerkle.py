"""Independent code agrees: pymerkle's roots, its verdict on our proofs and ours on its."""

from __future__ import annotations

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.audit import consistency_path, inclusion_path
from liuhen.tlog.growth import tree_root
from liuhen.tlog.verification import verify_consistency, verify_inclusion

from .trees import entries, leaves, tree_of

SIZE = 1500
OURS = tree_of(SIZE)
LEAVES = leaves(SIZE)
THEIRS = pymerkle.InmemoryTree(algorithm="sha256")
THEIRS.append_entries(entries(SIZE))
some_size = st.one_of(st.sampled_from([1, 2, 255, 256, 257, 1024, SIZE]), st.integers(1, SIZE))


@given(some_size)
@settings(max_examples=50, deadline=None)
def test_roots_agree(size: int) -> None:
    assert tree_root(size, OURS.read) == THEIRS.get_root(size)


@given(some_size, st.data())
@settings(max_examples=50, deadline=None)
def test_inclusion_proofs_agree_and_each_accepts_the_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, OURS.read)
    proof = THEIRS.prove_inclusion(index + 1, size)
    assert proof.path[1:] == list(path)
    verify_inclusion(LEAVES[index], index, size, proof.path[1:], THEIRS.get_root(size))
    proof.path = [LEAVES[index], *path]
    pymerkle.verify_inclusion(LEAVES[index], tree_root(size, OURS.read), proof, index + 1, size)


@given(some_size, some_size)
@settings(max_examples=50, deadline=None)
def test_each_finds_the_roots_of_the_other_consistent(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = consistency_path(old, new, OURS.read)
    verify_consistency(old, THEIRS.get_root(old), new, THEIRS.get_root(new), path)
    ours = tree_root(old, OURS.read), tree_root(new, OURS.read)
    pymerkle.verify_consistency(*ours, THEIRS.prove_consistency(old, new), old, new)


def test_both_refuse_a_proof_for_another_leaf() -> None:
    root, proof = tree_root(SIZE, OURS.read), THEIRS.prove_inclusion(8, SIZE)
    with pytest.raises(pymerkle.InvalidProof):
        pymerkle.verify_inclusion(LEAVES[8], root, proof, 8, SIZE)
    with pytest.raises(Refused):
        verify_inclusion(LEAVES[8], 7, SIZE, inclusion_path(7, SIZE, OURS.read), root)
