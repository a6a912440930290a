"""What should be in the vault is held against what is; each difference has an owner and a clock."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuhen.actions.devices import report_device_fault, return_device
from liuhen.actions.docking import dock_folder
from liuhen.actions.reconciling import answer_difference
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.jobs.judging import reconcile_vault
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import Difference, DifferenceAnswer
from liuhen.people.models import Device
from tests.compliance.conftest import stopped  # noqa: F401 - a fixture
from tests.compliance.street import (
    RULE,
    SECONDS,
    done_but_for_closing,
    footage,
    never_filmed,
    until_served,
)
from tests.web.conftest import Browser, words
from tests.web.conftest import browser as browser

ACTIVITY, DEVICE = Difference.Kind.ACTIVITY, Difference.Kind.DEVICE


def standing(kind: str) -> list[Difference]:
    reconcile_vault()
    return list(Difference.objects.filter(kind=kind).order_by("id"))


def put(camera: Path, name: str, content: bytes) -> Path:
    path = camera / "DCIM" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_an_activity_without_footage_is_its_officers_task_for_a_day(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    simple.activity.refresh_from_db()
    (row,) = standing(ACTIVITY)
    assert row.owner in (world["officer"], world["officer2"])
    ended_at = simple.activity.ended_at
    assert ended_at is not None and row.due_at - ended_at == dt.timedelta(hours=24)
    again = standing(ACTIVITY)
    assert [each.id for each in again] == [row.id]
    footage(world, simple.activity)
    assert standing(ACTIVITY) == []


def test_what_was_explained_never_to_come_is_no_difference(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    never_filmed(world, stopped)
    assert standing(ACTIVITY) == []


def test_an_activity_that_goes_on_is_not_expected_yet(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    from liuhen.demo.simple_case import SimpleCase  # noqa: PLC0415

    SimpleCase(world).start()
    stopped.move(hours=30)
    assert standing(ACTIVITY) == []


def test_what_a_colleague_filmed_is_recorded_and_no_other_camera_is_asked(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    (row,) = standing(ACTIVITY)
    assert row.owner == simple.case.handler == world["officer"]
    assert "DEMO-0002（李示例）" in row.what  # one row for what is missing, whoever may hold it
    assert Difference.objects.count() == 1
    footage(world, simple.activity)
    assert standing(ACTIVITY) == []


def test_half_an_activity_is_told_in_minutes_with_the_cameras_that_may_hold_the_rest(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    footage(world, simple.activity, seconds=SECONDS // 2)
    (row,) = standing(ACTIVITY)
    assert f"没有覆盖全过程，还缺{SECONDS // 2}秒" in row.what
    assert "DEMO-0001（张示例）、DEMO-0002（李示例）" in row.what


def test_a_camera_that_was_broken_is_not_asked(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    camera = Device.objects.get(serial="DEMO-0002")
    report_device_fault(
        actor=world["officer2"], device_id=camera.id, description="不能开机", found_at=clock.now()
    )
    until_served(world, stopped)
    assert "DEMO-0002" not in standing(ACTIVITY)[0].what


def test_a_bound_file_is_asked_for_nothing(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = done_but_for_closing(world, stopped)
    simple.close()
    simple.bind()
    assert Finding.objects.filter(case=simple.case, outcome="breached").count() == 0
    # A stricter text of the law would judge what was bound anew.
    Finding.objects.filter(case=simple.case, rule=RULE).update(outcome="breached", is_curable=True)
    assert standing(ACTIVITY) == []


def test_files_left_on_a_camera_docked_by_the_system_are_a_persons_task(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    tmp_path: Path,
) -> None:
    camera = Device.objects.get(serial="DEMO-0003")
    if camera.holder_id is not None:
        return_device(actor=world["records"], device_id=camera.id)
    put(tmp_path, "0001.MP4", b"")
    dock_folder(tmp_path, "DEMO-0003", actor=world.system)
    (row,) = standing(DEVICE)
    assert row.owner == world["unit_head"]


def test_a_file_that_vanished_before_it_was_stored_is_named_and_the_clock_goes_on(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    tmp_path: Path,
) -> None:
    too_long = put(tmp_path, "0001.MP4", b"")
    os.truncate(too_long, 8 << 40)  # no disk here has room for it
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    (first,) = standing(DEVICE)
    stopped.move(hours=3)
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    assert [row.due_at for row in standing(DEVICE)] == [first.due_at]
    too_long.unlink()
    stopped.move(hours=1)
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    (row,) = standing(DEVICE)
    assert "曾有1个文件，没有存入就不见了" in row.what and "0001.MP4" in row.what
    assert row.due_at == first.due_at


def test_what_was_answered_is_not_asked_again_by_the_next_docking(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    tmp_path: Path,
) -> None:
    put(tmp_path, "0001.MP4", b"")
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    (row,) = standing(DEVICE)
    answer_difference(actor=world["officer"], difference_id=row.id, text="误触开机，空文件")
    stopped.move(days=1)
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    assert standing(DEVICE) == []
    put(tmp_path, "0002.MP4", b"")
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    assert "2个文件没有存入" in standing(DEVICE)[0].what


def test_files_of_a_cameras_index_that_did_not_get_in_are_its_holders_task(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    tmp_path: Path,
) -> None:
    put(tmp_path, "0001.MP4", b"")
    dock_folder(tmp_path, "DEMO-0001", actor=world["officer"])
    (row,) = standing(DEVICE)
    assert row.owner == world["officer"]
    assert "1个文件没有存入" in row.what and "0001.MP4" in row.what


def test_who_owns_a_difference_answers_it_in_words_and_nobody_else(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    until_served(world, stopped)
    (row,) = standing(ACTIVITY)
    owner = row.owner
    other = world["officer2"] if owner == world["officer"] else world["officer"]
    with pytest.raises(Refused, match=r"difference\.not_own"):
        answer_difference(actor=other, difference_id=row.id, text="不是我")
    with pytest.raises(Refused, match=r"reason\.missing"):
        answer_difference(actor=owner, difference_id=row.id, text=" ")
    with pytest.raises(Refused, match=r"permission\.missing"):
        answer_difference(actor=world["legal"], difference_id=row.id, text="x")
    answer_difference(actor=owner, difference_id=row.id, text="记录仪当日故障，已报修")
    assert standing(ACTIVITY) == []
    answer = DifferenceAnswer.objects.get()
    assert (answer.key, answer.what) == (row.key, row.what)
    with pytest.raises(Refused, match=r"record\.not_found"):
        answer_difference(actor=owner, difference_id=row.id, text="再次说明")


def test_the_page_and_the_desk_tell_the_owner_and_supervision_and_nobody_else(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    browser: Browser,
) -> None:
    until_served(world, stopped)
    before = words(browser("supervisor").get(reverse("differences")))
    assert "还没有核对过" in before and "应有的都已存入" not in before
    (row,) = standing(ACTIVITY)
    owner = row.owner.username
    page = words(browser(owner).get(reverse("differences")))
    assert reverse("activity", args=[row.key]) in page and "查看义务" in page
    assert "没有收到任何音像记录" in page and "待补交" in page
    assert "补交或者说明应有的音像" in words(browser(owner).get("/"))
    assert "没有收到任何音像记录" in words(browser("supervisor").get(reverse("differences")))
    assert browser("operator").get(reverse("differences")).status_code == 403
    stopped.move(hours=25)
    assert "超过时限" in words(browser(owner).get(reverse("differences")))
    address = reverse("difference", args=[row.id])
    assert "说明差异" in words(browser(owner).get(address))
    done = browser(owner).post(address, {"text": "记录仪故障"}, follow=True)
    assert "应有的都已存入" in words(done)
    assert browser(owner).get(address).status_code == 404


def test_finding_them_takes_the_same_queries_for_one_and_for_many(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    counts = []
    for number in (1, 3):
        for _ in range(number):
            until_served(world, stopped)
            stopped.move(minutes=1)
        with CaptureQueriesContext(connection) as queries:
            reconcile_vault()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Difference.objects.filter(kind=ACTIVITY, due_at__gt=clock.now()).count() == 4
