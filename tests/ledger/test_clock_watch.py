"""A clock that was set leaves an entry; a clock that merely runs leaves none."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings
from tests.web.conftest import hand_in

from liuhen.actions.destroying import destroy_ordered
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.jobs import judging
from liuhen.jobs.media import expire_abandoned_uploads
from liuhen.kernel import clock
from liuhen.ledger.clock_watch import ClockWatch
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import Who
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.models import Recording
from liuhen.recordings.receiving import receive
from liuhen.recordings.uploads import begin_upload, take_turn
from liuhen.vault.checks import differences


@pytest.mark.parametrize(
    ("seconds", "is_jump"), [(0, False), (29, False), (-29, False), (31, True), (-31, True)]
)
def test_only_a_step_beyond_the_tolerance_is_entered(
    world: World, seconds: int, is_jump: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "monotonic", lambda: 0.0)  # however long this machine takes
    who = Who(world.system.id, world.system.name)
    watch = ClockWatch()
    assert not watch.look(who)
    with clock.frozen(clock.now() + dt.timedelta(seconds=seconds)):
        assert watch.look(who) is is_jump
    assert Entry.objects.filter(event="clock.jumped").count() == int(is_jump)


def test_a_start_before_the_newest_checkpoint_is_entered_with_both_times(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "monotonic", lambda: 0.0)
    who = Who(world.system.id, world.system.name)
    sequence_all()
    signed_at = clock.now()
    with clock.frozen(signed_at - dt.timedelta(days=1)):
        assert ClockWatch().look(who)
    told = json.loads(bytes(Entry.objects.get(event="clock.jumped").body))["data"]
    assert clock.parse_iso(told["found"]) == signed_at - dt.timedelta(days=1)
    assert abs(clock.parse_iso(told["expected"]) - signed_at) < dt.timedelta(seconds=5)


def test_a_start_long_after_the_newest_checkpoint_is_no_jump(world: World) -> None:
    who = Who(world.system.id, world.system.name)
    sequence_all()
    with clock.frozen(clock.now() + dt.timedelta(days=30)):
        assert not ClockWatch().look(who)


@pytest.mark.parametrize("days", [365, -1], ids=["forward a year", "back a day"])
def test_a_wrong_clock_destroys_nothing_and_work_goes_on_when_it_is_right_again(
    world: World, days: int
) -> None:
    who, watch = Who(world.system.id, world.system.name), ClockWatch()
    watch.look(who)
    simple = SimpleCase(world)
    simple.start()
    original = hand_in(world, 7).original_id
    upload = begin_upload(world["officer"], 1000, {"filename": "途中.mp4"})
    turn = take_turn(upload)
    half = iter([b"x" * 500])
    receive(turn, lambda size: next(half, b""), 1000, turn.digest())
    turn.close()
    sequence_all()
    with clock.frozen(clock.now() + dt.timedelta(days=days)):
        assert watch.look(who)
        for job in (judging.judge_due_cases, judging.warn_of_expiry, judging.reconcile_vault):
            job()
        expire_abandoned_uploads()
        assert destroy_ordered() == 0
        hand_in(world, 8)
        sequence_all()
    assert watch.look(who), "it was put right, which is a jump as well"
    judging.judge_due_cases()
    simple.violation()
    simple.notice()
    sequence_all()
    assert list(differences()) == []
    assert Recording.objects.filter(original=original).exists()
    held = [one for one in settings.HOME.intake_dir.rglob("*") if one.is_file()]
    assert b"x" * 500 in [one.read_bytes() for one in held], "put aside at most"
    jumps = Entry.objects.filter(event="clock.jumped").order_by("recorded_at")
    assert jumps.count() == 2
