"""Takes the bytes of a destroyed original away from everything this machine can reach.

Only of what is ordered destroyed (`Destruction`), which the database lets nobody order but an
approved disposal. Each step may run again after a kill. Not for rows, replicas or certificates.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault, Refused
from liuhen.vault.cache import UNUSED_S
from liuhen.vault.keeping import first_store, intake_path, local_store, s3_store, second_store
from liuhen.vault.models import Destruction
from liuhen.vault.s3 import Version
from liuhen.vault.store import MADE, S3, SECOND, STORE, LocalStore, fsync_folder

QUARANTINE = "quarantine"
# What machines hold for reading goes an hour after its last use, and is looked for now and then.
CACHE_GONE_AFTER = dt.timedelta(seconds=UNUSED_S) + dt.timedelta(minutes=15)
log = logging.getLogger(__name__)


def take_away(sha256: str) -> None:
    """Remove every file of an original: its places, what was made from it, what a repair set aside.

    Raises:
        Fault: nothing ordered this original destroyed.
    """
    _require_order(sha256)
    for store in filter(None, (local_store(), second_store())):
        store.remove(sha256)
    for path in _made(sha256):
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)


def take_from_bucket(sha256: str) -> list[Version] | None:
    """Delete what may go of an original in the bucket; returns the versions a lock keeps.

    None when it doesn't answer: then nothing is known. Without a bucket nothing is kept.

    Raises:
        Fault: nothing ordered this original destroyed.
    """
    _require_order(sha256)
    bucket = s3_store()
    try:
        if bucket is None:
            return []
        bucket.remove_named(f"{MADE}/{sha256[:2]}/{sha256}.")
        return bucket.remove(sha256)
    except Refused as refused:
        log.warning("bucket keeps %s: %s", sha256[:12], refused)
        return None


def _require_order(sha256: str) -> None:
    if not Destruction.objects.filter(original=sha256).exists():
        raise Fault(f"original {sha256} is not ordered destroyed")


def is_at_hand(store: str) -> bool:
    """Whether this machine looks after a store itself: what lies there goes without anybody."""
    return (s3_store() if store == S3 else _store(store)) is not None


def lies_in(store: str, sha256: str) -> bool | None:
    """Whether a store of this machine still holds an original; None when it can't be reached."""
    if store == S3:
        return _lies_in_bucket(sha256)
    found = _store(store)
    return None if found is None else found.path(sha256).exists()


def _lies_in_bucket(sha256: str) -> bool | None:
    bucket = s3_store()
    if first_store() == S3 and _may_be_cached(sha256):
        return True
    try:
        return bool(bucket.versions(sha256)) if bucket is not None else None
    except Refused:
        return None


def _may_be_cached(sha256: str) -> bool:
    """Whether another machine may still hold a copy for reading, from before the order."""
    order = Destruction.objects.filter(original=sha256).first()
    return order is None or clock.now() - order.ordered_at < CACHE_GONE_AFTER


def leftovers(sha256: str) -> list[Path]:
    """Files that still hold an original or something made from it."""
    stores = filter(None, (local_store(), second_store()))
    places = [store.path(sha256) for store in stores]
    return [path for path in (*places, *_made(sha256)) if path.exists()]


def _store(name: str) -> LocalStore | None:
    if name == STORE:
        return local_store()
    return second_store() if name == SECOND else None


def _made(sha256: str) -> Iterator[Path]:
    """What was made from it, and damaged bytes that a repair set aside."""
    derived: Path = settings.HOME.derived_dir / sha256[:2]
    yield from sorted(derived.glob(f"{sha256}.*"))
    yield from sorted((intake_path().parent / QUARANTINE).glob(f"{sha256}.*"))
