"""Until when the bucket has to lock an original, as far as its owners are known. Reads only.

A lock is never shortened, so what has no known end is locked in steps that a job prolongs: two
years at a time while nothing decides, ten for what is kept for ever. Not for setting locks
(`actions.bucket_copies`), nor for what may be disposed of (`retention`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet

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
from liuhen.vault.queries import settled_until
from liuhen.vault.store import S3

PERMANENT_STEP = dt.timedelta(days=3653)
# Looked at again when no more than this is left.
PROLONGED_BEFORE = dt.timedelta(days=365)
AGAIN = dt.timedelta(days=1)
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
    since = settled_until(S3)
    return (copies.filter(stored_at__gte=since) if since else copies).order_by("id")


def look_again_at(until: dt.datetime, at: dt.datetime) -> dt.datetime:
    """When a lock looked at now is looked at next though no record changes.

    First when a year is left, then each time a quarter of what is left has gone, at most daily.
    """
    return max(until - PROLONGED_BEFORE, at + max(AGAIN, (until - at) / 4))


def stale_locks(at: dt.datetime, limit: int) -> list[str]:
    """Originals whose locks are held against the records again: their day has come, or a record
    changed since. Changes from before the last run that came through are not read again.
    """
    due = ObjectLock.objects.filter(look_again_at__lte=at, original__destruction=None)
    found = due.values("pk").union(*_changed(settled_until(S3)))
    return [row["pk"] for row in found[:limit]]


def _changed(since: dt.datetime | None) -> Iterator[QuerySet[Any, Any]]:
    """Keys of locks, by what changed after they were set; each by an index of its own."""
    whole = "original__recordings"
    for changed in (
        f"{whole}__retention__changed_at",
        f"{whole}__case__closed_at",
        f"{whole}__holds__placed_at",
        f"{whole}__holds__lifted_at",
        f"{whole}__case__holds__placed_at",
        f"{whole}__case__holds__lifted_at",
    ):
        asked: dict[str, Any] = {f"{changed}__gt": F("set_at"), "original__destruction": None}
        if since is not None:
            asked[f"{changed}__gte"] = since
        yield ObjectLock.objects.filter(**asked).values("pk")
