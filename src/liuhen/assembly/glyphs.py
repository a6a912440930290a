"""Which characters a font file has glyphs for, read from its character map.

Reads the OpenType `cmap` table (subtable formats 4 and 12) of a file or of the first font of
a collection. Not a font library: nothing else of the file is understood.
"""

from __future__ import annotations

import mmap
import struct
from functools import cache
from pathlib import Path

from liuhen.kernel.refusals import Fault


@cache
def covered_characters(file: Path) -> frozenset[int]:
    """Every code point the font maps to a glyph other than the empty box.

    A file that is no OpenType font is a `Fault`.
    """
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return frozenset(_mapped(data))
        except struct.error as error:
            raise Fault(f"unreadable font file: {file.name}") from error


def _mapped(data: mmap.mmap) -> set[int]:
    first = _u32(data, 12) if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, first + 4)[0]
    for index in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", data, first + 12 + 16 * index)
        if tag == b"cmap":
            return _character_map(data, start)
    return set()


def _character_map(data: mmap.mmap, start: int) -> set[int]:
    count = struct.unpack_from(">H", data, start + 2)[0]
    found: set[int] = set()
    for index in range(count):
        offset = _u32(data, start + 8 + 8 * index) + start
        layout = struct.unpack_from(">H", data, offset)[0]
        if layout == 12:
            found |= _groups(data, offset)
        elif layout == 4:
            found |= _segments(data, offset)
    return found


def _groups(data: mmap.mmap, start: int) -> set[int]:
    found: set[int] = set()
    for index in range(_u32(data, start + 12)):
        first, last, _ = struct.unpack_from(">III", data, start + 16 + 12 * index)
        found.update(range(first, last + 1))
    return found


def _segments(data: mmap.mmap, start: int) -> set[int]:
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    lasts = struct.unpack_from(f">{count}H", data, start + 14)
    firsts = struct.unpack_from(f">{count}H", data, start + 16 + 2 * count)
    found: set[int] = set()
    for first, last in zip(firsts, lasts, strict=True):
        found.update(range(first, last + 1))
    return found - {0xFFFF}


def _u32(data: mmap.mmap, at: int) -> int:
    return int(struct.unpack_from(">I", data, at)[0])
