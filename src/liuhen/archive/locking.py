"""Until when the bucket has to lock an original, as far as its owners are known. Reads only.

A lock is never shortened, so what has no known end is locked in steps that a job prolongs: two
years at a time while nothing decides, ten for what is kept for ever. Not for setting locks
(`actions.bucket_copies`), nor for what may be disposed of (`retention`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q, QuerySet

from liuhen.archive.retention import (
    FIGURES,
    SEGMENTS,
    Level,
    has_other_owner,
    holds_on,
    kept,
    period_end,
)
from liuhen.cameras.models import Segment
from liuhen.recordings.models import Recording
from liuhen.rulebook.queries import Rulebook, rulebook
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.store import S3

PERMANENT_STEP = dt.timedelta(days=3653)
# Looked at again, at most once a day, when no more than this is left.
PROLONGED_BEFORE = dt.timedelta(days=365)
_AGAIN = dt.timedelta(days=1)
# A lock has to end in the future; what is past its period is about to be disposed of.
LEAST = dt.timedelta(days=1)


def locked_until(sha256: str, at: dt.datetime) -> dt.datetime:
    """Until when an original has to be locked, seen from `at`: for its longest owner."""
    book = rulebook()
    return max(at + LEAST, *_ends(sha256, at, book))


def _ends(sha256: str, at: dt.datetime, book: Rulebook) -> Iterator[dt.datetime]:
    undecided = period_end(FIGURES[Level.UNCLASSIFIED], at, book) or at + PERMANENT_STEP
    recordings, segments = _recordings(sha256), Segment.objects.filter(original=sha256)
    for one in recordings:
        told = kept(one, book)
        if told.level == Level.PERMANENT:
            yield at + PERMANENT_STEP
        elif told.until is None or not told.is_settled:
            yield undecided
        else:
            yield told.until
    for segment in segments:
        yield period_end(SEGMENTS, segment.stored_at, book) or undecided
    if not (recordings or segments) or has_other_owner(sha256):
        yield undecided


def is_held(sha256: str) -> bool:
    """Whether a hold stands on any recording of an original, or on its case."""
    return any(holds_on(one).exists() for one in _recordings(sha256))


def _recordings(sha256: str) -> QuerySet[Recording]:
    return Recording.objects.filter(original=sha256).select_related("case", "original")


def unlocked() -> QuerySet[Copy]:
    """Copies in the bucket of whose lock nothing is noted: a killed job left them."""
    copies = Copy.objects.filter(store=S3, original__object_lock=None, original__destruction=None)
    return copies.order_by("id")


def stale_locks(at: dt.datetime) -> QuerySet[ObjectLock]:
    """Locks to be held against the records again: near their end, or a record changed since."""
    set_at = F("set_at")
    near = Q(until__lt=at + PROLONGED_BEFORE, set_at__lt=at - _AGAIN)
    recording = "original__recordings"
    changed = (
        Q(**{f"{recording}__retention__changed_at__gt": set_at})
        | Q(**{f"{recording}__case__closed_at__gt": set_at})
        | Q(**{f"{recording}__holds__placed_at__gt": set_at})
        | Q(**{f"{recording}__holds__lifted_at__gt": set_at})
        | Q(**{f"{recording}__case__holds__placed_at__gt": set_at})
        | Q(**{f"{recording}__case__holds__lifted_at__gt": set_at})
    )
    found = ObjectLock.objects.filter(near | changed, original__destruction=None)
    ids = found.values("pk")
    return ObjectLock.objects.filter(pk__in=ids).order_by("set_at", "pk")
