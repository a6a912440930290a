"""Originals in a bucket that nobody can empty: put, locked, read again, mended, given up."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from liuhen.actions.act import Draft, act
from liuhen.actions.bucket_copies import (
    copy_to_bucket,
    make_bucket_copies,
    renew_locks,
    set_dates_of_old_locks,
)
from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.retention import lift_hold, place_hold
from liuhen.actions.second_copies import enter_copies
from liuhen.archive import locking
from liuhen.archive.models import Disposal, Retention
from liuhen.demo.people import World
from liuhen.host.secret_files import SecretFiles
from liuhen.host.tls import server_files
from liuhen.kernel import clock as clocks
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recovery.repair import BucketSource, Repaired, repair
from liuhen.vault import s3
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.s3 import S3Place, S3Store
from liuhen.vault.store import S3, relative_path
from tests.actions import keeping
from tests.actions.keeping import code_of
from tests.replica.conftest import keep
from tests.vault.weed import Engine
from tests.web.conftest import hand_in


@act(permission="unit.register", event="test.classified")
def classify(
    draft: Draft, *, actor: Person, recording: Recording, level: str, is_settled: bool
) -> None:
    """What the facts of a case do."""
    Retention.objects.create(
        recording=recording,
        level=level,
        is_settled=is_settled,
        basis_at=recording.original.received_at,
        changed_at=draft.at,
    )


def told(event: str) -> list[dict[str, Any]]:
    """What the entries of an event say."""
    entries = Entry.objects.filter(event=event).order_by("recorded_at", "id")
    return [json.loads(bytes(one.body))["data"] for one in entries]


def fresh() -> bytes:
    """Bytes the shared bucket does not hold yet."""
    return os.urandom(64)


def found() -> list[str]:
    sequence_all()
    return [f"{one.code} {(one.last_good or {}).get('store')}" for one in differences()]


def behind_the_back(weed: Engine, bucket: S3Store, sha256: str) -> None:
    """Remove an object's every trace through the engine's own file system."""
    folder = f"/buckets/{bucket.place.bucket}/{relative_path(sha256)}"
    address = f"http://127.0.0.1:{weed.ports['filer']}{folder}.versions?recursive=true"
    with urllib.request.urlopen(urllib.request.Request(address, method="DELETE")):
        pass


def test_an_original_is_put_into_the_bucket_locked_and_entered(
    world: World, bucket: S3Store
) -> None:
    sha256 = keep(actor=world.system, content=fresh())
    assert copy_to_bucket() == 1
    assert copy_to_bucket() == 0
    assert bucket.digest(sha256) == sha256
    until = bucket.locked_until(sha256)
    two_years = clocks.now() + dt.timedelta(days=730)
    assert until is not None and two_years <= until < two_years + dt.timedelta(days=2)
    (left,) = bucket.remove(sha256)
    assert left.until == until, "the lock holds against us too"
    assert bucket.digest(sha256) == sha256
    assert told("copy.kept") == [{"store": S3, "digests": [sha256]}]
    (locked,) = told("copy.locked")
    assert [one["sha256"] for one in locked["locks"]] == [sha256]
    assert Copy.objects.filter(store=S3).count() == 1
    assert found() == []


def test_a_lost_or_altered_object_is_found_and_mended_from_the_vault(
    world: World, bucket: S3Store, weed: Engine
) -> None:
    lost, altered, whole = (keep(actor=world.system, content=fresh()) for _ in range(3))
    copy_to_bucket()
    behind_the_back(weed, bucket, lost)
    weed.client.put_object(Bucket=bucket.place.bucket, Key=relative_path(altered), Body=b"other")
    assert sorted(found()) == ["original.altered s3", "original.missing s3"]
    done = list(repair(world.system, BucketSource()))
    assert {(one.sha256, one.state) for one in done} == {(lost, "mended"), (altered, "mended")}
    assert bucket.digest(whole) == whole
    assert all(bucket.locked_until(one) is not None for one in (lost, altered))
    assert [one["source"] for one in told("original.repaired")] == ["local", "local"]
    assert found() == []


def test_a_large_original_goes_in_parts(
    world: World, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "SINGLE", 1 << 20)
    sha256 = keep(actor=world.system, content=os.urandom(9 << 20))
    assert copy_to_bucket() == 1
    (version,) = bucket.versions(sha256)
    assert version.until is not None
    assert bucket.digest(sha256) == sha256


def test_the_vault_is_mended_from_the_bucket(world: World, bucket: S3Store) -> None:
    sha256 = keep(actor=world.system, content=fresh())
    copy_to_bucket()
    local_store().place(sha256).unlink()
    assert found() == ["original.missing local"]
    assert list(repair(world.system, BucketSource())) == [Repaired(sha256, "", "mended")]
    assert found() == []


def test_a_lock_follows_class_and_hold_and_is_never_shortened(
    world: World, bucket: S3Store
) -> None:
    recording = hand_in(world, 4_100_001)
    sha256 = recording.original_id
    copy_to_bucket()
    first = bucket.locked_until(sha256)
    assert first is not None and renew_locks() == 0
    with clocks.frozen(clocks.now() + dt.timedelta(hours=1)) as clock:
        hold = place_hold(actor=world["deputy"], reason="信访未结", recording_id=recording.id)
        clock.move(minutes=1)
        assert renew_locks() == 1
        held = bucket._client.get_object_legal_hold(
            Bucket=bucket.place.bucket, Key=relative_path(sha256)
        )
        assert held["LegalHold"]["Status"] == "ON"
        clock.move(minutes=1)
        lift_hold(actor=world["head"], hold_id=hold.id, reason="已结")
        clock.move(minutes=1)
        assert renew_locks() == 1 and renew_locks() == 0
        assert [one["locks"][0]["is_held"] for one in told("copy.locked")] == [False, True, False]
        assert bucket.locked_until(sha256) == first
        # within a year of its end it is looked at again
        clock.move(days=370)
        assert renew_locks() == 1 and renew_locks() == 0
        clock.move(minutes=1)
        classify(actor=world.system, recording=recording, level="permanent", is_settled=True)
        clock.move(minutes=1)
        assert renew_locks() == 1 and renew_locks() == 0
        # one that an earlier version noted gets its day without asking the bucket
        dated = ObjectLock.objects.get().look_again_at
        assert dated is not None and dated > clock()
        ObjectLock.objects.update(look_again_at=None)
        assert (set_dates_of_old_locks(), set_dates_of_old_locks()) == (1, 0)
        clock.set(dated - dt.timedelta(microseconds=1))
        assert renew_locks() == 0
        clock.set(dated)
        assert renew_locks() == 1 and renew_locks() == 0
        raised = bucket.locked_until(sha256)
    assert raised is not None and raised > first + dt.timedelta(days=3000)
    assert bucket.lock(sha256, first) == raised
    with pytest.raises(Exception, match="AccessDenied"):
        bucket._client.put_object_retention(
            Bucket=bucket.place.bucket,
            Key=relative_path(sha256),
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": first},
        )


@pytest.mark.parametrize(
    ("level", "is_settled", "days"), [("permanent", True, 3653), ("case_file", False, 730)]
)
def test_what_has_no_known_end_is_locked_in_steps(
    world: World, level: str, is_settled: bool, days: int
) -> None:
    recording = hand_in(world, 4_100_001)
    classify(actor=world.system, recording=recording, level=level, is_settled=is_settled)
    until = locking.locked_until(recording.original_id, clocks.now())
    assert abs(until - clocks.now() - dt.timedelta(days=days)) < dt.timedelta(days=3)


def ordered(world: World, clock: clocks.FrozenClock, bucket: S3Store, seed: int) -> Disposal:
    """The destruction of one photograph is ordered; its lock was put before, as jobs do."""
    (recording,) = keeping.old_recordings(world, clock, 1, seed)
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, [recording])
    keeping.approve(world, listed.id)
    clock.move(days=31)
    sha256 = recording.original_id
    # the engine's clock is the machine's
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3600 if seed == _LOCKED else 6)
    bucket.put(local_store().place(sha256), sha256, until.replace(microsecond=0))
    enter_copies(actor=world.system, store=S3, digests=[sha256])
    return keeping.begin(world, listed.id)


_LOCKED, _EXPIRED = 701, 702


def test_a_disposal_waits_for_the_lock_and_says_until_when(world: World, bucket: S3Store) -> None:
    with clocks.frozen(clocks.now()) as clock:
        disposal = ordered(world, clock, bucket, _LOCKED)
        assert destroy_ordered() == 1, "the vault's own"
        assert destroy_ordered() == 0
        assert Disposal.objects.get(id=disposal.id).state == "destroying"
        lock = ObjectLock.objects.get()
        assert lock.until == bucket.locked_until(lock.pk)
        client = Client(SERVER_NAME="localhost")
        client.force_login(world["records"])
        page = client.get(reverse("disposal", args=[disposal.id])).content.decode()
        assert "对象存储：" in page
        (version,) = bucket.versions(lock.pk)
        assert f"对象版本 <code>{version.id}</code>，锁定至" in page
        assert f"锁定至 {clocks.local(lock.until):%Y-%m-%d %H:%M}，到期后由系统删除" in page
        assert found() == []


def test_when_the_lock_has_ended_every_version_is_proven_gone(
    world: World, bucket: S3Store
) -> None:
    with clocks.frozen(clocks.now()) as clock:
        disposal = ordered(world, clock, bucket, _EXPIRED)
        time.sleep(6)
        assert destroy_ordered() == 2
        done = Disposal.objects.get(id=disposal.id)
        assert done.state == "destroyed"
        gone = Copy.objects.get(store=S3, gone__isnull=False).original_id
        assert bucket.versions(gone) == [] and bucket.digest(gone) is None
        assert found() == []


def cooled(world: World, clock: clocks.FrozenClock, seed: int) -> tuple[Disposal, str]:
    """A disposal that may be ordered, of one photograph that is nowhere but in the vault."""
    (recording,) = keeping.old_recordings(world, clock, 1, seed)
    keeping.switch_on(world, clock)
    listed = keeping.propose(world, [recording])
    keeping.approve(world, listed.id)
    clock.move(days=31)
    return listed, recording.original_id


def page_of(world: World, disposal: Disposal) -> str:
    client = Client(SERVER_NAME="localhost")
    client.force_login(world["records"])
    return client.get(reverse("disposal", args=[disposal.id])).content.decode()


def test_what_is_ordered_destroyed_is_not_begun_to_be_copied(world: World, bucket: S3Store) -> None:
    with clocks.frozen(clocks.now()) as clock:
        disposal, sha256 = cooled(world, clock, 703)
        keeping.begin(world, disposal.id)
        assert make_bucket_copies([sha256]) == []
        assert bucket.versions(sha256) == []
        destroy_ordered()
        assert Disposal.objects.get(id=disposal.id).state == "destroyed"


def test_what_is_on_its_way_into_the_bucket_when_it_is_ordered_destroyed_is_left_and_listed(
    world: World, bucket: S3Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put, is_put, may_end = S3Store.put, Event(), Event()

    def put_slowly(store: S3Store, source: Path, sha256: str, until: dt.datetime) -> None:
        opened = tmp_path / "opened"  # what is read goes on being read when its name is gone
        opened.write_bytes(source.read_bytes())
        is_put.set()
        assert may_end.wait(60)
        put(store, opened, sha256, until)

    monkeypatch.setattr(S3Store, "put", put_slowly)
    with clocks.frozen(clocks.now()) as clock:
        disposal, sha256 = cooled(world, clock, 704)

        def copy() -> None:
            make_bucket_copies([sha256])
            connection.close()

        copying = Thread(target=copy)
        copying.start()
        try:
            assert is_put.wait(60)
            keeping.begin(world, disposal.id)
            destroy_ordered()
            assert Disposal.objects.get(id=disposal.id).state == "destroying", "not over yet"
            assert "正在存入另一处存储" in page_of(world, disposal)
        finally:
            may_end.set()
            copying.join()
        left_locked(world, bucket, disposal, sha256)


def test_what_a_killed_process_had_put_into_the_bucket_is_left_and_listed(
    world: World, bucket: S3Store
) -> None:
    with clocks.frozen(clocks.now()) as clock:
        disposal, sha256 = cooled(world, clock, 705)
        until = clocks.of_machine() + dt.timedelta(hours=1)
        bucket.put(local_store().place(sha256), sha256, until.replace(microsecond=0))
        keeping.begin(world, disposal.id)
        left_locked(world, bucket, disposal, sha256)


def left_locked(world: World, bucket: S3Store, disposal: Disposal, sha256: str) -> None:
    """It stays under way, and its page names the version the bucket keeps, with its day."""
    destroy_ordered()
    assert Disposal.objects.get(id=disposal.id).state == "destroying"
    (version,) = bucket.versions(sha256)
    assert version.until is not None
    assert Copy.objects.filter(original=sha256, store=S3, gone=None).exists()
    page = page_of(world, disposal)
    assert f"锁定至 {clocks.local(version.until):%Y-%m-%d %H:%M}" in page
    assert version.id in page
    assert "正在存入" not in page


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("s3.not_locking", {"is_locking": False}),
        ("s3.not_versioned", {"is_locking": False, "is_versioned": False}),
    ],
)
def test_a_bucket_that_could_be_emptied_is_refused(
    weed: Engine, code: str, kind: dict[str, bool]
) -> None:
    assert (
        code_of(S3Store(weed.bucket(code.replace(".", "-").replace("_", "-"), **kind)).check)
        == code
    )


def test_a_bucket_that_is_not_there_or_not_ours_is_refused(weed: Engine, bucket: S3Store) -> None:
    bucket.check()
    assert code_of(S3Store(weed.place("nowhere")).check) == "s3.no_bucket"
    stranger = S3Store(type(bucket.place)(**{**bucket.place.__dict__, "secret": "wrong"}))
    with pytest.raises(Refused, match=r"s3\.refused"):
        stranger.check()


def test_over_tls_an_endpoint_is_believed_by_its_own_authority_only(
    weed: Engine, place: S3Place, tmp_path: Path
) -> None:
    secrets = SecretFiles(tmp_path / "other")
    secrets.create_folder()
    other = server_files(secrets, "127.0.0.1", {}).authority
    told = replace(place, endpoint=weed.secure)
    S3Store(replace(told, ca=str(weed.files.authority))).check()
    for ca in (None, str(other)):
        assert code_of(S3Store(replace(told, ca=ca)).check) == "s3.away"
