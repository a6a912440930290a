"""Reading stored tiles with care, and folding their hashes. Not for proofs or growth themselves.

Every tree function here is bound by the tiles it touches: at most one tile per level and one
node per bit of the size, never the whole tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liuhen.kernel.refusals import Refused
from liuhen.tlog.hashing import EMPTY_ROOT, HASH_SIZE, MAX_SIZE, node_hash
from liuhen.tlog.strict import refused
from liuhen.tlog.tiles import TILE_HEIGHT, TILE_WIDTH, tile_width

ReadTile = Callable[[int, int, int], bytes]
"""`read_tile(level, index, width)` returns the tile's hashes, at least the first `width` of them.

A store that keeps only the widest version of a tile may return more than asked; the rest is
cut off, because a narrower tile is the beginning of a wider one. A missing tile is `b""`.
"""


class TileReader:
    """The tiles of one tree of fixed size, each read once and checked for length.

    Raises:
        Refused: `tree.range`, when the size is negative or absurd.
    """

    def __init__(self, read_tile: ReadTile, size: int) -> None:
        if not 0 <= size <= MAX_SIZE:
            raise refused("tree.range", "size", size)
        self.size = size
        self._read = read_tile
        self._seen: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile at this size, `b""` when the tree has no such tile.

        Raises:
            Refused: `tile.damaged`, when the store returns fewer hashes than the tree has.
        """
        if (level, index) not in self._seen:
            width = tile_width(level, index, self.size)
            stored = bytes(self._read(level, index, width)) if width else b""
            if len(stored) < width * HASH_SIZE:
                raise Refused(
                    "tile.damaged", level=level, index=index, width=width, found=len(stored)
                )
            self._seen[level, index] = stored[: width * HASH_SIZE]
        return self._seen[level, index]

    def edge(self, level: int) -> bytes:
        """The hashes of the level's partial tile, `b""` when its last tile is full."""
        hashes = self.size >> (TILE_HEIGHT * level)
        return self.tile(level, hashes // TILE_WIDTH) if hashes % TILE_WIDTH else b""

    def subtree(self, height: int, index: int) -> bytes:
        """Root of the `index`-th full subtree of 2**height leaves."""
        level, depth = divmod(height, TILE_HEIGHT)
        tile, place = divmod(index << depth, TILE_WIDTH)
        first = place * HASH_SIZE
        return full_root(self.tile(level, tile)[first : first + (HASH_SIZE << depth)])


def full_root(hashes: bytes) -> bytes:
    """Root over a power of two of concatenated hashes."""
    row = [hashes[i : i + HASH_SIZE] for i in range(0, len(hashes), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def peaks(hashes: bytes) -> list[bytes]:
    """Roots of the largest full subtrees over fewer than 256 hashes, from left to right."""
    found: list[bytes] = []
    count, start = len(hashes) // HASH_SIZE, 0
    for bit in reversed(range(count.bit_length())):
        if count >> bit & 1:
            end = start + (HASH_SIZE << bit)
            found.append(full_root(hashes[start:end]))
            start = end
    return found


def folded(roots: Sequence[bytes]) -> bytes:
    """Root over full subtrees of falling size, given from left to right (RFC 6962, 2.1)."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def root_of_edges(edges: Sequence[bytes]) -> bytes:
    """Root of a tree from its partial tiles, level 0 first."""
    return folded([peak for edge in reversed(edges) for peak in peaks(edge)])


def levels(size: int) -> range:
    """The tile levels of a tree of `size` leaves."""
    return range((size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT)
