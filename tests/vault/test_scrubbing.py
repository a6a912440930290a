"""The running scrub reads everything again in portions; what differs raises an alarm."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app

from liuhen.actions.people import register_unit
from liuhen.demo.people import World
from liuhen.jobs import tasks
from liuhen.kernel import clock
from liuhen.ledger.models import Entry, Tile
from liuhen.ledger.recording import Who
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Unit
from liuhen.vault.checks import CHECKS, differences
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Alarm, Scrub
from liuhen.vault.scrubbing import Scrubbed, scrub
from tests.ledger.test_verifying import behind_the_back
from tests.replica.attacker import unguarded
from tests.replica.conftest import keep


@pytest.fixture
def originals(world: World) -> Iterator[list[str]]:
    """Three originals of the vault; what a test does to their files is undone."""
    contents = (b"one", b"two" * 5000, b"three")
    kept = [keep(actor=world.system, content=content) for content in contents]
    sequence_all()
    yield kept
    for sha256, content in zip(kept, contents, strict=True):
        place = local_store().place(sha256)
        place.unlink(missing_ok=True)
        place.write_bytes(content)


@pytest.fixture
def who(world: World) -> Who:
    return Who(world.system.id, world.system.name)


def read_on(who: Who, seconds: float = 0) -> Scrubbed:
    return scrub(seconds, lambda: who)


def whole_round(who: Who) -> int:
    """Portion by portion until every check has come to its end once more; how many calls."""
    aim = min([*Scrub.objects.values_list("rounds", flat=True), 0]) + 1
    if Scrub.objects.exists():
        aim = max(Scrub.objects.values_list("rounds", flat=True)) + 1
    calls = 0
    while Scrub.objects.filter(rounds=aim).count() < len(CHECKS):
        read_on(who)
        calls += 1
        assert calls < 500
    return calls


def spoil(sha256: str) -> None:
    place = local_store().place(sha256)
    raw = bytearray(place.read_bytes())
    raw[-1] ^= 1
    place.chmod(0o640)
    place.write_bytes(bytes(raw))


def test_one_altered_byte_is_found_by_the_running_job_and_stands_on_desks_and_trust_page(
    world: World, originals: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SCRUB_SECONDS", 1)
    spoil(originals[1])
    assert "liuhen.jobs.scrubbing.scrub" in app.tasks
    for _ in range(30):
        tasks.scrub(0)
        if Alarm.objects.exists():
            break
    (alarm,) = Alarm.objects.all()
    assert (alarm.code, alarm.record) == ("original.altered", f"vault_original/{originals[1]}")
    assert alarm.last_touched and alarm.last_touched["event"] == "test.kept"
    (entry,) = Entry.objects.filter(event="scrub.found")
    assert json.loads(bytes(entry.body))["data"]["record"] == alarm.record
    for username, sees in (("supervisor", True), ("operator", True), ("officer", False)):
        client = Client(SERVER_NAME="localhost")
        client.force_login(world[username])
        desk = client.get(reverse("desk")).content.decode()
        page = client.get(reverse("trust")).content.decode()
        assert ("查明核验告警" in desk) is sees
        assert (alarm.record in page) is sees
        assert "巡检发现 1 处不一致" in page


def test_a_call_reads_a_little_and_the_next_goes_on_where_it_stood(
    who: Who, originals: list[str]
) -> None:
    first = read_on(who)
    assert first.finished <= 1
    places: list[int] = []
    while not Scrub.objects.filter(check_name="originals").exclude(position=None).exists():
        read_on(who)
    for _ in originals:
        places.append(int(Scrub.objects.get(check_name="originals").position or 0))
        read_on(who)
    assert places == sorted(set(places))
    assert whole_round(who) > len(CHECKS)
    state = Scrub.objects.get(check_name="originals")
    assert state.told == {"copies": {"1": 3}} and state.read == 0


def test_with_time_enough_one_call_reads_everything_once_and_no_more(
    who: Who, originals: list[str]
) -> None:
    done = read_on(who, 600)
    assert done.finished == len(CHECKS) and done.found == 0
    assert set(Scrub.objects.values_list("rounds", flat=True)) == {1}


def test_what_was_altered_in_rows_ledger_and_tiles_is_found_by_the_scrub(
    world: World, who: Who, originals: list[str], owner: psycopg.Connection
) -> None:
    for number in range(300):
        register_unit(actor=world.system, code=f"T{number}", name="队", kind=Unit.Kind.SUBORDINATE)
    sequence_all()
    unit = Unit.objects.get(code="T7")
    entry = Entry.objects.get(subject_id=str(unit.id))
    assert list(differences()) == []
    behind_the_back(owner, "UPDATE people_unit SET name = 'x' WHERE id = %s", unit.id)
    unguarded(owner, "UPDATE ledger_entry SET event = 'x' WHERE id = %s", entry.id)
    tile = Tile.objects.get(level=1, index=0)
    Tile.objects.filter(id=tile.id).update(hashes=bytes(32) + bytes(tile.hashes)[32:])
    whole_round(who)
    assert set(Alarm.objects.values_list("code", "record")) == {
        ("row.altered", f"people_unit/{unit.id}"),
        ("entry.columns", f"ledger_entry/{entry.id}"),
        ("tile.altered", "ledger_tile/1/0"),
    }
    assert Entry.objects.filter(event="scrub.found").count() == 3


def test_an_alarm_stands_until_a_later_walk_finds_it_mended_and_is_entered_each_time_it_arises(
    who: Who, originals: list[str]
) -> None:
    whole = local_store().place(originals[0]).read_bytes()
    spoil(originals[0])
    whole_round(who)
    with clock.frozen(clock.now() + dt.timedelta(hours=1)) as stopped:
        whole_round(who)
        (alarm,) = Alarm.objects.filter(gone_at=None)
        assert alarm.found_at < alarm.seen_at
        assert Entry.objects.filter(event="scrub.found").count() == 1
        local_store().place(originals[0]).write_bytes(whole)
        stopped.move(hours=1)
        whole_round(who)
        assert not Alarm.objects.filter(gone_at=None).exists()
        spoil(originals[0])
        stopped.move(hours=1)
        whole_round(who)
    assert Alarm.objects.filter(gone_at=None).count() == 1
    assert Entry.objects.filter(event="scrub.found").count() == 2


def test_switched_off_it_reads_nothing_and_the_page_says_so(
    world: World, originals: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SCRUB_SECONDS", 0)
    tasks.scrub(0)
    assert not Scrub.objects.exists()
    client = Client(SERVER_NAME="localhost")
    client.force_login(world["officer"])
    assert "已停用" in client.get(reverse("trust")).content.decode()
