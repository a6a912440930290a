"""The tree: growth, roots and paths from tiles, against naive recursion and known vectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.audit import consistency_path, inclusion_path
from liuhen.tlog.growth import grow_tree, tree_root
from liuhen.tlog.hashing import EMPTY_ROOT, MAX_SIZE, leaf_hash, node_hash
from liuhen.tlog.tiles import tiles_between
from liuhen.tlog.verification import verify_consistency, verify_inclusion

from .trees import TileStore, leaves, naive_path, naive_proof, naive_root, tree_of

# The sample tree of the Certificate Transparency project: eight entries, the root at each size.
SAMPLE = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243")]
SAMPLE += [bytes.fromhex("5051525354555657"), bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
SAMPLE_ROOTS = [
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
BIG = tree_of(3000)
BIG_LEAVES = leaves(3000)
# Where tiles, levels and powers of two begin and end.
EDGES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 1025, 2999]
sizes = st.one_of(st.sampled_from([*EDGES, 3000]), st.integers(0, 3000))


@pytest.mark.parametrize("size", range(9))
def test_sample_tree_has_the_published_roots(size: int) -> None:
    store = TileStore()
    growth = store.append([leaf_hash(entry) for entry in SAMPLE[:size]])
    assert growth.root.hex() == SAMPLE_ROOTS[size]
    assert tree_root(size, store.read).hex() == SAMPLE_ROOTS[size]


def test_sample_tree_has_the_published_paths() -> None:
    store = TileStore()
    store.append([leaf_hash(entry) for entry in SAMPLE])
    assert [h.hex() for h in inclusion_path(5, 8, store.read)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [h.hex() for h in consistency_path(6, 8, store.read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(sizes)
@settings(max_examples=60, deadline=None)
def test_root_at_any_size_is_that_of_naive_recursion(size: int) -> None:
    assert tree_root(size, BIG.read) == naive_root(BIG_LEAVES[:size])


@given(st.lists(st.integers(0, 700), max_size=6))
@settings(max_examples=40, deadline=None)
def test_growing_in_steps_gives_the_same_tiles_as_growing_at_once(steps: list[int]) -> None:
    store, total = TileStore(), sum(steps)
    hashes = leaves(total)
    for step in steps:
        growth = store.append(hashes[store.size : store.size + step])
        assert growth.root == tree_root(store.size, store.read)
    assert store.tiles == tree_of(total).tiles
    assert tree_root(total, store.read) == naive_root(hashes)


@given(sizes, sizes)
@settings(max_examples=60, deadline=None)
def test_growth_returns_exactly_the_tiles_between_two_sizes(one: int, other: int) -> None:
    old, new = sorted((one, other))
    growth = grow_tree(old, BIG.read, BIG_LEAVES[old:new])
    assert [tile.id for tile in growth.tiles] == list(tiles_between(old, new))
    assert growth.root == tree_root(new, BIG.read)


def test_growth_reads_only_the_partial_tiles_of_the_old_tree() -> None:
    store = tree_of(70_000)
    store.reads.clear()
    store.append(leaves(3))
    assert store.reads == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_a_path_reads_no_tile_twice_and_at_most_two_a_level() -> None:
    store = tree_of(70_000)
    store.reads.clear()
    inclusion_path(66_000, 70_000, store.read)
    assert len(set(store.reads)) == len(store.reads) <= 2 * 3


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_inclusion_paths_are_those_of_naive_recursion_and_verify(data: st.DataObject) -> None:
    size = data.draw(st.one_of(st.sampled_from([*EDGES[1:], 3000]), st.integers(1, 3000)))
    index = data.draw(st.one_of(st.just(0), st.just(size - 1), st.integers(0, size - 1)))
    path = inclusion_path(index, size, BIG.read)
    assert list(path) == naive_path(index, BIG_LEAVES[:size])
    verify_inclusion(BIG_LEAVES[index], index, size, path, tree_root(size, BIG.read))


@given(sizes, sizes)
@settings(max_examples=60, deadline=None)
def test_consistency_paths_are_those_of_naive_recursion_and_verify(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = consistency_path(old, new, BIG.read)
    assert list(path) == (naive_proof(old, BIG_LEAVES[:new]) if old else [])
    verify_consistency(old, tree_root(old, BIG.read), new, tree_root(new, BIG.read), path)


def test_every_small_pair_of_sizes_and_every_index_verifies() -> None:
    for size in range(1, 20):
        root = naive_root(BIG_LEAVES[:size])
        for index in range(size):
            path = inclusion_path(index, size, BIG.read)
            verify_inclusion(BIG_LEAVES[index], index, size, path, root)
        for old in range(size + 1):
            path = consistency_path(old, size, BIG.read)
            verify_consistency(old, naive_root(BIG_LEAVES[:old]), size, root, path)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_altered_byte_of_an_inclusion_proof_is_found(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 3000))
    index = data.draw(st.integers(0, size - 1))
    root = tree_root(size, BIG.read)
    parts = [BIG_LEAVES[index], root, *inclusion_path(index, size, BIG.read)]
    altered = _with_altered_byte(data, parts)
    with pytest.raises(Refused) as refusal:
        verify_inclusion(altered[0], index, size, altered[2:], altered[1])
    assert refusal.value.data == {"what": "root"}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_altered_byte_of_a_consistency_proof_is_found(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 3000))
    old = data.draw(st.integers(1, size - 1))
    roots = [tree_root(old, BIG.read), tree_root(size, BIG.read)]
    altered = _with_altered_byte(data, [*roots, *consistency_path(old, size, BIG.read)])
    with pytest.raises(Refused, match=r"consistency\.wrong"):
        verify_consistency(old, altered[0], size, altered[1], altered[2:])


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_proof_holds_for_its_own_index_and_length_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 3000))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))
    root, path = tree_root(size, BIG.read), inclusion_path(index, size, BIG.read)
    for at, hashes in ((other, path), (index, path[:-1]), (index, (*path, root))):
        with pytest.raises(Refused, match=r"inclusion\.wrong"):
            verify_inclusion(BIG_LEAVES[index], at, size, hashes, root)


def test_a_rewritten_history_has_no_consistency_proof() -> None:
    forged = TileStore()
    forged.append([leaf_hash(b"forged"), *BIG_LEAVES[1:600]])
    old_root = tree_root(500, BIG.read)
    path = consistency_path(500, 600, forged.read)
    with pytest.raises(Refused, match="old root"):
        verify_consistency(500, old_root, 600, tree_root(600, forged.read), path)


def test_a_shortened_log_is_refused() -> None:
    roots = tree_root(500, BIG.read), tree_root(600, BIG.read)
    path = consistency_path(500, 600, BIG.read)
    with pytest.raises(Refused, match="sizes"):
        verify_consistency(600, roots[1], 500, roots[0], path)


def test_two_roots_of_one_size_are_refused() -> None:
    with pytest.raises(Refused, match=r"consistency\.wrong"):
        verify_consistency(5, naive_root(BIG_LEAVES[:5]), 5, naive_root(BIG_LEAVES[1:6]), ())


def test_the_empty_tree_is_consistent_with_any_tree_only_without_proof_and_with_its_root() -> None:
    root = tree_root(3, BIG.read)
    verify_consistency(0, EMPTY_ROOT, 3, root, ())
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    for old_root, path in ((EMPTY_ROOT, (root,)), (root, ())):
        with pytest.raises(Refused, match=r"consistency\.wrong"):
            verify_consistency(0, old_root, 3, root, path)


@pytest.mark.parametrize(
    ("index", "size", "what"),
    [(-1, 5, "index"), (5, 5, "index"), (0, 0, "size"), (0, -1, "size"), (0, MAX_SIZE + 1, "size")],
)
def test_verifying_refuses_numbers_out_of_range_by_name(index: int, size: int, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        verify_inclusion(BIG_LEAVES[0], index, size, (), BIG_LEAVES[0])
    assert (refusal.value.code, refusal.value.data["what"]) == ("inclusion.wrong", what)


def test_verifying_an_absurd_size_ends_at_once() -> None:
    with pytest.raises(Refused, match="path length"):
        verify_inclusion(BIG_LEAVES[0], 1, MAX_SIZE, [BIG_LEAVES[0]] * 62, BIG_LEAVES[0])
    with pytest.raises(Refused, match="path length"):
        verify_consistency(1, BIG_LEAVES[0], MAX_SIZE, BIG_LEAVES[0], [BIG_LEAVES[0]] * 99)


def test_hashes_of_wrong_length_are_refused() -> None:
    root = naive_root(BIG_LEAVES[:2])
    for leaf, path in ((BIG_LEAVES[0][:31], [BIG_LEAVES[1]]), (BIG_LEAVES[0], [b""])):
        with pytest.raises(Refused, match="hash length"):
            verify_inclusion(leaf, 0, 2, path, root)
    with pytest.raises(Refused, match="leaf hash 1"):
        grow_tree(0, BIG.read, [BIG_LEAVES[0], BIG_LEAVES[1] + b"\x00"])


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1])
def test_making_refuses_sizes_out_of_range(size: int) -> None:
    for call in (
        lambda: tree_root(size, BIG.read),
        lambda: grow_tree(size, BIG.read, []),
        lambda: inclusion_path(0, size, BIG.read),
        lambda: consistency_path(0, size, BIG.read),
        lambda: list(tiles_between(0, size)),
    ):
        with pytest.raises(Refused, match=r"tree\.range"):
            call()


def test_making_refuses_an_index_or_old_size_outside_the_tree() -> None:
    for call in (
        lambda: inclusion_path(5, 5, BIG.read),
        lambda: inclusion_path(-1, 5, BIG.read),
        lambda: inclusion_path(0, 0, BIG.read),
        lambda: consistency_path(6, 5, BIG.read),
        lambda: consistency_path(-1, 5, BIG.read),
        lambda: list(tiles_between(6, 5)),
    ):
        with pytest.raises(Refused, match=r"tree\.range"):
            call()


def test_the_tree_stops_growing_at_its_largest_size() -> None:
    def full(level: int, index: int, width: int) -> bytes:
        return bytes(32) * width

    with pytest.raises(Refused, match=r"tree\.range"):
        grow_tree(MAX_SIZE, full, [BIG_LEAVES[0]])


def test_a_missing_or_cut_tile_is_named() -> None:
    store = tree_of(300)
    for stored in (b"", store.tiles[0, 1][:-1]):
        store.tiles[0, 1] = stored
        with pytest.raises(Refused) as refusal:
            tree_root(300, store.read)
        assert refusal.value.code == "tile.damaged"
        assert refusal.value.data == {"level": 0, "index": 1, "width": 44, "found": len(stored)}


def test_an_altered_tile_shows_as_another_root() -> None:
    store = tree_of(300)
    root = tree_root(300, store.read)
    store.tiles[0, 1] = bytes(32) + store.tiles[0, 1][32:]
    assert tree_root(300, store.read) != root


def test_growth_on_tiles_altered_since_the_last_signed_root_is_refused() -> None:
    store = tree_of(70_000)
    root = tree_root(70_000, store.read)
    assert grow_tree(70_000, store.read, BIG_LEAVES[:1], old_root=root).size == 70_001
    for place in ((0, 273), (1, 1), (2, 0)):
        sound = store.tiles[place]
        store.tiles[place] = sound[:-1] + bytes([sound[-1] ^ 1])
        with pytest.raises(Refused) as refusal:
            grow_tree(70_000, store.read, BIG_LEAVES[:1], old_root=root)
        assert refusal.value.code == "tree.altered"
        assert refusal.value.data == {"size": 70_000, "expected": root.hex()}
        store.tiles[place] = sound


def test_the_verifier_shares_no_code_with_the_maker() -> None:
    source = Path(__file__).parents[2] / "src/liuhen/tlog/verification.py"
    imports = [line for line in source.read_text("utf-8").splitlines() if "import" in line]
    assert not [line for line in imports if "liuhen.tlog" in line]


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = BIG_LEAVES[:2]
    assert leaf_hash(b"\x01" + left + right) != node_hash(left, right) != leaf_hash(left + right)


def _with_altered_byte(data: st.DataObject, parts: list[bytes]) -> list[bytes]:
    which = data.draw(st.integers(0, len(parts) - 1))
    place = data.draw(st.integers(0, 31))
    mask = data.draw(st.integers(1, 255))
    altered = bytearray(parts[which])
    altered[place] ^= mask
    return [*parts[:which], bytes(altered), *parts[which + 1 :]]
