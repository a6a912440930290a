"""Moves where originals come in: from the vault of one home to the bucket, so that any machine may.

Every original is put into the bucket and proved there before anything changes; then what was made
from them and what is on its way in. The old vault stays beside as it was. Not for the database
(`moving`), which is outside already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import connection

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.secret_files import make_folder
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.vault.cache import use_as_cache

Told = Callable[[str], None]
# What the vault's folder is called once it is a copy that nothing is added to any more.
LEFT_BEHIND = "vault.moved"


@dataclass(frozen=True)
class MovedOriginals:
    """How many originals, files made from them, unfinished uploads; where the old vault stays."""

    originals: int
    made: int
    uploads: int
    left_at: str
    seconds: int


def move_originals(home: Home, told: Told) -> MovedOriginals:
    """Bring everything into the bucket; afterwards `LIUHEN_STORE=s3` has to be set.

    The home must be stopped, and the environment of this process must not say so yet. May be run
    again after a kill.

    Raises:
        Refused: `move.done`, `move.running`, `move.originals` with `count`, `s3.away`,
            `s3.refused`, `s3.damaged`; then the home goes on as it was.
    """
    began = clock.monotonic()
    lock = FileLock(home.run_dir / "serve.lock")
    if not lock.take():
        raise Refused("move.running", path=str(home.path))
    try:
        django.setup()
        _refuse_done()
        told("原件")
        originals = _originals()
        told("由原件制成的文件")
        made = _made(home)
        told("没有传完的文件")
        uploads = _uploads()
        left_at = _leave_vault(home)
        _enter(originals, made, uploads)
    finally:
        lock.close()
    seconds = round(clock.monotonic() - began)
    return MovedOriginals(originals, made, uploads, str(left_at), seconds)


def _refuse_done() -> None:
    from liuhen.ledger.models import Entry  # noqa: PLC0415 - models need Django
    from liuhen.vault.placing import MOVED  # noqa: PLC0415

    if Entry.objects.filter(event=MOVED).exists():
        raise Refused("move.done")


def _originals() -> int:
    """Put what the bucket lacks; refuse where it still lacks some, for those are lost here."""
    from liuhen.actions.bucket_copies import copy_to_bucket  # noqa: PLC0415 - models need Django
    from liuhen.actions.taking_in import finish_upload  # noqa: PLC0415
    from liuhen.recordings.uploads import unfinished_uploads  # noqa: PLC0415
    from liuhen.vault.models import Copy  # noqa: PLC0415
    from liuhen.vault.placing import not_in  # noqa: PLC0415
    from liuhen.vault.store import S3  # noqa: PLC0415

    for upload_id in unfinished_uploads():
        finish_upload(upload_id)
    copy_to_bucket()
    if (count := not_in(S3).count()) > 0:
        raise Refused("move.originals", count=count)
    return Copy.objects.filter(store=S3, original__destruction=None).count()


def _made(home: Home) -> int:
    """Put what was made from originals; what is gone is made again, as ever.

    What was put is noted, so that a second run, and the move after `put_ahead`, leaves it alone.
    """
    from liuhen.recordings.models import Derivative  # noqa: PLC0415
    from liuhen.vault.keeping import s3_store  # noqa: PLC0415
    from liuhen.vault.store import MADE  # noqa: PLC0415

    bucket, count = s3_store(), 0
    if bucket is None:
        raise Refused("s3.none")
    named = f"{bucket.place.endpoint} {bucket.place.bucket}"
    noted = home.run_dir / f"made-{sha256_hex(named.encode())[:16]}"
    put = set(noted.read_text("utf-8").splitlines()) if noted.exists() else set()
    paths = {line.partition(" ")[2] for line in put}
    with noted.open("a", encoding="utf-8") as notes:
        for one in Derivative.objects.order_by("id").iterator(500):
            paths.discard(one.path)
            place, line = home.derived_dir / one.path, f"{one.sha256} {one.path}"
            if not place.is_file():
                continue
            if line not in put:
                bucket.put_named(f"{MADE}/{one.path}", place, one.sha256)
                notes.write(f"{line}\n")
                notes.flush()
                if not Derivative.objects.filter(pk=one.pk).exists():
                    paths.add(one.path)  # its original was destroyed meanwhile
            count += 1
    for path in paths:
        bucket.remove_named(f"{MADE}/{path}")
    return count


def put_ahead(home: Home) -> int:
    """Put what was made from originals while the home is served, so that a move has less to do.

    The originals themselves are put by a job meanwhile. Returns how many files are there.

    Raises:
        Refused: `s3.none`, `s3.away`, `s3.refused`.
    """
    django.setup()
    count = _made(home)
    connection.close()
    return count


def _uploads() -> int:
    """Give the acknowledged bytes of unfinished uploads their pieces."""
    from liuhen.recordings.models import Upload  # noqa: PLC0415
    from liuhen.recordings.staging import stage_file  # noqa: PLC0415
    from liuhen.recordings.uploads import intake_of  # noqa: PLC0415
    from liuhen.vault.keeping import s3_store  # noqa: PLC0415

    bucket, count = s3_store(), 0
    assert bucket is not None
    for upload in Upload.objects.filter(result__isnull=True, refusal__isnull=True, offset__gt=0):
        stage_file(upload, intake_of(upload).path, bucket)
        count += 1
    return count


def _leave_vault(home: Home) -> Path:
    """Set the old vault aside; the folder is a cache from now on."""
    left_at = home.path / LEFT_BEHIND
    if not left_at.exists():
        home.vault_dir.rename(left_at)
    make_folder(home.vault_dir)
    use_as_cache(home.vault_dir)
    return left_at


def _enter(originals: int, made: int, uploads: int) -> None:
    from liuhen.actions.moving import record_originals_moved  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415

    record_originals_moved(actor=system_person(), originals=originals, made=made, uploads=uploads)
    sequence_all()
    connection.close()
