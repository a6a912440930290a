"""Brings damaged or lost originals back from a copy, and enters in the ledger what was done.

The bytes found in their place are set aside, never deleted. Not for rows or entries: those are
restored whole or not at all (`restore`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import urllib3

from liuhen.actions.replicas import record_repair
from liuhen.archive.locking import is_held, locked_until
from liuhen.kernel import clock
from liuhen.kernel.digests import CHUNK, sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.replica.folder import ReplicaFolder
from liuhen.vault.keeping import copying, first_store, intake_path, local_store, s3_store
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import S3, STORE

QUARANTINE = "quarantine"
MENDED, NOT_HELD = "mended", "not_held"
_TIMEOUT = urllib3.Timeout(connect=5.0, read=60.0)


class Source(Protocol):
    """Where good bytes may be had."""

    @property
    def name(self) -> str:
        """What the ledger calls it."""

    def fetch(self, sha256: str, target: Path) -> bool:
        """Write the bytes to a fresh file; whether the source had any."""


@dataclass(frozen=True)
class Repaired:
    """What became of one original: `was` is the damaged bytes' digest, empty when none were."""

    sha256: str
    was: str
    state: str


class FolderSource:
    """A replica's folder that this machine can read."""

    def __init__(self, path: Path) -> None:
        self._folder = ReplicaFolder(path).open()

    @property
    def name(self) -> str:
        return f"replica:{self._folder.facts.name}"

    def fetch(self, sha256: str, target: Path) -> bool:
        """Copy from its vault."""
        if not self._folder.store.has(sha256):
            return False
        shutil.copyfile(self._folder.store.place(sha256), target)
        return True


class ServedSource:
    """A replica that serves (`liuhen replica serve`), with its repair token."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._headers = address.rstrip("/"), {"Authorization": f"Bearer {token}"}

    @property
    def name(self) -> str:
        return self._address

    def fetch(self, sha256: str, target: Path) -> bool:
        """Fetch over HTTP. Raises `Refused`: `repair.source_away`, `repair.source_refused`."""
        address = f"{self._address}/originals/{sha256}"
        try:
            with urllib3.PoolManager(timeout=_TIMEOUT) as pool:
                answer = pool.request("GET", address, headers=self._headers, preload_content=False)
                if answer.status == 200:
                    with target.open("wb") as stream:
                        for piece in answer.stream(CHUNK):
                            stream.write(piece)
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Refused("repair.source_away", said=type(error).__name__) from error
        if answer.status not in (200, 404):
            raise Refused("repair.source_refused", status=answer.status)
        return answer.status == 200


def _put_locked(bucket: S3Store, place: Path, sha256: str) -> None:
    """The new version is locked at least as long as the old one, and held as the records say."""
    known = ObjectLock.objects.filter(original=sha256).values_list("until", flat=True).first()
    until = locked_until(sha256, clock.now())
    bucket.put(place, sha256, max(until, known or until))
    if is_held(sha256):
        bucket.hold(sha256, True)


class BucketSource:
    """The installation's own bucket (`LIUHEN_S3_ENDPOINT`)."""

    name = S3

    def __init__(self) -> None:
        bucket = s3_store()
        if bucket is None:
            raise Refused("s3.none")
        self._bucket = bucket

    def fetch(self, sha256: str, target: Path) -> bool:
        """Fetch from the bucket. Raises `Refused`: `s3.away`, `s3.refused`."""
        return self._bucket.fetch(sha256, target) is not None


def repair(actor: Person, source: Source) -> Iterator[Repaired]:
    """Read every original of this home and its bucket; mend what is missing or altered.

    What an approved disposal destroyed is not brought back.
    """
    store, bucket = local_store(), s3_store()
    # where the bucket holds them, the vault's folder is a cache and nothing to mend
    for sha256 in _kept(STORE) if first_store() == STORE else ():
        found = store.digest(sha256)
        if found != sha256:
            yield _mended(actor, source, sha256, found or "")
    if bucket is None:
        return
    for sha256 in _kept(S3):
        found = bucket.digest(sha256)
        if found != sha256:
            yield _mended_in_bucket(actor, source, bucket, sha256, found or "")


def _kept(store: str) -> Iterator[str]:
    kept = Copy.objects.filter(store=store, original__destruction=None)
    return kept.order_by("id").values_list("original_id", flat=True).iterator(500)


def _mended_in_bucket(
    actor: Person, source: Source, bucket: S3Store, sha256: str, was: str
) -> Repaired:
    """A new version from the vault, or from the source; what was altered stays as an older one."""
    place, name = local_store().path(sha256), STORE
    fresh = intake_path()
    try:
        if not place.is_file() or sha256_file(place) != sha256:
            place, name = fresh, source.name
            if not source.fetch(sha256, fresh) or sha256_file(fresh) != sha256:
                return Repaired(sha256, was, NOT_HELD)
        with copying() as may_begin:
            if not may_begin(sha256):
                return Repaired(sha256, was, NOT_HELD)
            _put_locked(bucket, place, sha256)
    finally:
        fresh.unlink(missing_ok=True)
    record_repair(actor=actor, sha256=sha256, was=was, source=name, kept_as="")
    return Repaired(sha256, was, MENDED)


def _mended(actor: Person, source: Source, sha256: str, was: str) -> Repaired:
    fresh = intake_path()
    try:
        if not source.fetch(sha256, fresh):
            return Repaired(sha256, was, NOT_HELD)
        if sha256_file(fresh) != sha256:
            raise Refused("repair.source_damaged", sha256=sha256)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        kept_as = _set_aside(sha256) if was else ""
        local_store().adopt(fresh, sha256)
    finally:
        fresh.unlink(missing_ok=True)
    record_repair(actor=actor, sha256=sha256, was=was, source=source.name, kept_as=kept_as)
    return Repaired(sha256, was, MENDED)


def _set_aside(sha256: str) -> str:
    """Move the damaged bytes into the quarantine of the intake folder; their name there."""
    folder = intake_path().parent / QUARANTINE
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{sha256}.{intake_path().name[-12:]}"
    local_store().path(sha256).rename(target)
    return target.name
