"""Where the bucket comes first: pieces, turns, the cache, and what is told of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from liuhen.actions.bucket_copies import renew_locks
from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.taking_in import finish_upload
from liuhen.archive.models import Disposal
from liuhen.demo.people import World
from liuhen.kernel import clock as clocks
from liuhen.kernel.refusals import Fault
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings import staging
from liuhen.recordings.clearing import clear_intake
from liuhen.recordings.concatenation import begin_concatenation
from liuhen.recordings.derivatives import THUMBNAIL, derivative_path, made_file, put_derivative
from liuhen.recordings.intake import TurnLostError
from liuhen.recordings.models import Recording, Upload, UploadPiece
from liuhen.recordings.receiving import receive
from liuhen.recordings.uploads import begin_upload, end_upload, take_turn
from liuhen.vault import bucket_store, cache
from liuhen.vault.bucket_store import FIRST_LOCK
from liuhen.vault.checks import differences
from liuhen.vault.destroying import CACHE_GONE_AFTER, lies_in
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.placing import refuse_other_store
from liuhen.vault.s3 import S3Store
from liuhen.vault.store import MADE, S3, STAGED
from tests.actions import keeping
from tests.actions.keeping import code_of
from tests.recordings import samples
from tests.replica.conftest import keep
from tests.web.conftest import picture

# Of a photograph the shared bucket holds from no other test.
_SEED = 731


@pytest.fixture
def first(bucket: S3Store, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """Originals come into the bucket first, on a machine that holds none yet."""
    folder = Path(tempfile.mkdtemp(dir=settings.HOME.path))
    monkeypatch.setattr(settings.HOME, "vault_dir", folder)
    monkeypatch.setattr(settings, "BUCKET_FIRST", True)
    monkeypatch.setattr(staging, "PIECE", 1000)
    yield bucket
    shutil.rmtree(folder)


def send(upload: Upload, content: bytes, *, breaks_after: int | None = None) -> None:
    """One request that brings bytes from where the upload stands."""
    turn = take_turn(upload)
    rest = iter([content[turn.offset : breaks_after]])
    receive(turn, lambda size: next(rest, b""), len(content) - turn.offset, turn.digest())
    turn.close()
    upload.refresh_from_db()


def forget_this_machine() -> None:
    """What only lies here is gone, as on another machine."""
    for folder in (settings.HOME.intake_dir, settings.HOME.derived_dir, local_store().folder):
        for path in Path(folder).rglob("*"):
            if path.is_file() and path.name != cache.MARK:
                path.unlink()


def test_an_upload_goes_on_from_its_pieces_and_becomes_a_locked_original(
    world: World, first: S3Store
) -> None:
    content = samples.photo().read_bytes()
    upload = begin_upload(world["officer"], len(content), {"filename": "街.jpg"})
    send(upload, content, breaks_after=2500)
    assert upload.offset == 2500
    assert sorted(upload.pieces.values_list("start", "size")) == [
        (0, 1000),
        (1000, 1000),
        (2000, 500),
    ]
    forget_this_machine()
    send(upload, content)
    done = finish_upload(upload.id)
    sha256 = hashlib.sha256(content).hexdigest()
    assert done.result is not None and done.result["sha256"] == sha256
    assert list(Copy.objects.filter(original=sha256).values_list("store", flat=True)) == [S3]
    until = first.locked_until(sha256)
    assert until is not None and until > clocks.now() + FIRST_LOCK - dt.timedelta(hours=1)
    assert not UploadPiece.objects.exists()
    assert list(first.named(f"{STAGED}/{upload.id}/")) == []
    assert not list(settings.HOME.intake_dir.rglob("*-*"))
    assert renew_locks() == 1 and ObjectLock.objects.get().until > until, "the job asks the records"
    forget_this_machine()
    with local_store().open(sha256) as stream:
        assert stream.read() == content
    sequence_all()
    assert list(differences()) == []


def test_the_newest_request_has_the_turn_and_an_older_one_loses_it(
    world: World, first: S3Store
) -> None:
    content = os.urandom(3000)
    upload = begin_upload(world["officer"], len(content), {"filename": "a.jpg"})
    old = take_turn(upload)
    old.write(content[:1500])
    new = take_turn(upload)
    new.write(content[:700])
    new.record(new.sync())
    with pytest.raises(TurnLostError):
        old.record(old.sync())
    old.close()
    new.write(content[700:800])
    new.discard()
    assert (new.offset, new.durable) == (700, 700)
    new.close()
    upload.refresh_from_db()
    assert (upload.offset, upload.pieces.count()) == (700, 1)


def test_acknowledged_pieces_the_bucket_lost_are_a_fault_and_no_recording(
    world: World, first: S3Store
) -> None:
    content = samples.photo().read_bytes()
    upload = begin_upload(world["officer"], len(content), {"filename": "街.jpg"})
    send(upload, content)
    forget_this_machine()
    first.remove_named(str(upload.pieces.order_by("start")[1].name))
    with pytest.raises(Fault):
        finish_upload(upload.id)
    assert not Recording.objects.exists()


def test_parts_become_a_whole_without_moving_a_byte_and_what_is_given_up_goes(
    world: World, first: S3Store
) -> None:
    content, officer = samples.photo().read_bytes(), world["officer"]
    cut = len(content) // 3
    parts = []
    for piece in (content[:cut], content[cut:]):
        part = begin_upload(officer, len(piece), {"filename": "街.jpg"}, is_part=True)
        send(part, piece)
        parts.append(part.id)
    whole = begin_concatenation(officer, parts, {"filename": "街.jpg"})
    done = finish_upload(whole.id)
    assert done.result is not None
    assert done.result["sha256"] == hashlib.sha256(content).hexdigest()
    given_up = begin_upload(officer, 5000, {"filename": "b.jpg"})
    send(given_up, os.urandom(5000), breaks_after=1200)
    end_upload(given_up)
    assert list(first.named(f"{STAGED}/{given_up.id}/")) == []


def test_pieces_that_nobody_knows_are_cleared_after_a_month(
    world: World, first: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = os.urandom(1500)
    kept = begin_upload(world["officer"], 9000, {"filename": "a.jpg"})
    send(kept, content)
    left = begin_upload(world["officer"], 9000, {"filename": "b.jpg"})
    send(left, content)
    UploadPiece.objects.filter(upload=left).delete()
    clear_intake()
    assert len(list(first.named(f"{STAGED}/{left.id}/"))) == 2, "somebody may be at it"
    monkeypatch.setattr(staging, "STRAYS_LAST", dt.timedelta(seconds=-60))
    clear_intake()
    assert list(first.named(f"{STAGED}/{left.id}/")) == []
    assert len(list(first.named(f"{STAGED}/{kept.id}/"))) == 2


def test_what_is_read_is_proved_kept_for_a_while_and_goes(world: World, first: S3Store) -> None:
    content = os.urandom(5000)
    sha256 = keep(actor=world.system, content=content)
    store, bucket = local_store(), first
    path = store.path(sha256)
    assert path.is_file() and store.has(sha256)
    path.unlink()
    assert b"".join(store.chunks(sha256, 10, 2000)) == content[10:2000]
    assert not path.exists(), "a range is not worth the whole"
    assert store.place(sha256).read_bytes() == content
    used = clocks.of_machine().timestamp()
    for age, most, is_left in [
        (cache.IN_USE_S - 60, 0, True),
        (cache.IN_USE_S + 60, 10_000, True),
        (cache.IN_USE_S + 60, 4999, False),
        (cache.UNUSED_S + 60, 10_000, False),
    ]:
        store.place(sha256)
        os.utime(path, (used - age, used - age))
        cache.tidy([store.folder], most)
        assert path.exists() == is_left, (age, most)
    client, key = (
        bucket._client,
        {"Bucket": bucket.place.bucket, "Key": f"{sha256[:2]}/{sha256[2:4]}/{sha256}"},
    )
    client.put_object(**key, Body=b"other")
    with pytest.raises(Fault):
        store.place(sha256)
    assert not path.exists() and lies_in(S3, sha256) is True


def test_what_was_made_from_an_original_is_read_on_every_machine(
    world: World, first: S3Store
) -> None:
    sha256 = keep(actor=world.system, content=os.urandom(64))
    out = derivative_path(sha256, "thumbnail")
    out.write_bytes(b"small")
    made = put_derivative(sha256, "thumbnail", out)
    forget_this_machine()
    read = made_file(made)
    assert read is not None and read.read_bytes() == b"small"
    assert made_file(made) == read
    first.remove_named(f"{MADE}/{sha256[:2]}/{sha256}.")
    forget_this_machine()
    assert made_file(made) is None, "it is made again"


def test_a_machine_with_other_settings_than_the_rest_is_refused(
    world: World, first: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(actor=world.system, content=os.urandom(64))
    refuse_other_store()
    monkeypatch.setattr(settings, "BUCKET_FIRST", False)
    assert code_of(refuse_other_store) == "storage.elsewhere"
    monkeypatch.setattr(settings, "BUCKET_FIRST", True)
    assert (
        code_of(cache.use_as_cache, folder=settings.HOME.derived_dir.parent)
        == "storage.not_a_cache"
    )


def test_a_disposal_is_over_only_when_no_machine_holds_a_byte(
    world: World, first: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the engine's clock is the machine's: the lock has ended when the order comes
    monkeypatch.setattr(bucket_store, "FIRST_LOCK", dt.timedelta(seconds=2))
    with clocks.frozen(clocks.now()) as clock:
        (recording,) = keeping.old_recordings(world, clock, 1, _SEED)
        content, sha256 = picture(4_000_000 + _SEED), recording.original_id
        with monkeypatch.context() as other_machine:
            other_machine.setattr(settings.HOME, "vault_dir", tmp_path)
            cached = local_store().place(sha256)
        local_store().place(sha256)
        made = derivative_path(sha256, THUMBNAIL)
        made.write_bytes(content)
        put_derivative(sha256, THUMBNAIL, made)
        assert len(keeping.files_with(content, tmp_path)) == 3
        keeping.switch_on(world, clock)
        listed = keeping.propose(world, [recording])
        keeping.approve(world, listed.id)
        clock.move(days=31)
        keeping.begin(world, listed.id)
        time.sleep(2)
        assert destroy_ordered() == 0, "another machine may hold it for reading"
        assert keeping.files_with(content, tmp_path) == [cached], "here nothing is left"
        assert first.versions(sha256) == [] and not list(first.named(f"{MADE}/{sha256[:2]}/"))
        assert Disposal.objects.get(id=listed.id).state == "destroying"
        clock.move(seconds=CACHE_GONE_AFTER.total_seconds())
        unused = clocks.of_machine().timestamp() - cache.UNUSED_S - 1
        os.utime(cached, (unused, unused))
        cache.tidy([tmp_path], 10**9)
        assert destroy_ordered() == 1
        assert Disposal.objects.get(id=listed.id).state == "destroyed"
    assert keeping.files_with(content, tmp_path) == []
    sequence_all()
    assert list(differences()) == []
