"""What decoding whole recordings told of damage in them, and what waits to be looked through.

The row of the derivative keeps what pages need. Not for looking through (`jobs.damage`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from liuhen.media.damage import READER, LookedThrough, Stretch, unsure_codecs
from liuhen.recordings.derivatives import DAMAGE, put_account
from liuhen.recordings.media_facts import READ
from liuhen.recordings.models import Derivative, Recording
from liuhen.recordings.settling import settle, unsettled

# Another version begins anew.
_TASK = f"looked_through.{READER}"
_LASTING = (Recording.Kind.VIDEO, Recording.Kind.AUDIO)


@dataclass(frozen=True)
class DamageTold:
    """What is known of damage inside one original; `unsure` are codings that may hide more."""

    looked_at: dt.datetime
    count: int
    stretches: tuple[Stretch, ...]
    is_whole: bool
    unsure: tuple[str, ...]


def not_looked_through() -> QuerySet[Recording]:
    """Films and sounds that this version has not decoded as a whole, oldest first."""
    looked = Derivative.objects.filter(
        original=OuterRef("original"), kind=DAMAGE, how__reader=READER
    )
    rows = Recording.objects.filter(
        ~Exists(looked), kind__in=_LASTING, media__state=READ, disposed_at=None
    )
    return unsettled(_TASK, rows)


def note_looked_through() -> None:
    """Keep up to where everything is looked through, so that nobody looks further back."""
    settle(_TASK, not_looked_through())


def put_looked_through(sha256: str, found: LookedThrough) -> Derivative:
    """Keep what was found. Raises `Refused`: `original.destroyed`, `s3.away`, `s3.refused`."""
    how: dict[str, Any] = {
        "reader": READER,
        "count": found.count,
        "is_whole": found.is_whole,
        "stretches": [[one.track, one.start_ms, one.end_ms] for one in found.stretches],
    }
    return put_account(sha256, DAMAGE, {"places": [asdict(one) for one in found.places]}, how)


def damage_told(recording: Recording) -> DamageTold | None:
    """What was found in a film or a sound; None while nobody has looked it through."""
    row = Derivative.objects.filter(original=recording.original_id, kind=DAMAGE, key="").first()
    if row is None:
        return None
    return DamageTold(
        looked_at=row.made_at,
        count=int(row.how["count"]),
        stretches=tuple(Stretch(*one) for one in row.how["stretches"]),
        is_whole=bool(row.how["is_whole"]),
        unsure=unsure_in(recording),
    )


def unsure_in(recording: Recording) -> tuple[str, ...]:
    """The codings of a file that may hide altered bytes; a photo's is its type."""
    media: dict[str, Any] = recording.media
    if recording.kind == Recording.Kind.PHOTO:
        return unsure_codecs([str(media.get("found", ""))])
    tracks = media.get("tracks") or ()
    return unsure_codecs(one["codec"] for one in tracks if one["kind"] in {"video", "audio"})


def is_lasting(recording: Recording) -> bool:
    """Whether it is a film or a sound that was read: only those are looked through."""
    return recording.kind in _LASTING and recording.media.get("state") == READ


def looked_through(*digests: str) -> dict[str, int]:
    """How many of some originals were looked through by this version, and in how many damage was
    found; without any, of all there are, which takes the longer the more there are.
    """
    looked = Derivative.objects.filter(kind=DAMAGE, how__reader=READER)
    if digests:
        looked = looked.filter(original__in=digests)
    return {"done": looked.count(), "found": looked.filter(how__count__gt=0).count()}
