"""The shape of a picture made from a medium. Not for making it (`pictures`, `inside`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A JPEG that was written: pixels, and the moment it shows on the file's timeline (ms)."""

    width: int
    height: int
    at_ms: int | None


@dataclass(frozen=True)
class Sheet:
    """A contact sheet that was written; `at_ms` per field, row by row, None for a grey one."""

    width: int
    height: int
    columns: int
    rows: int
    at_ms: tuple[int | None, ...]
