"""Making audit paths from tiles: RFC 6962 sections 2.1.1 and 2.1.2. Not for checking them.

Checking stands in `verification` and shares no code with this module.
"""

from __future__ import annotations

from liuhen.tlog.edges import ReadTile, TileReader, folded
from liuhen.tlog.strict import refused


def inclusion_path(index: int, size: int, read_tile: ReadTile) -> tuple[bytes, ...]:
    """PATH(index, D[size]): hashes from the leaf's sibling up to the root's child.

    Args:
        index: zero-based place of the leaf.
        size: number of leaves of the tree it is proved in.
        read_tile: see `edges.ReadTile`; at most two tiles per level are read.

    Raises:
        Refused: `tree.range` unless 0 <= index < size, `tile.damaged`.
    """
    reader = TileReader(read_tile, size)
    if not 0 <= index < size:
        raise refused("tree.range", "index", index)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(old_size: int, size: int, read_tile: ReadTile) -> tuple[bytes, ...]:
    """PROOF(old_size, D[size]): that the older tree is a beginning of the newer.

    Empty when the sizes are equal or the older tree is empty (nothing needs proof then).

    Raises:
        Refused: `tree.range` unless 0 <= old_size <= size, `tile.damaged`.
    """
    reader = TileReader(read_tile, size)
    if not 0 <= old_size <= size:
        raise refused("tree.range", "old size", old_size)
    if old_size in (0, size):
        return ()
    path: list[bytes] = []
    start, end = 0, size
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start = middle
    if start > 0:
        path.append(_range_root(reader, start, end))
    return tuple(reversed(path))


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (count >= 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(reader: TileReader, start: int, end: int) -> bytes:
    """MTH(D[start:end]) where `start` is a multiple of the first full subtree in the range."""
    roots: list[bytes] = []
    while start < end:
        height = (end - start).bit_length() - 1
        roots.append(reader.subtree(height, start >> height))
        start += 1 << height
    return folded(roots)
