"""Units are judged by the duties they bear as such, from rows, and the page tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuhen.actions import people
from liuhen.actions import rooms as room_acts
from liuhen.actions.access import grant_standing_approval, open_recording
from liuhen.actions.deputising import end_office
from liuhen.actions.devices import report_device_fault, return_device
from liuhen.actions.replicas import take_report
from liuhen.commands.articles import lines_of
from liuhen.demo.people import World
from liuhen.jobs.judging import judge_all_units
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.documentation import clause_table
from liuhen.oversight.models import UnitStanding
from liuhen.oversight.standing import accounts_of_units, units_by_rule
from liuhen.oversight.unit_facts import facts_of_unit
from liuhen.people.models import Device, Office
from tests.compliance.conftest import stopped  # noqa: F401 - a fixture
from tests.compliance.street import footage as filmed_case
from tests.compliance.street import until_served
from tests.filmed import FilmedRoom
from tests.filmed import footage as footage
from tests.web.conftest import Browser, words
from tests.web.conftest import browser as browser
from tests.world import MORNING

DAY = 86_400


def standing(world: World, rule: str, unit: str = "ZD1") -> dict[str, int]:
    """How the unit stands with a duty, judged now."""
    judge_all_units()
    row = UnitStanding.objects.get(unit=world.units[unit], rule=rule)
    return dict(row.counts)


def device(world: World, serial: str, kind: str = Device.Kind.BODY_CAMERA) -> None:
    people.register_device(
        actor=world["records"], serial=serial, kind=kind, unit=world.units["ZD1"]
    )


def test_a_unit_has_as_many_recorders_as_its_officers_need(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    # One recorder for two officers: three are enough for six officers, two are too few.
    for username in ("unit_head", "records"):
        people.appoint(actor=world.system, person=world[username], kind=Office.Kind.OFFICER)
    assert standing(world, "unit_equipped") == {"met": 1}
    report_device_fault(
        actor=world["records"],
        device_id=world.devices["DEMO-0003"].id,
        description="不能开机",
        found_at=clock.now(),
    )
    device(world, "FIXED-1", Device.Kind.CAMERA)  # which nobody carries
    assert standing(world, "unit_equipped") == {"breached": 1}
    device(world, "BODY-4")
    assert standing(world, "unit_equipped") == {"met": 1}


def test_a_unit_without_officers_or_powers_owes_nothing(world: World) -> None:
    judge_all_units()
    legal = UnitStanding.objects.filter(unit=world.units["DA"], rule="records_keeper_named")
    assert legal.get().counts == {"not_applicable": 1}


def test_the_keeper_is_named_until_the_office_ends(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    assert standing(world, "records_keeper_named") == {"met": 1}
    office = Office.objects.get(person=world["records"], kind=Office.Kind.RECORDS_MANAGER)
    end_office(actor=world["security"], office_id=office.id, reason="调离")
    assert standing(world, "records_keeper_named") == {"breached": 1}


@pytest.fixture
def room(world: World, footage: bytes) -> Iterator[FilmedRoom]:
    with clock.frozen(MORNING) as frozen:
        yield FilmedRoom(world, frozen, footage)


def test_a_day_of_a_room_is_broken_by_the_seconds_beyond_the_tolerance(room: FilmedRoom) -> None:
    # The camera begins at 09:00; until midnight all but four seconds are filmed.
    room.take_in(room.segment(0, 3600), room.segment(3604, 15 * 3600 + 60, before="lost"))
    room.clock.move(hours=1)
    facts = facts_of_unit(room.world.units["ZD1"], clock.now(), 31)
    first, _ = facts.room_days or ()
    assert first.missing_seconds == 4
    # The day that runs is broken too: for an hour nothing has come.
    assert standing(room.world, "room_recorded_day_and_night") == {"breached": 2}
    assert facts.rooms and facts.rooms[0].is_covered is None
    assert standing(room.world, "room_covered") == {"unknown": 1}


def test_a_day_without_a_break_stands_and_a_counter_is_no_room(room: FilmedRoom) -> None:
    room_acts.register_room(
        actor=room.world["records"], unit=room.world.units["ZD1"], name="窗口", kind="counter"
    )
    room.take_in(room.segment(0, 15 * 3600 + 60))
    room.clock.move(minutes=20)
    assert standing(room.world, "room_recorded_day_and_night") == {"met": 1, "breached": 1}
    assert standing(room.world, "room_footage_collected")["met"] == 1
    assert standing(room.world, "room_covered") == {"unknown": 1}


def test_a_copy_elsewhere_is_of_today_or_it_is_owed(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    assert standing(world, "off_site_copy_current") == {"breached": 1}
    assert standing(world, "records_intact") == {"not_applicable": 1}
    take_report(
        world.system, "elsewhere", {"size": 1, "originals": 1, "missing": 0, "differences": []}
    )
    assert standing(world, "off_site_copy_current") == {"met": 1}
    assert standing(world, "records_intact") == {"met": 1}
    stopped.move(days=3)
    assert "met" not in standing(world, "off_site_copy_current")


def test_a_replica_that_lacks_an_original_or_differs_is_no_copy(world: World) -> None:
    take_report(world.system, "short", {"size": 1, "originals": 1, "missing": 1, "differences": []})
    assert "met" not in standing(world, "off_site_copy_current")
    told = [{"code": "entry.altered", "record": "entry 7", "what": "changed"}]
    take_report(
        world.system, "short", {"size": 1, "originals": 1, "missing": 0, "differences": told}
    )
    assert "met" not in standing(world, "off_site_copy_current")
    assert standing(world, "records_intact") == {"breached": 1}


def test_who_left_with_things_in_hand_has_to_hand_them_over(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    assert standing(world, "mover_handed_over") == {"not_applicable": 1}
    office = Office.objects.get(person=world["officer2"], kind=Office.Kind.OFFICER)
    end_office(actor=world["security"], office_id=office.id, reason="调离")
    stopped.move(minutes=1)
    assert standing(world, "mover_handed_over") == {"breached": 1}
    held = Device.objects.get(holder=world["officer2"])
    return_device(actor=world["records"], device_id=held.id)
    assert standing(world, "mover_handed_over") == {"met": 1}


def test_every_look_is_in_the_register_with_its_approval(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    recording = filmed_case(world, simple.activity)
    grant_standing_approval(
        actor=world["deputy"],
        group="officer",
        purpose="办理本人承办的案件",
        scope="own_open_cases",
        until=clock.now() + dt.timedelta(days=30),
    )
    open_recording(actor=world["officer"], recording_id=recording.id, reason="核对经过")
    for rule in ("viewing_approved", "viewing_registered"):
        assert standing(world, rule) == {"met": 1}
    assert standing(world, "copy_made_by_keeper") == {"not_applicable": 1}
    assert standing(world, "classified_seen_by_cleared") == {"unknown": 1}


def test_judging_twice_writes_the_same_and_a_units_facts_cost_the_same_queries(
    room: FilmedRoom,
) -> None:
    with CaptureQueriesContext(connection) as few:
        facts_of_unit(room.world.units["ZD1"], clock.now(), 31)
    room.take_in(*(room.segment(at, at + 600) for at in range(0, 6000, 600)))
    with CaptureQueriesContext(connection) as many:
        facts_of_unit(room.world.units["ZD1"], clock.now(), 31)
    assert len(few) == len(many)
    judge_all_units()
    once = list(UnitStanding.objects.order_by("unit", "rule").values("rule", "counts", "asking"))
    judge_all_units()
    again = list(UnitStanding.objects.order_by("unit", "rule").values("rule", "counts", "asking"))
    assert once == again != []


def test_articles_count_units_for_a_units_duty(world: World) -> None:
    judge_all_units()
    row = next(row for row in clause_table() if row.clause == "5.2")
    lines = "\n".join(lines_of(row, units_by_rule()))
    assert "机构：已履行 1  违反 0" in lines


def test_the_page_tells_each_office_what_it_may_see(world: World, browser: Browser) -> None:
    address = reverse("unit_duties")
    assert "还没有认定" in words(browser("supervisor").get(address))
    judge_all_units()
    page = words(browser("supervisor").get(address))
    assert "虚构市城市管理综合行政执法一支队" in page and "执法协调监督处" in page
    assert "第五条" in page and "违反" in page
    assert "执法协调监督处" not in words(browser("unit_head").get(address)).split("机构履责")[-1]
    assert [one.unit.code for one in accounts_of_units(world["unit_head"])] == ["ZD1"]
    assert browser("officer").get(address).status_code == 403
    assert browser("operator").get(address).status_code == 403
