"""What a recording's file holds, as its row keeps it: a bounded, plain account of a probe.

The row's images repeat it, so lists are cut and the cut is told. Not for reading media (`media`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from liuhen.media import signatures
from liuhen.media.coverage import milliseconds, union
from liuhen.media.facts import Track
from liuhen.media.probe import Probe
from liuhen.recordings.models import Recording
from liuhen.recordings.timing import Timing

PROBING, READ, UNREADABLE = "probing", "read", "unreadable"
_SPANS, _FINDINGS, _TRACKS = 200, 50, 16
# Kinds of sound without pictures, by the type the first bytes show.
_SOUND = frozenset({"mp3", "wav", "aac", "flac", "ogg", "amr", "caf", "aiff", "m4a"})


def is_media(name: str, head: bytes) -> bool:
    """Whether bytes may be a recording, however damaged.

    What plainly is something else is not, whatever it is called; what can't be recognised is
    taken for a damaged recording when its name says that it was one.
    """
    found = signatures.found_type(head)
    if found in signatures.NOT_MEDIA:
        return False
    return found != "unknown" or calls_itself_media(name)


def calls_itself_media(name: str) -> bool:
    """Whether the suffix of a name says that it is a recording, a photo or a scan."""
    declared = signatures.declared_type(name)
    return declared in signatures.MEDIA | signatures.PHOTOS | signatures.SCANS


def unprobed(head: bytes) -> dict[str, Any]:
    """The account of a file that nobody has read yet."""
    return {"state": PROBING, "found": signatures.found_type(head)}


def lacks_tracks(media: Mapping[str, Any]) -> bool:
    """Whether a version or a recorder read a file that kept nothing of where its tracks run."""
    return media.get("state") == READ and "video_spans" not in media


def guessed_kind(found: str) -> str:
    """The form of a recording by its type alone, until it is read."""
    if found in signatures.PHOTOS:
        return Recording.Kind.PHOTO
    if found in signatures.SCANS:
        return Recording.Kind.SCAN
    return Recording.Kind.AUDIO if found in _SOUND else Recording.Kind.VIDEO


def account_of(probe: Probe, timing: Timing) -> dict[str, Any]:
    """What the row keeps of a probe. All times in milliseconds on the file's own timeline."""
    seen, heard = probe.spans("video"), probe.spans("audio")
    created = probe.created
    return {
        "state": READ if probe.is_readable else UNREADABLE,
        "found": probe.found,
        "container": probe.container,
        "duration_ms": probe.duration_ms,
        "declared_duration_ms": probe.declared_duration_ms,
        "width": probe.width,
        "height": probe.height,
        **({"pages": probe.pages} if probe.pages is not None else {}),
        "tracks": [_track(track) for track in probe.tracks[:_TRACKS]],
        "spans": _spans((*seen, *heard)),
        "video_spans": _spans(seen),
        "audio_spans": _spans(heard),
        "findings": [asdict(finding) for finding in probe.findings[:_FINDINGS]],
        "damage_count": probe.damage_count,
        "created": asdict(created) if created else None,
        "place": asdict(probe.place) if probe.place else None,
        "device": probe.device,
        "browser_obstacle": probe.browser_obstacle,
        "time_doubts": list(timing.doubts),
    }


def _spans(spans: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [list(span) for span in union(spans)[:_SPANS]]


def _track(track: Track) -> dict[str, Any]:
    return {
        "kind": track.kind,
        "codec": track.codec,
        "width": track.width,
        "height": track.height,
        "channels": track.channels,
        "rate_millihertz": track.rate_millihertz,
        "duration_ms": track.duration_ms,
    }


def has_tracks(probe: Probe) -> tuple[bool | None, bool | None]:
    """Whether there is a picture and a sound track; unknown when the file can't be read."""
    if not probe.is_readable or probe.depth == "none":
        return None, None
    kinds = {track.kind for track in probe.tracks if track.packets}
    return "video" in kinds, "audio" in kinds


def held_spans(recording: Recording) -> list[tuple[int, int]]:
    """What a tied recording covers, in milliseconds since the epoch; nothing when unknown."""
    if recording.started_at is None or recording.ended_at is None:
        return []
    if recording.kind not in {Recording.Kind.VIDEO, Recording.Kind.AUDIO}:
        return []
    media: Mapping[str, Any] = recording.media
    if media.get("state") == UNREADABLE:
        return []
    begin = milliseconds(recording.started_at)
    inside = media.get("spans") or []
    if not inside:
        return [(begin, milliseconds(recording.ended_at))]
    return [(begin + start, begin + end) for start, end in inside]
