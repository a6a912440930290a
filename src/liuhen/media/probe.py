"""What a media file is, however broken: facts and findings, never an exception for its bytes.

The parent compares the first bytes with known signatures; everything else is read in a confined
child. When the child fails, that is a finding too, with its cause. Not for storing what was
found, nor for pictures and sound out of the file (`pictures`, `sound`).
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path

from liuhen.media import signatures
from liuhen.media.child import Failure, JobName, run_job
from liuhen.media.facts import (
    CreationTag,
    Damage,
    Depth,
    Finding,
    FindingCode,
    Kind,
    Place,
    Reading,
    Track,
    TrackKind,
)
from liuhen.media.limits import DEEP_PROBE, MIB, PHOTO, PROBE, SCAN, Limits
from liuhen.media.playability import obstacle_in_browser
from liuhen.media.protections import Protections

HOLE_MS = 500
INDEX_ABOVE = 256 * MIB
_SHORTER_MS = 500
_LIMITED = frozenset({"wall_clock", "cpu_time", "memory", "reply_too_long"})


@dataclass(frozen=True)
class Probe:
    """Everything known of one file.

    Attributes:
        size: bytes.
        declared: type its name claims, "" when none; `found`: type its content shows.
        kind: video (any picture track), audio, photo, scan, other.
        container: FFmpeg's, Pillow's or PDFium's name of the format.
        depth: none (not opened), header, index (an MP4's complete index), packets, frames.
        duration_ms: by packets, from the earliest to the latest, holes included; None for
            photos, scans and the unreadable. `declared_duration_ms`: what the header claims.
        origin_ms: the file's own time of its timeline's zero.
        width, height, orientation: photos only, stored pixels and EXIF value; of a scan its
            first page in points of 1/72 inch.
        pages: how many a scan has.
        created, place, device: what the device says of itself.
        damage: the first 200 unreadable places of `damage_count`.
        browser_obstacle: why a browser can't play it, "" when it can.
        findings: what a person must know; empty for a whole, honest file.
        protections: what held while it was read; None when no child was needed or it failed.
    """

    size: int
    declared: str
    found: str
    kind: Kind
    container: str
    depth: Depth
    tracks: tuple[Track, ...]
    width: int | None
    height: int | None
    pages: int | None
    orientation: int | None
    duration_ms: int | None
    declared_duration_ms: int | None
    origin_ms: int | None
    created: CreationTag | None
    place: Place | None
    device: str
    damage: tuple[Damage, ...]
    damage_count: int
    browser_obstacle: str
    findings: tuple[Finding, ...]
    protections: Protections | None

    def has(self, code: FindingCode) -> bool:
        """Whether a finding of this code is among the findings."""
        return any(finding.code == code for finding in self.findings)

    @property
    def is_readable(self) -> bool:
        """Whether anything of it can be played or shown."""
        return not (self.has("unreadable") or self.has("empty") or self.has("not_media"))

    @property
    def is_playable_in_browser(self) -> bool:
        """Whether a browser plays it as it is, as far as its type tells."""
        return self.is_readable and not self.browser_obstacle

    def spans(self, kind: TrackKind) -> tuple[tuple[int, int], ...]:
        """All stretches of tracks of one kind, on the file's timeline; may overlap."""
        return tuple(span for t in self.tracks if t.kind == kind for span in t.spans)

    def created_at(self, zone: dt.tzinfo) -> dt.datetime | None:
        """The device's creation time as an aware instant, read in `zone` when it names none."""
        return self.created.instant(zone) if self.created else None


def probe(
    path: Path,
    *,
    name: str | None = None,
    deep: bool = False,
    hole_ms: int = HOLE_MS,
    index_above: int = INDEX_ABOVE,
    limits: Limits | None = None,
) -> Probe:
    """Read the facts of a file of any kind and in any state.

    Args:
        path: the bytes; opened read-only.
        name: the name it came under, when `path` no longer carries it.
        deep: decode every packet and so find damage inside pictures and sound; takes a few per
            cent of the playing time, where the plain reading takes a second or two per gigabyte.
        hole_ms: a track pauses when its timestamps leave out at least this much.
        index_above: MP4 and MOV from this size on are read by their index where it is complete:
            the same timestamps in a fraction of the time.
        limits: ceilings of the child, otherwise by size.
    """
    declared = signatures.declared_type(path.name if name is None else name)
    try:
        size, head = _head(path)
    except OSError as error:
        cause = f"{type(error).__name__}: {error.strerror}"
        return _bare(0, declared, "unknown", [Finding("unreadable", cause)])
    if size == 0:
        return _bare(0, declared, "unknown", [Finding("empty", "0 bytes")])
    found = signatures.found_type(head)
    if found in signatures.NOT_MEDIA:
        return _bare(size, declared, found, [Finding("not_media", f"content is {found}")])
    job, usual = _reader(found, deep=deep)
    reply = run_job(
        job, Reading, limits or usual.for_size(size), source=path,
        arguments={"found": found, "deep": deep, "hole_ms": hole_ms, "index_above": index_above},
    )  # fmt: skip
    if isinstance(reply, Failure):
        return _bare(size, declared, found, _failure_findings(reply))
    return _completed(size, declared, reply.result, reply.protections)


def _reader(found: str, *, deep: bool) -> tuple[JobName, Limits]:
    if found in signatures.PHOTOS:
        return "read_photo", PHOTO
    if found in signatures.SCANS:
        return "read_scan", SCAN
    return "read_container", DEEP_PROBE if deep else PROBE


def _head(path: Path) -> tuple[int, bytes]:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.fstat(fd).st_size, os.pread(fd, signatures.HEAD_BYTES, 0)
    finally:
        os.close(fd)


def _failure_findings(failure: Failure) -> list[Finding]:
    told = f"{failure.kind}: {failure.detail}"
    findings = [Finding("unreadable", told)]
    if failure.kind in _LIMITED:
        findings.insert(0, Finding("limit_reached", told))
    return findings


def _bare(size: int, declared: str, found: str, findings: list[Finding]) -> Probe:
    """A probe of a file that no reader has opened."""
    kind: Kind = "video" if found in signatures.MEDIA else "other"
    if found in signatures.SOUNDS:
        kind = "audio"
    elif found in signatures.PHOTOS:
        kind = "photo"
    elif found in signatures.SCANS:
        kind = "scan"
    return Probe(
        size=size, declared=declared, found=found, kind=kind, container="", depth="none",
        tracks=(), width=None, height=None, pages=None, orientation=None, duration_ms=None,
        declared_duration_ms=None, origin_ms=None, created=None, place=None, device="",
        damage=(), damage_count=0, browser_obstacle="unreadable",
        findings=(*findings, *_type_findings(declared, found)), protections=None,
    )  # fmt: skip


def _completed(size: int, declared: str, reading: Reading, held: Protections) -> Probe:
    """The child's reading with what follows from it."""
    findings = list(reading.findings)
    findings += _type_findings(declared, reading.found)
    findings += _damage_findings(reading)
    if reading.kind not in {"photo", "scan"}:
        findings += _time_findings(reading)
        is_empty = not any(t.packets for t in reading.tracks if t.kind in {"video", "audio"})
        if is_empty and not any(f.code == "unreadable" for f in findings):
            findings.append(Finding("unreadable", "no packet of sound or pictures can be read"))
    facts = {name: getattr(reading, name) for name in reading.__dataclass_fields__}
    built = Probe(
        size=size, declared=declared, protections=held,
        browser_obstacle=obstacle_in_browser(reading.found, reading.tracks), **facts,
    )  # fmt: skip
    return replace(built, findings=tuple(dict.fromkeys(findings)))


def _type_findings(declared: str, found: str) -> list[Finding]:
    if not declared or found == "unknown" or signatures.is_same_family(declared, found):
        return []
    return [Finding("type_differs", f"named as {declared}, content is {found}")]


def _damage_findings(reading: Reading) -> list[Finding]:
    findings = []
    if reading.damage:
        first = reading.damage[0]
        told = f"{reading.damage_count} places, first: {first.cause}"
        findings.append(Finding("damaged", told[:400], first.offset, first.at_ms))
    decoded = [t.decoded for t in reading.tracks if t.kind in {"video", "audio"}]
    if reading.depth == "frames" and reading.tracks and not any(decoded):
        findings.append(Finding("unreadable", "no picture and no sound could be decoded"))
    return findings


def _time_findings(reading: Reading) -> list[Finding]:
    findings = []
    for track in reading.tracks:
        if track.kind in {"video", "audio"} and len(track.spans) > 1:
            told = f"track {track.index} ({track.kind}) pauses {len(track.spans) - 1} times"
            findings.append(Finding("interrupted", told, at_ms=track.spans[0][1]))
        if _is_emptied(track, reading):
            told = f"track {track.index} ({track.kind}) says {track.declared_duration_ms} ms"
            findings.append(Finding("damaged", f"{told} and holds nothing"))
    held, declared = reading.duration_ms, reading.declared_duration_ms
    if held is not None and declared is not None:
        allowed = max(_SHORTER_MS, declared // 100)
        if abs(declared - held) > allowed:
            told = f"header says {declared} ms, packets last {held} ms"
            findings.append(Finding("duration_differs", told))
    return findings


def _is_emptied(track: Track, reading: Reading) -> bool:
    """Whether a track lasts by the header and not one packet of it is found beside others."""
    if track.packets or track.kind not in {"video", "audio"} or reading.depth == "header":
        return False
    return (track.declared_duration_ms or 0) > _SHORTER_MS
