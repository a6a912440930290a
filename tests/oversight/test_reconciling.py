"""What should be in the vault is held against what is; each difference has an owner and a clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuhen.actions.docking import dock_folder
from liuhen.actions.reconciling import answer_difference
from liuhen.demo.people import World
from liuhen.jobs.judging import reconcile_vault
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import Difference, DifferenceAnswer
from tests.compliance.conftest import stopped  # noqa: F401 - a fixture
from tests.compliance.street import footage, never_filmed, until_served
from tests.web.conftest import Browser, words
from tests.web.conftest import browser as browser

ACTIVITY, DEVICE = Difference.Kind.ACTIVITY, Difference.Kind.DEVICE


def standing(kind: str) -> list[Difference]:
    reconcile_vault()
    return list(Difference.objects.filter(kind=kind).order_by("id"))


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


def test_a_camera_that_was_there_and_gave_nothing_is_named(
    world: World,
    stopped: FrozenClock,  # noqa: F811
) -> None:
    simple = until_served(world, stopped)
    footage(world, simple.activity)
    found = standing(Difference.Kind.ASSIGNMENT)
    assert {row.owner.username for row in found} == {"officer", "officer2"}
    assert {"DEMO-0001" in row.what or "DEMO-0002" in row.what for row in found} == {True}


def test_files_of_a_cameras_index_that_did_not_get_in_are_its_holders_task(
    world: World,
    stopped: FrozenClock,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "DCIM").mkdir()
    (tmp_path / "DCIM" / "0001.MP4").write_bytes(b"")
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
    (row,) = standing(ACTIVITY)
    owner = row.owner.username
    page = words(browser(owner).get(reverse("differences")))
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
    assert Difference.objects.filter(due_at__gt=clock.now()).count() == 4
