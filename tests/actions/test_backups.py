"""Backup sets and their copies stand in the ledger; which sets hold an original can be asked."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from liuhen.actions.backups import (
    MadeSet,
    note_backup_try,
    record_backup,
    record_backup_copies,
    record_restore,
    take_backup_drill,
)
from liuhen.demo.people import World
from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW
from liuhen.jobs import backups
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.upkeep.signs import backup_signs
from liuhen.vault.models import BackupPlace
from liuhen.vault.queries import backup_sets_holding, copied_elsewhere
from tests.replica.conftest import keep
from tests.world import MORNING

RESULT = {"entries": 40, "rows": 200, "originals": 2, "seconds": 30, "differences": 0}


def made(name: str, hour: int = 0) -> MadeSet:
    return MadeSet(name, name, MORNING + dt.timedelta(hours=hour), 40, 2)


def body(event: str) -> dict[str, object]:
    entry = Entry.objects.get(event=event)
    told: dict[str, object] = json.loads(bytes(entry.body))["data"]
    return told


def test_a_set_is_entered_with_the_moment_it_restores_to(world: World) -> None:
    row = record_backup(actor=world.system, repository="b1", made=made("s1"))
    assert (row.store, row.name) == ("backup:b1", "s1")
    assert body("backup.made")["set"] == "s1"


def test_nobody_but_the_system_records_one(world: World) -> None:
    for act in (record_backup, record_restore):
        more = {"moment": "x"} if act is record_restore else {}
        with pytest.raises(Refused, match=r"permission\.missing"):
            act(actor=world["operator"], repository="b1", made=made("s1"), **more)


def test_an_original_is_held_by_the_sets_made_since_it_was_copied(world: World) -> None:
    with clock.frozen(MORNING) as stopped:
        sha256 = keep(actor=world.system, content=b"asked for")
        record_backup(actor=world.system, repository="b1", made=made("before"))
        stopped.move(hours=1)
        assert backup_sets_holding(sha256) == []
        record_backup_copies(actor=world.system, repository="b1", sha256s=[sha256])
        for hour, name in enumerate(("first", "second"), 1):
            record_backup(actor=world.system, repository="b1", made=made(name, hour))
        record_backup(actor=world.system, repository="other", made=made("elsewhere"))
    assert [one.name for one in backup_sets_holding(sha256)] == ["second", "first"]
    # it comes back by a restore only: no camera is erased for it
    assert copied_elsewhere([sha256]) == set()
    assert body("backup.copied") == {"count": 1, "repository": "b1"}


def test_a_restore_tells_later_readers_to_which_moment(world: World) -> None:
    at = clock.iso(MORNING)
    record_restore(actor=world.system, repository="b1", made=made("s1"), moment=at)
    assert body("home.restored")["moment"] == at


def test_a_drill_is_entered_and_an_incomplete_one_is_not(world: World) -> None:
    with pytest.raises(Refused, match=r"drill\.incomplete"):
        take_backup_drill(world.system, "b1", {"entries": 1})
    take_backup_drill(world.system, "b1", RESULT)
    assert body("restore.drilled")["replica"] == "backup:b1"
    assert BackupPlace.objects.get(store="backup:b1").drill == RESULT


def test_signs_tell_a_late_a_failed_and_a_differing_one(world: World) -> None:
    assert [one.lamp for one in backup_signs()] == [UNKNOWN]
    with clock.frozen(MORNING) as stopped:
        record_backup(actor=world.system, repository="b1", made=made("s1"))
        note_backup_try("b1", "")

        def lamps() -> list[str]:
            return [one.lamp for one in backup_signs()]

        assert lamps() == [GREEN, UNKNOWN]
        take_backup_drill(world.system, "b1", RESULT)
        assert lamps() == [GREEN, GREEN]
        stopped.move(days=2)
        assert lamps() == [GREEN, GREEN]
        stopped.move(seconds=1)
        assert lamps() == [YELLOW, GREEN]
        stopped.move(days=5)
        assert lamps() == [RED, GREEN]
        stopped.move(days=90)
        assert lamps() == [RED, YELLOW]
        record_backup(actor=world.system, repository="b1", made=made("s2", 24 * 97))
        note_backup_try("b1", "磁盘已满")
        take_backup_drill(world.system, "b1", {**RESULT, "differences": 1})
        assert lamps() == [RED, RED]


def test_without_a_repository_the_jobs_do_nothing_and_say_so(world: World) -> None:
    assert backups.back_up() is False
    assert backups.drill() is False
