"""The SM3 digest of an original: taken after its intake, of whole bytes only, once."""

from __future__ import annotations

import datetime as dt
import json
import subprocess

import pytest

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
from liuhen.vault.models import Sm3
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
