"""What a file is by its first bytes, and what its name claims. Not for decoding anything.

Sources: ISO/IEC 14496-12 (ftyp brands), RFC 8794 and 9559 (EBML, Matroska), ISO/IEC 13818-1
(188-byte transport packets), the RIFF, PNG, JPEG and HEIF file headers.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

HEAD_BYTES: Final = 4096

PHOTOS: Final = frozenset({"jpeg", "png", "heic", "avif", "webp", "gif", "bmp", "tiff"})
MEDIA: Final = frozenset({
    "mp4", "mov", "3gp", "m4a", "mkv", "webm", "avi", "ts", "mpeg", "flv", "asf", "dhav",
    "mp3", "wav", "aac", "flac", "ogg", "amr", "caf", "aiff",
})  # fmt: skip
SOUNDS: Final = frozenset({"mp3", "wav", "m4a", "aac", "flac", "ogg", "amr", "caf", "aiff"})
# Pages from a scanner.
SCANS: Final = frozenset({"pdf"})
NOT_MEDIA: Final = frozenset({"zip", "gzip", "7z", "rar", "elf", "exe", "sqlite", "text"})

_BY_SUFFIX: Final = {
    "mp4": "mp4", "m4v": "mp4", "mov": "mov", "qt": "mov", "3gp": "3gp", "m4a": "m4a",
    "mkv": "mkv", "webm": "webm", "avi": "avi", "ts": "ts", "mts": "ts", "m2ts": "ts",
    "mpg": "mpeg", "mpeg": "mpeg", "flv": "flv", "wmv": "asf", "wma": "asf", "asf": "asf",
    "dav": "dhav", "mp3": "mp3", "wav": "wav", "aac": "aac", "flac": "flac", "ogg": "ogg",
    "opus": "ogg", "amr": "amr", "caf": "caf", "aif": "aiff", "aiff": "aiff",
    "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "heic": "heic", "heif": "heic",
    "avif": "avif", "webp": "webp", "gif": "gif", "bmp": "bmp", "tif": "tiff", "tiff": "tiff",
    "pdf": "pdf", "zip": "zip", "txt": "text", "csv": "text", "json": "text", "xml": "text",
}  # fmt: skip
_FAMILIES: Final = ({"mp4", "mov", "3gp"}, {"mkv", "webm"}, {"mp4", "m4a"})
_PREFIXES: Final = (
    (b"\x1a\x45\xdf\xa3", "mkv"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"), (b"FLV\x01", "flv"), (b"#!AMR", "amr"),
    (b"\x00\x00\x01\xba", "mpeg"), (b"DHAV", "dhav"), (b"caff", "caf"),
    (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"),
    (b"GIF89a", "gif"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"),
    (b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"7z\xbc\xaf", "7z"),
    (b"Rar!\x1a", "rar"), (b"\x7fELF", "elf"), (b"SQLite format 3\x00", "sqlite"),
)  # fmt: skip
_RIFF: Final = {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"}
_BOXES: Final = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}


def declared_type(name: str) -> str:
    """The type a file name claims by its suffix, empty when it claims none we know."""
    return _BY_SUFFIX.get(PurePosixPath(name).suffix[1:].lower(), "")


_SHORTEST_TEXT = 16


def found_type(head: bytes) -> str:
    """The type the first `HEAD_BYTES` bytes show: a word of the sets above, or "unknown"."""
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return "webm" if kind == "mkv" and b"webm" in head[:64] else kind
    if head[:4] in {b"RIFF", b"RF64"}:
        return _RIFF.get(head[8:12], "unknown")
    if head[:4] == b"FORM" and head[8:11] == b"AIF":
        return "aiff"
    if head[4:8] == b"ftyp" or head[4:8] in _BOXES:
        return _base_media_type(head)
    return _found_by_pattern(head)


def is_same_family(declared: str, found: str) -> bool:
    """Whether a name that claims `declared` is no surprise for content `found`."""
    return declared == found or any({declared, found} <= family for family in _FAMILIES)


def _base_media_type(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return "mov"
    brand = head[8:12]
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[at : at + 4] for at in range(16, size - 3, 4)} | {brand}
    if brand == b"avif" or (brand in {b"mif1", b"msf1"} and b"avif" in brands):
        return "avif"
    if brand in _HEIC_BRANDS:
        return "heic"
    if brand == b"qt  ":
        return "mov"
    if brand[:3] == b"3gp":
        return "3gp"
    return "m4a" if brand in {b"M4A ", b"M4B "} else "mp4"


def _found_by_pattern(head: bytes) -> str:
    for step, first in ((188, 0), (192, 4), (204, 0)):
        marks = head[first::step][:8]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return "ts"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE4, 0xE6}:
        return "mp3"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "bmp"
    if head[:2] == b"MZ":
        return "exe"
    # A few bytes are too little to be called a text: what is left of a film may look like one.
    return "text" if len(head) >= _SHORTEST_TEXT and _is_text(head) else "unknown"


def _is_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                continue
            text = head[: error.start].decode(encoding)
        printable = sum(char.isprintable() or char in "\r\n\t" for char in text)
        return bool(text) and printable * 100 >= len(text) * 97
    return False
