"""What can be known of a media file: the words and shapes every reader and caller shares.

Not for how the facts are found (`inside/`) nor for what follows from them (`law`).
All times are integers in milliseconds; spans are half-open.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Kind = Literal["video", "audio", "photo", "scan", "other"]
Depth = Literal["none", "header", "index", "packets", "frames"]
TrackKind = Literal["video", "audio", "subtitle", "data"]
FindingCode = Literal[
    "empty",
    "unreadable",
    "not_media",
    "type_differs",
    "truncated",
    "damaged",
    "duration_differs",
    "interrupted",
    "timestamps_broken",
    "clock_unset",
    "hostile",
    "limit_reached",
    "unfinished",
]


@dataclass(frozen=True)
class Finding:
    """Something about the file that a person must know.

    `code` has a Chinese text (`finding_text`); `detail` is the cause in English, for logs and
    the technical view; `offset` is a byte position and `at_ms` a time on the file's own
    timeline, when known.
    """

    code: FindingCode
    detail: str
    offset: int | None = None
    at_ms: int | None = None


@dataclass(frozen=True)
class Damage:
    """One place that could not be read or decoded."""

    track: int | None
    at_ms: int | None
    offset: int | None
    cause: str


@dataclass(frozen=True)
class Track:
    """One track as its packets show it.

    `start_ms`, `duration_ms` and `spans` are on the file's timeline, whose zero is the earliest
    packet of any sound or picture track; `spans` are the stretches without a hole.
    `declared_duration_ms` is what the header claims. `rate_millihertz` is pictures per 1000
    seconds for video (25 fps = 25000) and samples per 1000 seconds for audio.
    `decoded` counts pictures or sound frames, in deep reading only.
    """

    index: int
    kind: TrackKind
    codec: str
    profile: str
    pixel_format: str
    width: int | None
    height: int | None
    rate_millihertz: int | None
    channels: int | None
    packets: int
    start_ms: int | None
    duration_ms: int | None
    declared_duration_ms: int | None
    spans: tuple[tuple[int, int], ...]
    decoded: int | None


@dataclass(frozen=True)
class Place:
    """Where the device says it was: degrees times ten million, altitude in millimetres."""

    latitude_e7: int
    longitude_e7: int
    altitude_mm: int | None


@dataclass(frozen=True)
class CreationTag:
    """The device's own statement of when; its clock may be wrong, and MP4 cameras often write
    local time as if it were UTC.

    `text` is ISO 8601 as found, `zone_known` whether it carries an offset, `source` the tag.
    """

    text: str
    zone_known: bool
    source: str

    def instant(self, zone: dt.tzinfo) -> dt.datetime:
        """The aware UTC instant, reading a time without offset in `zone`."""
        told = dt.datetime.fromisoformat(self.text)
        if not self.zone_known:
            told = told.replace(tzinfo=zone)
        return told.astimezone(dt.UTC)


@dataclass(frozen=True)
class Reading:
    """What the child reports of a file; `probe.Probe` adds what the parent knows.

    `pages`: of a scan, None for everything else; `width` and `height` are its first page's.
    """

    found: str
    kind: Kind
    container: str
    depth: Depth
    tracks: tuple[Track, ...]
    width: int | None
    height: int | None
    orientation: int | None
    duration_ms: int | None
    declared_duration_ms: int | None
    origin_ms: int | None
    created: CreationTag | None
    place: Place | None
    device: str
    damage: tuple[Damage, ...]
    damage_count: int
    findings: tuple[Finding, ...]
    pages: int | None = None


@cache
def _texts() -> dict[str, str]:
    raw = resources.files("liuhen.media").joinpath("findings.toml").read_text("utf-8")
    return {code: str(entry["message"]) for code, entry in tomllib.loads(raw).items()}


def finding_text(code: FindingCode) -> str:
    """The Chinese sentence of a finding, for screens and papers."""
    return _texts()[code]
