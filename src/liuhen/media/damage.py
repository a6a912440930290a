"""Where pictures and sound of a recording can't be read: everything decoded, nothing forgiven.

One answer for the job that looks recordings through (`jobs.damage`); reading is `probe`'s. What a
decoder can't tell stays unknown: `unsure_codecs` names the codings that may hide altered bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from liuhen.media.facts import Damage
from liuhen.media.limits import DEEP_PROBE, MIB
from liuhen.media.probe import Probe, probe

# Raised when what is found changes: what an older one looked through is looked through again.
READER = 1
# Codings that carry checksums. Of any other an altered byte may simply be another picture or
# sound: of H.264 and HEVC with one byte altered, decoders complained in less than half of cases.
_CHECKED = frozenset({"flac", "png"})
_TOGETHER_MS = 1000
_STRETCHES = 50
_NOT_BEGUN = ("not_started", "no_input")


@dataclass(frozen=True)
class Stretch:
    """From the first to the last place of damage that lie close together, on the file's timeline.

    `track` is "video", "audio" or "" (the container's own).
    """

    track: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class LookedThrough:
    """What decoding a whole recording told.

    `count` of places that could not be read; `stretches` are the first of those whose time is
    known; `is_whole` says whether it was read to its end; `places` as in `Probe.damage`.
    """

    count: int
    stretches: tuple[Stretch, ...]
    is_whole: bool
    places: tuple[Damage, ...]


def look_through(path: Path, *, name: str, duration_ms: int | None) -> LookedThrough | None:
    """Decode a recording from its beginning to its end.

    None when no reader could be started: then nothing is known. One that was stopped by a limit or
    by the bytes themselves has not read it to its end.

    Raises:
        OSError: the bytes are not there.
    """
    playing_s = (duration_ms or 0) // 1000
    limits = replace(
        DEEP_PROBE,
        cpu_s=DEEP_PROBE.cpu_s + playing_s,
        wall_s=DEEP_PROBE.wall_s + 3 * playing_s + path.stat().st_size // (10 * MIB),
    )
    seen = probe(path, name=name, deep=True, limits=limits)
    if any(one.detail.startswith(_NOT_BEGUN) for one in seen.findings):
        return None
    is_whole = seen.depth == "frames" and not seen.has("unfinished")
    return LookedThrough(seen.damage_count, _stretches(seen), is_whole, seen.damage)


def unsure_codecs(codecs: Iterable[str]) -> tuple[str, ...]:
    """Those of the codings that may hide altered bytes from every reader."""
    return tuple(dict.fromkeys(one for one in codecs if one and one not in _CHECKED))


def _stretches(seen: Probe) -> tuple[Stretch, ...]:
    kinds = {track.index: track.kind for track in seen.tracks}
    placed = sorted(
        (str(kinds.get(one.track, "")) if one.track is not None else "", one.at_ms)
        for one in seen.damage
        if one.at_ms is not None
    )
    found: list[Stretch] = []
    for track, at_ms in placed:
        last = found[-1] if found else None
        if last and last.track == track and at_ms - last.end_ms <= _TOGETHER_MS:
            found[-1] = replace(last, end_ms=at_ms)
        else:
            found.append(Stretch(track, at_ms, at_ms))
    found.sort(key=lambda one: (one.start_ms, one.track))
    return tuple(found[:_STRETCHES])
