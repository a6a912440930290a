"""Copies of originals in the bucket: put, proved, locked, entered; locks extended, never shortened.

While the bucket is away originals wait where they are and the operator is told. Not for how long
a lock has to be (`archive.locking`), nor for deleting (`destroying`).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Greatest

from liuhen.actions.act import Draft, act
from liuhen.actions.second_copies import BATCH, enter_copies, note_store, trouble_of
from liuhen.archive.locking import (
    AGAIN,
    PROLONGED_BEFORE,
    is_held,
    locked_until,
    look_again_at,
    stale_locks,
    unlocked,
)
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.vault.keeping import copying, local_store, s3_store
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.queries import without_copy
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import S3

log = logging.getLogger(__name__)
_TOGETHER = 1_000


@dataclass(frozen=True)
class Lock:
    """What an original's newest version is locked by."""

    sha256: str
    until: str
    is_held: bool


def make_bucket_copies(digests: Iterable[str]) -> list[str]:
    """Put originals into the bucket, locked and read back; returns what the vault lacks of them.

    What is there already is left alone; what was put before the bucket went away is entered.

    Raises:
        Refused: `s3.none`, `s3.away`, `s3.refused`, `s3.damaged`.
    """
    bucket = s3_store()
    if bucket is None:
        raise Refused("s3.none")
    wanted = list(dict.fromkeys(digests))
    there = Copy.objects.filter(store=S3, original__in=wanted)
    held = set(there.values_list("original_id", flat=True))
    missing = [sha256 for sha256 in wanted if sha256 not in held]
    lost = []
    for first in range(0, len(missing), BATCH):
        lost += _put(bucket, missing[first : first + BATCH])
    return lost


def _put(bucket: S3Store, digests: Sequence[str]) -> list[str]:
    """Put and enter one batch; returns what is missing or altered in the vault."""
    done, locks, lost, at = [], [], [], clock.now()
    with copying() as may_begin:
        try:
            for sha256 in filter(may_begin, digests):
                if not _put_one(bucket, sha256, at):
                    lost.append(sha256)  # the scrub raises the alarm; the others don't wait for it
                    continue
                done.append(sha256)
                locks.append(_locked(bucket, sha256))
        finally:
            if done:
                enter_copies(actor=system_person(), store=S3, digests=done)
            if locks:
                enter_locks(actor=system_person(), locks=locks, seen_at=at)
    return lost


def _put_one(bucket: S3Store, sha256: str, at: dt.datetime) -> bool:
    """Have one original in the bucket, locked; false where the vault lacks it."""
    until = locked_until(sha256, at)
    if bucket.digest(sha256) == sha256:
        bucket.lock(sha256, until)
    elif local_store().digest(sha256) != sha256:
        return False
    else:
        try:
            bucket.put(local_store().place(sha256), sha256, until)
        except FileNotFoundError:  # destroyed since it was read
            return False
    return True


def _locked(bucket: S3Store, sha256: str) -> Lock:
    """Bring one lock and hold to what the records ask for; what the bucket then has."""
    until = bucket.lock(sha256, locked_until(sha256, clock.now()))
    held = is_held(sha256)
    known = ObjectLock.objects.filter(original=sha256).values_list("is_held", flat=True).first()
    if held != bool(known):
        bucket.hold(sha256, held)
    return Lock(sha256, clock.iso(until), held)


def copy_to_bucket() -> int:
    """Put what the bucket lacks, oldest first, and bring locks up; returns how many copies.

    0 without a bucket. The state is noted for the operator, whatever came of it.

    Raises:
        Refused: as `make_bucket_copies`.
    """
    if s3_store() is None:
        return 0
    made, lost = 0, list[str]()
    try:
        while batch := without_copy(S3).exclude(sha256__in=lost)[:BATCH]:
            digests = [one.sha256 for one in batch]
            lost_now = make_bucket_copies(digests)
            lost += lost_now
            made += len(digests) - len(lost_now)
        while set_dates_of_old_locks() or renew_locks():
            pass
    except Refused as refused:
        note_store(S3, explain(refused).message, is_through=False)
        raise
    note_store(S3, trouble_of(lost))
    return made


def set_dates_of_old_locks() -> int:
    """Give the next locks of an earlier version the day on which they are looked at; how many."""
    old = ObjectLock.objects.filter(look_again_at=None).values_list("pk", flat=True)
    soonest = Greatest(F("until") - PROLONGED_BEFORE, F("set_at") + AGAIN)
    some = list(old[:_TOGETHER])
    return ObjectLock.objects.filter(pk__in=some).update(look_again_at=soonest)


def renew_locks() -> int:
    """Extend the next locks that the records ask to be longer, set and lift holds; how many.

    Raises:
        Refused: `s3.away`, `s3.refused`.
    """
    bucket = s3_store()
    if bucket is None:
        return 0
    # what a record says after this instant is looked at in the next pass
    at = clock.now()
    new = list(unlocked().values_list("original_id", flat=True)[:BATCH])
    stale = stale_locks(at, BATCH)
    before = ObjectLock.objects.in_bulk(stale)
    locks = [_locked(bucket, sha256) for sha256 in dict.fromkeys([*new, *stale])]
    changed = [one for one in locks if _says_more(one, before.get(one.sha256))]
    if changed:
        enter_locks(actor=system_person(), locks=changed, seen_at=at)
    looked = [one for one in before.values() if one.pk not in {lock.sha256 for lock in changed}]
    for one in looked:
        one.set_at, one.look_again_at = at, look_again_at(one.until, at)
    ObjectLock.objects.bulk_update(looked, ["set_at", "look_again_at"])
    return len(locks)


def _says_more(lock: Lock, before: ObjectLock | None) -> bool:
    return before is None or (lock.until, lock.is_held) != (clock.iso(before.until), before.is_held)


@act(permission="copy.keep", event="copy.locked")
def enter_locks(
    draft: Draft, *, actor: Person, locks: Sequence[Lock], seen_at: dt.datetime
) -> None:
    """Enter until when originals are locked in the bucket, and which are on legal hold.

    `seen_at` is when the records were asked.
    """
    for one in locks:
        again = look_again_at(clock.parse_iso(one.until), seen_at)
        told = {
            "until": one.until,
            "is_held": one.is_held,
            "set_at": seen_at,
            "look_again_at": again,
        }
        ObjectLock.objects.update_or_create(original_id=one.sha256, defaults=told)
    draft.note(
        store=S3,
        locks=[{"sha256": o.sha256, "until": o.until, "is_held": o.is_held} for o in locks],
    )
