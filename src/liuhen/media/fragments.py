"""The parts of a fragmented MP4 that is still being written: its head, and where pictures begin.

Only the sizes and flags of boxes are read, from our own recorder's files. Not for playing.
Source: ISO/IEC 14496-12, movie fragments.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEAD = struct.Struct(">I4s")
_MAX_MOOF = 1 << 20
_FIRST_SAMPLE_FLAGS, _SAMPLE_FLAGS, _DEFAULT_FLAGS = 0x4, 0x400, 0x20
_IS_NOT_SYNC = 0x10000
# Optional fields of each sample in a run, four bytes each: duration, size, flags, offset.
_SAMPLE_FIELDS = (0x100, 0x200, 0x400, 0x800)


@dataclass(frozen=True)
class Box:
    """A box of the file: its four letters, where it begins and where it ends."""

    kind: bytes
    start: int
    end: int


def boxes(stream: BinaryIO, start: int, size: int) -> Iterator[Box]:
    """The whole boxes from `start` on; one that isn't written to its end yet ends them."""
    while start + _HEAD.size <= size:
        stream.seek(start)
        length, kind = _HEAD.unpack(stream.read(_HEAD.size))
        if length < _HEAD.size or start + length > size:
            return
        yield Box(kind, start, start + length)
        start += length


def live_parts(stream: BinaryIO, size: int) -> tuple[int, int]:
    """(end of the head, start of the last fragment that begins with a whole picture).

    The second is the first when there is no fragment yet.
    """
    head = latest = 0
    for box in boxes(stream, 0, size):
        if box.kind in (b"ftyp", b"moov") and not latest:
            head = box.end
        elif box.kind == b"moof" and (not latest or _begins_with_picture(stream, box)):
            latest = box.start
    return head, latest or head


def _begins_with_picture(stream: BinaryIO, moof: Box) -> bool:
    """Whether the first sample of the first track can be shown without the ones before it."""
    if moof.end - moof.start > _MAX_MOOF:
        return False
    stream.seek(moof.start)
    data = stream.read(moof.end - moof.start)
    tfhd, trun = _inside(data, b"tfhd"), _inside(data, b"trun")
    if not trun:
        return False
    flags = _first_flags(trun, tfhd)
    return flags is not None and not flags & _IS_NOT_SYNC


def _inside(data: bytes, kind: bytes) -> bytes:
    """The content of the first box of a kind within the first track of a fragment."""
    at, end = _HEAD.size, len(data)
    while at + _HEAD.size <= end:
        length, found = _HEAD.unpack_from(data, at)
        if length < _HEAD.size:
            break
        if found == kind:
            return data[at + _HEAD.size : at + length]
        at += _HEAD.size if found == b"traf" else length
    return b""


def _first_flags(trun: bytes, tfhd: bytes) -> int | None:
    flags = int.from_bytes(trun[1:4], "big")
    at = 8 + (4 if flags & 0x1 else 0)
    if flags & _FIRST_SAMPLE_FLAGS:
        return int.from_bytes(trun[at : at + 4], "big")
    if flags & _SAMPLE_FLAGS:
        before = sum(4 for field in _SAMPLE_FIELDS[:2] if flags & field)
        return int.from_bytes(trun[at + before : at + before + 4], "big")
    told = int.from_bytes(tfhd[1:4], "big")
    if told & _DEFAULT_FLAGS:
        at = 8 + sum(size for bit, size in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4)) if told & bit)
        return int.from_bytes(tfhd[at : at + 4], "big")
    return None
