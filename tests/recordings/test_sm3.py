"""The SM3 digest of an original: taken after its intake, of whole bytes only, once."""

from __future__ import annotations

import datetime as dt
import json
import subprocess

import pytest
from django.db import connection, transaction

from liuhen.actions import sm3_digests
from liuhen.actions.sm3_digests import enter_sm3_digest, take_missing_digests
from liuhen.actions.taking_in import take_in_file
from liuhen.demo.people import World
from liuhen.host.signs import GREEN, UNKNOWN, YELLOW
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Recording
from liuhen.upkeep.signs import all_signs
from liuhen.upkeep.sm3_sign import LATE, sm3_sign
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Sm3, StoreState
from liuhen.vault.queries import waiting_for, without_copy, without_sm3
from liuhen.vault.store import SECOND, SM3
from tests.recordings import samples


@pytest.fixture
def recording(world: World) -> Recording:
    return take_in_file(samples.video(), actor=world["officer"])


def openssl_sm3(sha256: str) -> str:
    path = local_store().place(sha256)
    done = subprocess.run(
        ["openssl", "dgst", "-sm3", "-r", path], capture_output=True, check=True, text=True
    )
    return done.stdout.split()[0]


def test_every_original_gets_the_digest_that_openssl_finds_and_an_entry_of_its_own(
    recording: Recording,
) -> None:
    assert take_missing_digests() == 1
    taken = Sm3.objects.get(original=recording.original)
    assert taken.digest == openssl_sm3(recording.original_id)
    entry = Entry.objects.get(event="original.digested")
    assert entry.subject_id == recording.original_id
    assert json.loads(bytes(entry.body))["data"]["sm3"] == taken.digest
    assert take_missing_digests() == 0


def test_bytes_that_no_longer_meet_their_sha256_get_none(
    recording: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    path = local_store().place(recording.original_id)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert take_missing_digests() == 0 and "do not meet" in caplog.text
    path.unlink()
    assert take_missing_digests() == 0 and not Sm3.objects.exists()
    path.write_bytes(whole)
    assert take_missing_digests() == 1


def test_lost_originals_in_front_keep_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sm3_digests, "BATCH", 2)
    seeds = (1, 2, 3)
    first, second, third = (
        take_in_file(samples.untagged(seed), actor=world["officer"]) for seed in seeds
    )
    for lost in (first, second):
        local_store().place(lost.original_id).unlink()
    assert take_missing_digests() == 1
    assert Sm3.objects.get().original_id == third.original_id
    assert take_missing_digests() == 0


def test_the_operator_sees_how_far_it_is_and_what_waits_the_longest(world: World) -> None:
    assert sm3_sign().lamp == UNKNOWN
    begun = clock.now()
    with clock.frozen(begun) as stopped:
        lost = take_in_file(samples.untagged(1), actor=world["officer"])
        take_in_file(samples.untagged(2), actor=world["officer"])
        local_store().place(lost.original_id).unlink()
        take_missing_digests()
        told = sm3_sign()
        assert told.lamp == GREEN and "1 份原件还没有计算，最早的收于" in told.words
        assert told.figures["waiting"] == 1
        stopped.set(begun + LATE)
        take_missing_digests()
        assert sm3_sign().lamp == GREEN
        stopped.set(begun + LATE + dt.timedelta(seconds=1))
        assert sm3_sign().lamp == YELLOW and "liuhen repair" in sm3_sign().remedy
    assert "sm3" in {one.name for one in all_signs()}


def test_a_digest_is_entered_once_and_by_the_system_alone(
    world: World, recording: Recording
) -> None:
    take_missing_digests()
    for who, code in ((world.system, "original.has_sm3"), (world["officer"], "permission.missing")):
        with pytest.raises(Refused) as refused:
            enter_sm3_digest(actor=who, sha256=recording.original_id, digest="0" * 64)
        assert refused.value.code == code


def test_what_came_in_before_all_was_settled_is_not_read_again_unless_the_clock_was_put_back(
    world: World,
) -> None:
    with clock.frozen(clock.now()) as stopped:
        settled = stopped()
        stopped.set(settled + dt.timedelta(hours=1))
        for store in (SM3, SECOND):
            told = {"tried_at": stopped(), **waiting_for(without_sm3())}
            StoreState.objects.create(store=store, **told)
        stopped.set(settled - dt.timedelta(microseconds=1))
        before = take_in_file(samples.untagged(1), actor=world["officer"])
        for rows in (without_sm3(), without_copy(SECOND)):
            assert [one.sha256 for one in rows] == [before.original_id], "the clock was put back"
        stopped.set(settled)
        on_time = take_in_file(samples.untagged(2), actor=world["officer"])
        assert [one.sha256 for one in without_sm3()] == [on_time.original_id]
        assert [one.sha256 for one in without_copy(SECOND)] == [on_time.original_id]
        local_store().place(on_time.original_id).unlink()
        stopped.set(settled + dt.timedelta(days=1))
        take_missing_digests()
        state = StoreState.objects.get(store=SM3)
        assert (state.waiting, state.settled_until) == (1, settled), "what is lost is kept in sight"


def test_a_job_reads_no_further_back_than_what_is_settled(world: World) -> None:
    StoreState.objects.create(store=SECOND, tried_at=clock.now(), settled_until=clock.now())
    StoreState.objects.create(store=SM3, tried_at=clock.now(), settled_until=clock.now())
    for rows in (without_sm3(), without_copy(SECOND)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plan = rows.explain()
        assert "original_received_at" in plan and "Index Cond: (received_at >=" in plan, plan
        assert "SubPlan" not in plan, "not one list of all copies"
