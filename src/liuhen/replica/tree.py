"""The replica's own tree and entries, as files named like the paths of C2SP tlog-tiles.

A file is written whole and replaced whole. What lies beyond the verified size is unverified and
never read as if it were. Not for fetching (`pulling`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from liuhen.host.secret_files import write_durably
from liuhen.tlog.growth import tree_root
from liuhen.tlog.hashing import HASH_SIZE
from liuhen.tlog.tiles import TILE_WIDTH, BundleId, TileId, decode_bundle

_IMAGE_SUFFIX = ".images"


class Tree:
    """Tiles, entry bundles and image files below one replica's folder."""

    def __init__(self, log: Path, images: Path) -> None:
        self._log = log
        self._images = images

    def read_tile(self, level: int, index: int, width: int) -> bytes:
        """The stored hashes of a tile (`tlog.edges.ReadTile`): the whole, or one wide enough."""
        kept = _wide_enough(self._tile(level, index), self._tile(level, index, width))
        return kept.read_bytes() if kept is not None else b""

    def write_tile(self, level: int, index: int, hashes: bytes) -> None:
        """Keep a tile under the name of its own width."""
        _write(self._tile(level, index, len(hashes) // HASH_SIZE), hashes)

    def root(self, size: int) -> bytes:
        """The root at a verified size. Raises `Refused("tile.damaged")`."""
        return tree_root(size, self.read_tile)

    def bundle_path(self, bundle: BundleId) -> Path:
        """Where a bundle's entries lie."""
        return self._log / bundle.path

    def images_path(self, bundle: BundleId) -> Path:
        """Where the images of a bundle's entries lie."""
        name = bundle.path.removeprefix("tile/entries/").replace("/", "-")
        return self._images / f"{name}{_IMAGE_SUFFIX}"

    def write_bundle(self, bundle: BundleId, raw: bytes) -> None:
        """Keep a bundle."""
        _write(self.bundle_path(bundle), raw)

    def write_images(self, bundle: BundleId, raw: bytes) -> None:
        """Keep a bundle's images."""
        _write(self.images_path(bundle), raw)

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """The entries [start, end) of the verified log, streamed. Raises as `bundle`."""
        for bundle in bundles(start, end):
            first = bundle.index * TILE_WIDTH
            for place, entry in enumerate(self.bundle(bundle), start=first):
                if start <= place < end:
                    yield entry

    def bundle(self, bundle: BundleId) -> tuple[bytes, ...]:
        """The entries of a bundle, from a file of its own width or a wider one.

        Raises:
            Refused: `bundle.malformed`, when entries are missing.
        """
        whole = self.bundle_path(BundleId(bundle.index))
        kept = _wide_enough(whole, self.bundle_path(bundle))
        if kept is None:
            return decode_bundle(b"", bundle.width)
        held = TILE_WIDTH if kept == whole else int(kept.name)
        return decode_bundle(kept.read_bytes(), held)[: bundle.width]

    def _tile(self, level: int, index: int, width: int = TILE_WIDTH) -> Path:
        return self._log / TileId(level, index, width).path


def bundles(start: int, end: int) -> Iterator[BundleId]:
    """The bundles that hold the entries [start, end), each as wide as a log of `end` has it."""
    if start >= end:
        return
    for index in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
        yield BundleId(index, min(TILE_WIDTH, end - index * TILE_WIDTH))


def _wide_enough(whole: Path, own: Path) -> Path | None:
    """Of the files of one tile or bundle: the whole, the one asked for, or the next wider one."""
    for path in (whole, own):
        if path.exists():
            return path
    if own == whole or not own.parent.is_dir():
        return None
    wider = [path for path in own.parent.iterdir() if path.name.isdecimal()]
    wider = [path for path in wider if int(path.name) > int(own.name)]
    return min(wider, key=lambda path: int(path.name), default=None)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(path, content)
