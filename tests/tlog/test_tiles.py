"""Tiles and bundles: geometry, paths and encoding as tlog-tiles lays them down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.tiles import (
    BundleId,
    TileId,
    decode_bundle,
    encode_bundle,
    parse_tile_path,
    tile_width,
    tiles_between,
)

widths = st.integers(1, 256)


def test_the_specification_s_example_of_a_path() -> None:
    assert TileId(0, 1234067).path == "tile/0/x001/x234/067"
    assert TileId(2, 0, 1).path == "tile/2/000.p/1"
    assert BundleId(1234067, 255).path == "tile/entries/x001/x234/067.p/255"


def test_the_specification_s_example_of_a_tree() -> None:
    tiles = list(tiles_between(0, 70_000))
    level = {n: [tile for tile in tiles if tile.level == n] for n in range(4)}
    assert [tile.width for tile in level[0]] == [256] * 273 + [112]
    assert [tile.width for tile in level[1]] == [256, 17]
    assert [tile.width for tile in level[2]] == [1]
    assert not level[3]
    assert list(tiles_between(0, 256)) == [TileId(0, 0, 256), TileId(1, 0, 1)]
    assert list(tiles_between(0, 0)) == []


@given(st.integers(0, 7), st.integers(0, 2**55 - 1), widths)
def test_a_tile_s_path_reads_back(level: int, index: int, width: int) -> None:
    tile = TileId(level, index >> 8 * level, width)
    assert parse_tile_path(tile.path) == tile


@given(st.integers(0, 2**55 - 1), widths)
def test_a_bundle_s_path_reads_back(index: int, width: int) -> None:
    assert parse_tile_path(BundleId(index, width).path) == BundleId(index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/00/001",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/-01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1\n",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/7/001",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/" + "x999/" * 6 + "999",
        "tile/0/" + "x999/" * 600 + "999",
        "tile/Entries/000",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(Refused, match=r"tile\.malformed"):
        parse_tile_path(path)


@pytest.mark.parametrize("numbers", [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_out_of_range_can_t_be_named(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(Refused, match=r"tile\.malformed"):
        TileId(*numbers)


def test_a_tile_that_a_tree_lacks_has_no_width() -> None:
    assert [tile_width(0, index, 257) for index in range(3)] == [256, 1, 0]
    assert [tile_width(1, index, 257) for index in range(2)] == [1, 0]
    assert tile_width(2, 0, 65_535) == 0
    assert tile_width(2, 0, 65_536) == 1


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == tuple(entries)


def test_a_bundle_is_length_prefixed_big_endian() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\0\2ab\0\0\1\2" + b"c" * 258


def test_an_entry_of_65535_bytes_fits_and_one_more_does_not() -> None:
    assert len(encode_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(Refused, match=r"bundle\.malformed"):
        encode_bundle([bytes(65_536)])


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_holds_1_to_256_entries(count: int) -> None:
    with pytest.raises(Refused, match="number of entries"):
        encode_bundle([b"x"] * count)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=5), st.data())
def test_a_cut_off_bundle_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    raw = encode_bundle(entries)
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(Refused, match=r"bundle\.malformed"):
        decode_bundle(raw[:cut], len(entries))


def test_a_bundle_with_bytes_left_over_or_another_width_is_refused() -> None:
    raw = encode_bundle([b"a", b"b"])
    for changed, width in ((raw + b"\0", 2), (raw, 1), (raw, 3), (raw + b"\0\0", 2), (b"", 1)):
        with pytest.raises(Refused, match=r"bundle\.malformed"):
            decode_bundle(changed, width)
