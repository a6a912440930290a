"""HTTP ranges (RFC 9110, 14): which part of a file a request asks for. Not for sending it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A thread is never held for more than this by one range; players ask for the next.
LONGEST = 8 << 20
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


@dataclass(frozen=True)
class Part:
    """The bytes [start, end) of a file; `is_range` when only they were asked for."""

    start: int
    end: int
    is_range: bool


class UnsatisfiableError(ValueError):
    """The range lies outside the file (416)."""


def part_asked(header: str | None, size: int) -> Part:
    """The part of a file of `size` bytes that a Range header asks for, at most `LONGEST` of it.

    Without a header, with one of another form or with several ranges the whole file is meant, as
    RFC 9110 allows.

    Raises:
        UnsatisfiableError: not one byte of the range exists.
    """
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or not (match[1] or match[2]):
        return Part(0, size, False)
    if match[1]:
        start = int(match[1])
        end = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return Part(0, size, False)  # no valid range: the header is ignored
    else:
        start, end = max(0, size - int(match[2])), size
    if start >= end:
        raise UnsatisfiableError
    return Part(start, min(end, start + LONGEST), True)
