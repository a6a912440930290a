"""Reads of originals, copies and receipts. Not for the bytes (`vault.store`)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry, RowImage
from liuhen.vault.models import (
    Alarm,
    BackupSet,
    Copy,
    Destruction,
    Original,
    Receipt,
    Sm3,
    StoreState,
)
from liuhen.vault.store import BACKUP, SM3, STORE

# Longer than any transaction that takes an original in.
TAKING_IN = dt.timedelta(hours=1)


def copied_elsewhere(digests: Iterable[str]) -> set[str]:
    """Which of these originals have a copy outside the vault's own disk, ready to be read.

    A backup is none: it may lie on the same disks, and comes back by a restore only.
    """
    copies = Copy.objects.filter(original__in=list(digests)).exclude(store=STORE)
    copies = copies.exclude(store__startswith=BACKUP)
    return set(copies.values_list("original_id", flat=True))


def backup_sets_holding(sha256: str) -> list[BackupSet]:
    """Which backup sets hold an original, newest first: those made since its copy was put there.

    A restore of any of them would bring it back.
    """
    copies = Copy.objects.filter(original=sha256, store__startswith=BACKUP)
    return [one for sets in sets_with(copies).values() for one in sets]


def sets_with(copies: Iterable[Copy]) -> dict[int, list[BackupSet]]:
    """By number of a copy in a backup repository, the sets that hold it, newest first."""
    held = [one for one in copies if one.store.startswith(BACKUP)]
    sets = list(BackupSet.objects.filter(store__in={one.store for one in held}).order_by("-at"))
    return {
        copy.id: [
            one for one in sets if one.store == copy.store and one.recorded_at >= copy.stored_at
        ]
        for copy in held
    }


def newest_receipts(digests: Iterable[str]) -> dict[str, str]:
    """The newest signed receipt of each of these originals that has one."""
    rows = Receipt.objects.filter(original__in=list(digests)).order_by("id")
    return dict(rows.values_list("original_id", "note"))


def sm3_of(sha256: str) -> str:
    """The SM3 digest of an original as hexadecimal digits; empty while it has not been taken."""
    return Sm3.objects.filter(original=sha256).values_list("digest", flat=True).first() or ""


def without_sm3() -> QuerySet[Original]:
    """Originals whose SM3 digest has not been taken yet, oldest first."""
    return _unsettled(SM3).filter(sm3=None)


def behind(rows: QuerySet[Original], last: Original) -> QuerySet[Original]:
    """Those of originals in the order of their receipt that come after `last`."""
    same = Q(received_at=last.received_at, sha256__gt=last.sha256)
    return rows.filter(Q(received_at__gt=last.received_at) | same)


def without_copy(store: str) -> QuerySet[Original]:
    """Originals that a store does not hold yet, oldest first."""
    held = Copy.objects.filter(store=store, original=OuterRef("pk"))
    return _unsettled(store).filter(~Exists(held))


def _unsettled(task: str) -> QuerySet[Original]:
    """Originals kept that were not all known to have what a job gives them, oldest first.

    What came in before `StoreState.settled_until` is not read again, unless the clock was put back
    behind it: jobs look every few minutes, and the archive only grows.
    """
    rows, since = Original.objects.filter(destruction=None), settled_until(task)
    rows = rows.order_by("received_at", "sha256")
    return rows.filter(received_at__gte=since) if since is not None else rows


def settled_until(task: str) -> dt.datetime | None:
    """Up to when everything has what a job gives it; None while nobody knows."""
    told = StoreState.objects.filter(store=task, settled_until__lte=clock.now())
    return told.values_list("settled_until", flat=True).first()


def waiting_for(rows: QuerySet[Original]) -> dict[str, Any]:
    """What a job that has looked at all of `rows` keeps of those that are left.

    Up to the oldest everything is settled; without any, up to an hour ago: what is being taken in
    bears the time at which that began, and a clock may be put right meanwhile.
    """
    now, oldest = clock.now(), rows.values_list("received_at", flat=True).first()
    settled = min(oldest or now, now - TAKING_IN)
    return {"waiting": rows.count(), "oldest_at": oldest, "settled_until": settled}


def entries_of_originals(digests: Iterable[str]) -> set[str]:
    """Which of these originals an entry of the ledger records."""
    images = RowImage.objects.filter(table=Original._meta.db_table, row_id__in=list(digests))
    return set(images.values_list("row_id", flat=True))


def alarmed_originals(digests: Iterable[str]) -> set[str]:
    """Of which of these originals the scrub found missing or altered bytes that still stand."""
    records = {f"{Original._meta.db_table}/{one}": one for one in digests}
    standing = Alarm.objects.filter(gone_at=None, record__in=list(records))
    return {records[record] for record in standing.values_list("record", flat=True)}


def entry_of_original(sha256: str) -> Entry:
    """The entry that recorded an original: its body names the digest, as the row of an image.

    Raises:
        Refused: `record.not_found`.
    """
    images = RowImage.objects.filter(table=Original._meta.db_table, row_id=sha256)
    image = images.select_related("entry__sequenced").order_by("id").first()
    if image is None:
        raise Refused("record.not_found")
    return image.entry


def is_destroyed(sha256: str) -> bool:
    """Whether an approved disposal ordered an original destroyed."""
    return Destruction.objects.filter(original=sha256).exists()


def copies_by_number() -> dict[str, int]:
    """How many originals have how many copies. Grows with the vault: for jobs, not for pages."""
    kept = Original.objects.filter(destruction=None)
    numbers = kept.annotate(number=Count("copies")).values_list("number", flat=True)
    return {str(number): many for number, many in sorted(Counter(numbers.iterator()).items())}


def standing_alarms() -> QuerySet[Alarm]:
    """What the scrub found and has not seen mended, newest first."""
    return Alarm.objects.filter(gone_at=None).order_by("-found_at", "id")
