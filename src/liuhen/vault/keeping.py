"""Brings bytes into the vault within an act: file first, then row and signed receipt.

Not an act by itself and not for recordings or papers: those acts call it, and their entry
carries the digests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import origin, signer
from liuhen.tlog.receipt import Receipt as ReceiptText
from liuhen.tlog.receipt import sign_receipt
from liuhen.vault.bucket_store import BucketStore
from liuhen.vault.models import Copy, Destruction, Original, Receipt
from liuhen.vault.s3 import S3Place, S3Store
from liuhen.vault.store import S3, STORE, LocalStore, relative_path


def local_store() -> LocalStore:
    """The store that originals come into: the vault's folder, or the bucket behind a cache there.

    Which of them, `first_store` says.
    """
    folder: Path = settings.HOME.vault_dir
    if first_store() == STORE:
        return LocalStore(folder)
    return _bucket_store(folder, settings.S3, settings.CACHE_BYTES)


def first_store() -> str:
    """What the store that originals come into is called: `STORE`, or `S3` (`LIUHEN_STORE`)."""
    return S3 if settings.BUCKET_FIRST else STORE


@cache
def _bucket_store(folder: Path, place: S3Place, cache_bytes: int) -> BucketStore:
    return BucketStore(folder, _s3_store(place), cache_bytes)


def second_store() -> LocalStore | None:
    """The store on other disks; None when none is set up, or its disk is not mounted."""
    folder: Path | None = settings.SECOND_STORE
    return LocalStore(folder) if folder is not None and folder.is_dir() else None


def s3_store() -> S3Store | None:
    """The bucket of originals; None when none is named. Whether it answers, a request shows."""
    return _s3_store(settings.S3) if settings.S3 is not None else None


@cache
def _s3_store(place: S3Place) -> S3Store:
    return S3Store(place)


def intake_path() -> Path:
    """A fresh file name in the intake folder, on the vault's file system."""
    folder: Path = settings.HOME.intake_dir
    return folder / str(new_id())


def refuse_destroyed(sha256: str) -> None:
    """Bytes that an approved disposal destroyed don't come in again.

    Raises:
        Refused: `original.destroyed` with the number of the disposal.
    """
    gone = Destruction.objects.filter(original=sha256).first()
    if gone is not None:
        raise Refused("original.destroyed", number=gone.number)


def lock_key(sha256: str) -> int:
    """The advisory lock of an original's bytes."""
    return int(sha256[:15], 16)


@contextmanager
def not_destroyed(sha256: str) -> Iterator[None]:
    """What the block writes of an original is there before its destruction is ordered, or never.

    Whoever orders it takes the same lock alone, and so waits for the transaction of the block.

    Raises:
        Refused: `original.destroyed` with the number of the disposal.
    """
    with transaction.atomic():
        hold_off_destruction([sha256])
        refuse_destroyed(sha256)
        yield


_ON_ITS_WAY = "hashtextextended('copying ' || %s, 0)"


@contextmanager
def copying() -> Iterator[Callable[[str], bool]]:
    """For whoever makes copies: what is on its way into a store is known until the block ends.

    What the block calls with a digest says whether its copy may be begun; not of what was ordered
    destroyed. Copies are entered within the block. A process that dies lets go of them.
    """
    held = connection.copy()

    def may_begin(sha256: str) -> bool:
        with held.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock_shared({_ON_ITS_WAY})", [sha256])
        return not Destruction.objects.filter(original=sha256).exists()

    try:
        yield may_begin
    finally:
        held.close()


def is_on_its_way(sha256: str) -> bool:
    """Whether a copy is being made. False after its destruction was ordered: none is any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_ON_ITS_WAY})", [sha256])
        return not cursor.fetchone()[0]


def hold_off_destruction(digests: Iterable[str]) -> None:
    """Nobody orders these originals destroyed before this transaction is over."""
    keys = sorted(map(lock_key, digests))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(key) FROM unnest(%s::bigint[]) AS key", [keys]
        )


def keep_bytes(data: bytes, *, name: str, by: UUID, at: dt.datetime) -> Original:
    """Keep small bytes (a paper) and return their original. Raises `Refused("storage.full")`."""
    sha256 = sha256_hex(data)
    refuse_destroyed(sha256)
    local_store().keep_bytes(data, sha256, intake_path())
    return _register(sha256, len(data), name=name, device_serial=None, by=by, at=at)[0]


def keep_file(
    temporary: Path,
    sha256: str,
    size: int,
    *,
    name: str,
    device_serial: str | None,
    by: UUID,
    at: dt.datetime,
) -> tuple[Original, Receipt]:
    """Keep an fsynced file of the intake folder, hashed as it was received."""
    refuse_destroyed(sha256)
    local_store().adopt(temporary, sha256)
    return _register(sha256, size, name=name, device_serial=device_serial, by=by, at=at)


def register(
    sha256: str, size: int, *, name: str, device_serial: str | None, by: UUID, at: dt.datetime
) -> tuple[Original, Receipt]:
    """Write the rows of bytes that are already durable in the vault, and sign a receipt.

    Bytes known already keep their first row and get a further receipt.

    Raises:
        Refused: `original.destroyed`.
    """
    refuse_destroyed(sha256)
    return _register(sha256, size, name=name, device_serial=device_serial, by=by, at=at)


def _register(
    sha256: str, size: int, *, name: str, device_serial: str | None, by: UUID, at: dt.datetime
) -> tuple[Original, Receipt]:
    original, _ = Original.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "received_at": at, "received_by": by}
    )
    Copy.objects.get_or_create(
        original=original,
        store=first_store(),
        defaults={"path": relative_path(sha256), "stored_at": at},
    )
    text = ReceiptText(origin(), sha256, size, at, name, device_serial)
    receipt = Receipt.objects.create(
        original=original, note=sign_receipt(text, signer()), issued_at=at
    )
    return original, receipt
