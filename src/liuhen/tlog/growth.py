"""Appending leaves: the tiles that change and the new root. Not for storing them.

The cost is that of the new leaves and one partial tile per level, whatever the tree's size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from liuhen.kernel.refusals import Refused
from liuhen.tlog.edges import ReadTile, TileReader, full_root, levels, root_of_edges
from liuhen.tlog.hashing import HASH_SIZE, MAX_SIZE
from liuhen.tlog.strict import refused
from liuhen.tlog.tiles import TILE_HEIGHT, TILE_WIDTH, Tile

_TILE_BYTES = TILE_WIDTH * HASH_SIZE


@dataclass(frozen=True)
class Growth:
    """What an append makes: the new size and root, and each tile that is new or wider.

    Tiles stand in the order level, index; each replaces a narrower one of the same place.
    """

    size: int
    root: bytes
    tiles: tuple[Tile, ...]


def grow_tree(
    old_size: int,
    read_tile: ReadTile,
    leaf_hashes: Iterable[bytes],
    *,
    old_root: bytes | None = None,
) -> Growth:
    """Append leaves to a tree of `old_size` leaves.

    Args:
        old_size: number of leaves before.
        read_tile: reads the stored tiles; only the partial ones of the old tree are asked for.
        leaf_hashes: 32 bytes each, in the order of the log.
        old_root: root that the log last signed. Given, the stored edge must still have it, so
            that tiles altered behind the log's back never lead it to sign a contradiction.

    Raises:
        Refused: `tree.range` for a size or hash out of range, `tile.damaged` for a stored tile
            that is missing or too short, `tree.altered` when the edge lacks `old_root`.
    """
    reader = TileReader(read_tile, old_size)
    if old_root is not None and _edge_root(reader) != old_root:
        raise Refused("tree.altered", size=old_size, expected=old_root.hex())
    fresh = _checked(leaf_hashes, old_size)
    size = old_size + len(fresh)
    grown: list[Tile] = []
    edges: list[bytes] = []
    for level in levels(size):
        edge = reader.edge(level)
        first = (old_size >> (TILE_HEIGHT * level)) // TILE_WIDTH
        tiles = _filled(level, first, edge, fresh) if fresh else []
        grown.extend(tiles)
        if tiles:
            edge = tiles[-1].hashes if tiles[-1].width < TILE_WIDTH else b""
        edges.append(edge)
        fresh = [full_root(tile.hashes) for tile in tiles if tile.width == TILE_WIDTH]
    return Growth(size, root_of_edges(edges), tuple(grown))


def tree_root(size: int, read_tile: ReadTile) -> bytes:
    """Root of the tree of `size` leaves, from its partial tiles alone.

    Raises:
        Refused: `tree.range`, `tile.damaged`.
    """
    return _edge_root(TileReader(read_tile, size))


def _edge_root(reader: TileReader) -> bytes:
    return root_of_edges([reader.edge(level) for level in levels(reader.size)])


def _checked(leaf_hashes: Iterable[bytes], old_size: int) -> list[bytes]:
    fresh = list(leaf_hashes)
    if old_size + len(fresh) > MAX_SIZE:
        raise refused("tree.range", "size", old_size + len(fresh))
    for position, leaf in enumerate(fresh):
        if len(leaf) != HASH_SIZE:
            raise refused("tree.range", f"leaf hash {position}", len(leaf))
    return fresh


def _filled(level: int, first: int, edge: bytes, fresh: list[bytes]) -> list[Tile]:
    hashes = edge + b"".join(fresh)
    return [
        Tile(level, first + start // _TILE_BYTES, hashes[start : start + _TILE_BYTES])
        for start in range(0, len(hashes), _TILE_BYTES)
    ]
