"""File names as people may safely see them. Not for paths on disk: the vault names by digest.

What a camera, a phone or a stranger's browser calls a file is kept elsewhere as it came; this is
the form for screens, papers and download names: one line, no direction tricks, no path, valid on
Linux, Windows and a disc.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_BYTES: Final = 255
_NAMELESS: Final = "未命名"
_FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_LONGEST_SUFFIX: Final = 16


def display_name(raw: str | bytes) -> str:
    """A safe, readable form of a file name: NFC, never empty, at most 255 bytes of UTF-8.

    Path separators and characters that Windows forbids become "_"; control, format and direction
    characters, unassigned and private ones are dropped; emoji and all scripts stay. A name that
    is too long loses the end of its stem and keeps its suffix. Giving the result again changes
    nothing.
    """
    text = unicodedata.normalize("NFC", _decoded(raw))
    text = "".join(_shown(char) for char in text)
    text = _FORBIDDEN.sub("_", " ".join(text.split()))
    text = unicodedata.normalize("NFC", text).strip(". ")
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return _shortened(text) or _NAMELESS


def _decoded(raw: str | bytes) -> str:
    """Text of a name: UTF-8, otherwise the Chinese code page many cameras still write."""
    if isinstance(raw, str):
        if not any("\ud800" <= char <= "\udfff" for char in raw):
            return raw
        raw = raw.encode("utf-8", "surrogateescape" if _is_escaped(raw) else "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _is_escaped(raw: str) -> bool:
    return all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in raw)


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Zs", "Zl", "Zp"} or char in "\t\n\r":
        return " "
    return "" if category[0] == "C" else char


def _shortened(text: str) -> str:
    if len(text.encode()) <= MAX_BYTES:
        return text
    stem, dot, suffix = text.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, dot, suffix = text, "", ""
    room = MAX_BYTES - len((dot + suffix).encode())
    kept = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return kept + dot + suffix
