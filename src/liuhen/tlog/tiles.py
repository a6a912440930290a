"""C2SP tlog-tiles: which tiles a tree has, their paths, and the encoding of entry bundles.

A tile holds up to 256 consecutive hashes of one level; level `l` hashes cover 256**l leaves.
Not for computing hashes (`growth`, `audit`) or for where tiles are stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from liuhen.tlog.hashing import HASH_SIZE, MAX_SIZE
from liuhen.tlog.strict import refused

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 0xFFFF
"""An entry's length is a uint16 in a bundle, so a longer entry can't be published."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z"
)


@dataclass(frozen=True, order=True)
class TileId:
    """The name of a tile: level 0..63, index from 0, width 1..256 (256 is a full tile).

    Raises:
        Refused: `tile.malformed` when a number is out of its range.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise refused("tile.malformed", "level", self.level)
        _check_place(self.index, self.width, self.level)

    @property
    def path(self) -> str:
        """Path below the log's prefix, such as `tile/0/x001/x234/067.p/12`."""
        return f"tile/{self.level}/{_index_path(self.index)}{_width_path(self.width)}"


@dataclass(frozen=True, order=True)
class BundleId:
    """The name of an entry bundle: the entries under one level 0 tile."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _check_place(self.index, self.width, 0)

    @property
    def path(self) -> str:
        """Path below the log's prefix, such as `tile/entries/000.p/7`."""
        return f"tile/entries/{_index_path(self.index)}{_width_path(self.width)}"


@dataclass(frozen=True)
class Tile:
    """A tile with its hashes, concatenated, 32 bytes each, 1..256 of them."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        """Number of hashes."""
        return len(self.hashes) // HASH_SIZE

    @property
    def id(self) -> TileId:
        """The tile's name."""
        return TileId(self.level, self.index, self.width)


def parse_tile_path(path: str) -> TileId | BundleId:
    """Read a path below the log's prefix; only the one canonical spelling is accepted.

    Raises:
        Refused: `tile.malformed`.
    """
    match = _PATH.match(path)
    if match is None:
        raise refused("tile.malformed", "path", path)
    index = int(match["index"].replace("/", "").replace("x", ""))
    width = int(match["width"]) if match["width"] else TILE_WIDTH
    if match["width"] and width >= TILE_WIDTH:
        raise refused("tile.malformed", "width", width)
    bundle = match["level"] == "entries"
    found = BundleId(index, width) if bundle else TileId(int(match["level"]), index, width)
    if found.path != path:
        raise refused("tile.malformed", "path", path)
    return found


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes the tile has in a tree of `size` leaves, 0 when it does not exist."""
    hashes = size >> (TILE_HEIGHT * level)
    return max(0, min(TILE_WIDTH, hashes - index * TILE_WIDTH))


def tiles_between(old_size: int, new_size: int) -> Iterator[TileId]:
    """Every tile of the tree of `new_size` that the tree of `old_size` lacks or has narrower.

    `tiles_between(0, n)` is every tile of a tree of n leaves.

    Raises:
        Refused: `tree.range`.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise refused("tree.range", "sizes", (old_size, new_size))
    level = 0
    while new_size >> (TILE_HEIGHT * level):
        had = old_size >> (TILE_HEIGHT * level)
        has = new_size >> (TILE_HEIGHT * level)
        if has > had:
            for index in range(had // TILE_WIDTH, (has - 1) // TILE_WIDTH + 1):
                yield TileId(level, index, tile_width(level, index, new_size))
        level += 1


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: 1..256 entries, each preceded by its length as a big-endian uint16.

    Raises:
        Refused: `bundle.malformed`, when there are too few or many entries or one is too long.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise refused("bundle.malformed", "number of entries", len(entries))
    return b"".join(_prefixed(entries))


def decode_bundle(raw: bytes, width: int = TILE_WIDTH) -> tuple[bytes, ...]:
    """The `width` entries of a bundle.

    Raises:
        Refused: `bundle.malformed`, when bytes are missing or left over.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(raw):
        start = position + 2
        end = start + int.from_bytes(raw[position:start], "big")
        if start > len(raw) or end > len(raw):
            raise refused("bundle.malformed", f"entry {len(entries)} is cut off")
        entries.append(raw[start:end])
        position = end
    if len(entries) != width:
        raise refused("bundle.malformed", "number of entries", len(entries))
    return tuple(entries)


def _prefixed(entries: Iterable[bytes]) -> Iterator[bytes]:
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise refused("bundle.malformed", "entry length", len(entry))
        yield len(entry).to_bytes(2, "big")
        yield entry


def _check_place(index: int, width: int, level: int) -> None:
    if not 0 <= index <= MAX_SIZE >> (TILE_HEIGHT * (level + 1)):
        raise refused("tile.malformed", "index", index)
    if not 1 <= width <= TILE_WIDTH:
        raise refused("tile.malformed", "width", width)


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _width_path(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
