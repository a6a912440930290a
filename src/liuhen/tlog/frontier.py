"""The full subtrees of a growing tree: all that its root needs. Not for proofs or tiles."""

from __future__ import annotations

from collections.abc import Iterable

from liuhen.tlog.edges import ReadTile, TileReader, folded, levels, peaks
from liuhen.tlog.hashing import node_hash


class Frontier:
    """A tree known by its size and the roots of its largest full subtrees, from left to right."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(roots)

    @classmethod
    def of(cls, size: int, read_tile: ReadTile) -> Frontier:
        """The frontier of a stored tree. Raises `Refused`: `tree.range`, `tile.damaged`."""
        reader = TileReader(read_tile, size)
        edges = [reader.edge(level) for level in levels(size)]
        return cls(size, [peak for edge in reversed(edges) for peak in peaks(edge)])

    def append(self, leaf: bytes) -> None:
        """Take in one more leaf hash."""
        self._peaks.append(leaf)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)

    @property
    def root(self) -> bytes:
        """The root of the tree so far."""
        return folded(self._peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """What, with the size, is enough to go on from here."""
        return tuple(self._peaks)
