"""A tile store in memory, and RFC 6962 section 2.1 by naive recursion to hold the code against."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from liuhen.tlog.growth import Growth, grow_tree
from liuhen.tlog.hashing import leaf_hash


class TileStore:
    """Keeps only the widest version of each tile, as the ledger's table does; counts reads."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: list[tuple[int, int, int]] = []

    def read(self, level: int, index: int, width: int) -> bytes:
        self.reads.append((level, index, width))
        return self.tiles.get((level, index), b"")

    def append(self, leaves: Sequence[bytes]) -> Growth:
        growth = grow_tree(self.size, self.read, leaves)
        for tile in growth.tiles:
            before = self.tiles.get((tile.level, tile.index), b"")
            assert tile.hashes.startswith(before)
            self.tiles[tile.level, tile.index] = tile.hashes
        self.size = growth.size
        return growth


def entries(count: int) -> list[bytes]:
    """Distinct entries."""
    return [f"entry {number}".encode() for number in range(count)]


def leaves(count: int) -> list[bytes]:
    """Their leaf hashes."""
    return [leaf_hash(entry) for entry in entries(count)]


def tree_of(count: int) -> TileStore:
    """A store grown in one go."""
    store = TileStore()
    store.append(leaves(count))
    return store


def naive_root(hashes: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes, word for word."""
    n = len(hashes)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return hashes[0]
    k = _k(n)
    return sha256(b"\x01" + naive_root(hashes[:k]) + naive_root(hashes[k:])).digest()


def naive_path(m: int, hashes: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]), word for word."""
    n = len(hashes)
    if n == 1:
        return []
    k = _k(n)
    if m < k:
        return [*naive_path(m, hashes[:k]), naive_root(hashes[k:])]
    return [*naive_path(m - k, hashes[k:]), naive_root(hashes[:k])]


def naive_proof(m: int, hashes: Sequence[bytes], complete: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b), word for word."""
    n = len(hashes)
    if m == n:
        return [] if complete else [naive_root(hashes)]
    k = _k(n)
    if m <= k:
        return [*naive_proof(m, hashes[:k], complete), naive_root(hashes[k:])]
    return [*naive_proof(m - k, hashes[k:], False), naive_root(hashes[:k])]


def _k(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k
