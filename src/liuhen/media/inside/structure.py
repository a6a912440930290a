"""Does the file end where its own structure says? Walks the outermost boxes only, decodes nothing.

Decoders often play what is there and say nothing of what is missing; these walks name it.
Not for repairing. Sources: ISO/IEC 14496-12 §4.2, RFC 8794 §4, RFC 2361 (RIFF), PNG §5.3,
ISO/IEC 13818-1 §2.4.3.2.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from liuhen.media.facts import Finding
from liuhen.media.inside.source import Source

_MAX_BOXES = 10_000
_BASE_MEDIA = {"mp4", "mov", "3gp", "m4a", "heic", "avif"}


def structural_findings(source: Source, found: str) -> list[Finding]:
    """What the outer structure of a file of type `found` betrays; empty when it is whole."""
    if found in _BASE_MEDIA:
        return list(_base_media(source))
    if found in {"avi", "wav", "webp"}:
        return list(_riff(source))
    if found in {"mkv", "webm"}:
        return list(_matroska(source))
    if found == "png":
        return list(_png(source))
    if found == "ts":
        return list(_transport(source))
    if found == "mp3":
        return list(_mp3(source))
    return []


def _base_media(source: Source) -> Iterator[Finding]:
    at, seen = 0, set()
    for _ in range(_MAX_BOXES):
        if at >= source.size:
            break
        head = source.at(at, 16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:
            size = source.size - at
        if len(name) < 4 or not all(0x20 <= c < 0x7F or c == 0xA9 for c in name) or size < 8:
            yield Finding("damaged", "no box where one should begin", at)
            break
        seen.add(name)
        if at + size > source.size:
            told = f"box {name.decode('latin-1')} says {size} bytes, {source.size - at} are there"
            yield Finding("truncated", told, at)
        at += size
    else:
        yield Finding("hostile", f"more than {_MAX_BOXES} boxes")
    if not seen & {b"moov", b"meta"}:
        yield Finding("truncated", "the index of the recording (moov) is missing", source.size)


def _riff(source: Source) -> Iterator[Finding]:
    head = source.at(0, 8)
    size = int.from_bytes(head[4:8], "little")
    if head[:4] == b"RIFF" and size not in {0, 0xFFFFFFFF} and size + 8 > source.size:
        yield Finding(
            "truncated", f"RIFF says {size + 8} bytes, {source.size} are there", source.size
        )


def _matroska(source: Source) -> Iterator[Finding]:
    header = _sized_number(source, 4)
    if header is None:
        yield Finding("damaged", "the EBML header has no size", 4)
        return
    at = header[1] + header[0]
    if source.at(at, 4) != b"\x18\x53\x80\x67":
        yield Finding("truncated", "no segment follows the EBML header", at)
        return
    segment = _sized_number(source, at + 4)
    if segment and segment[1] + segment[0] > source.size:
        told = f"the segment says {segment[0]} bytes, {source.size - segment[1]} are there"
        yield Finding("truncated", told, source.size)


def _sized_number(source: Source, at: int) -> tuple[int, int] | None:
    """An EBML size and the place behind it; None when there is none or it says "unknown"."""
    first = source.at(at, 1)
    if not first or first[0] == 0:
        return None
    length = 9 - first[0].bit_length()
    raw = source.at(at, length)
    value = int.from_bytes(raw, "big") & ((1 << (7 * length)) - 1)
    if len(raw) < length or value == (1 << (7 * length)) - 1:
        return None
    return value, at + length


def _png(source: Source) -> Iterator[Finding]:
    at = 8
    for _ in range(_MAX_BOXES):
        head = source.at(at, 8)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if len(head) < 8 or at + size + 12 > source.size:
            yield Finding("truncated", "the picture ends before its end mark", at)
            return
        body = source.at(at + 4, size + 4)
        if zlib.crc32(body) != int.from_bytes(source.at(at + 8 + size, 4), "big"):
            yield Finding("damaged", f"checksum of chunk {name!r} differs", at)
        if name == b"IEND":
            return
        at += size + 12


def _transport(source: Source) -> Iterator[Finding]:
    is_plain = source.at(0, 1) == b"\x47" == source.at(188, 1)
    if is_plain and source.size % 188:
        yield Finding("truncated", "the last transport packet is partial", source.size)


def _mp3(source: Source) -> Iterator[Finding]:
    """The Xing or Info frame tells the bytes of all frames from itself on, when it stands."""
    head = source.at(0, 10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0),
                                                                       strict=True))  # fmt: skip
    frame = source.at(start, 192)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0 or len(frame) < at + 16:
        return
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    place = at + 8 + (4 if flags & 1 else 0)
    told = int.from_bytes(frame[place : place + 4], "big")
    if flags & 2 and start + told > source.size:
        yield Finding(
            "truncated", f"the frames take {told} bytes, {source.size - start} are there",
            source.size,
        )  # fmt: skip
