"""A clock that was set leaves an entry; a clock that merely runs leaves none."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.ledger.clock_watch import ClockWatch
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import Who
from liuhen.ledger.sequencing import sequence_all


@pytest.mark.parametrize(
    ("seconds", "is_jump"), [(0, False), (29, False), (-29, False), (31, True), (-31, True)]
)
def test_only_a_step_beyond_the_tolerance_is_entered(
    world: World, seconds: int, is_jump: bool
) -> None:
    who = Who(world.system.id, world.system.name)
    watch = ClockWatch()
    assert not watch.look(who)
    with clock.frozen(clock.now() + dt.timedelta(seconds=seconds)):
        assert watch.look(who) is is_jump
    assert Entry.objects.filter(event="clock.jumped").count() == int(is_jump)


def test_a_start_before_the_newest_checkpoint_is_entered_with_both_times(world: World) -> None:
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
