"""The page of what is due lists footage of rooms tied to nothing, and takes a list of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuhen.actions import rooms
from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.disposal import propose_disposal
from liuhen.archive.models import Disposal
from liuhen.cameras.models import Segment
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from tests.actions.keeping import REASON, approve, begin, switch_on
from tests.filmed import FilmedRoom
from tests.web.conftest import words
from tests.world import MORNING


def test_footage_that_is_due_is_listed_and_proposed(
    world: World, browser: Callable[[str], Client], footage: bytes
) -> None:
    with clock.frozen(MORNING) as stopped:
        room = FilmedRoom(world, stopped, footage)
        (segment,) = room.take_in(room.segment(1, 100))
        switch_on(world, stopped)
        stopped.move(days=92)
        page, address = browser("records"), reverse("retention_footage")
        assert "没有关联案件的场所监控也有期满的" in words(page.get(reverse("retention")))
        assert "询问室" in words(page.get(address))
        assert page.post(address, {"segment": "x", "reason": REASON}).status_code == 404
        answer = page.post(address, {"segment": segment.id, "reason": REASON})
        assert answer.status_code == 302
        listed = Disposal.objects.get()
        assert "场所监控，未关联案件" in words(page.get(reverse("disposal", args=[listed.id])))
        assert "没有期满的场所监控" in words(page.get(address))
        assert "没有期满的记录" in words(page.get(reverse("retention")))


def listed(page: Client, **asked: str) -> list[str]:
    """The names of the segments a page shows, in its order."""
    body = page.get(reverse("retention_footage"), asked).content.decode()
    return re.findall(r"CAM-\d\d_\d{8}_\d{6}\.mp4", re.sub(r'aria-label="[^"]*"', "", body))


def test_footage_is_paged_by_camera_and_day_and_no_query_is_asked_for_each(
    world: World,
    browser: Callable[[str], Client],
    footage: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("liuhen.web.due_footage.MOST", 3)
    with clock.frozen(MORNING) as stopped:
        room = FilmedRoom(world, stopped, footage)
        day = 86_400
        first = room.take_in(*(room.segment(n * 100 + 1, n * 100 + 101) for n in range(4)))
        room.take_in(room.segment(day, day + 100))
        switch_on(world, stopped)
        stopped.move(days=93)
        page, address = browser("records"), reverse("retention_footage")
        assert len(listed(page)) == 3
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', page.get(address).content.decode())
        assert following is not None
        rest = page.get(address + html.unescape(following[1])).content.decode()
        assert rest.count('name="segment"') == 2
        camera = str(room.camera.id)
        assert len(listed(page, camera=camera, day="2026-03-11")) == 1
        assert len(listed(page, camera=camera, day="2026-03-10")) == 3
        assert listed(page, camera=camera, day="2026-03-12") == []
        assert "checked" in page.get(address, {"all": "1"}).content.decode()
        with CaptureQueriesContext(connection) as many:
            page.get(address)
        ids = [one.id for one in first]
        propose_disposal(actor=world["records"], segment_ids=ids, reason=REASON)
        assert len(listed(page)) == 1
        with CaptureQueriesContext(connection) as few:
            page.get(address)
        assert len(few) == len(many)


@pytest.mark.parametrize(
    "asked", [{"day": "gestern"}, {"camera": "x"}, {"camera": str(UUID(int=5))}]
)
def test_a_camera_or_day_that_is_none_is_told_so(
    world: World, browser: Callable[[str], Client], asked: dict[str, str]
) -> None:
    answer = browser("records").get(reverse("retention_footage"), asked)
    assert answer.status_code == 400 and "没有符合条件的片段" in words(answer)


def test_footage_of_two_segments_one_of_which_is_destroyed_is_told_on_the_rooms_page(
    world: World, browser: Callable[[str], Client], footage: bytes
) -> None:
    with clock.frozen(MORNING) as stopped:
        room = FilmedRoom(world, stopped, footage)
        segments = room.take_in(
            room.segment(0, 100), room.segment(100, 200), room.segment(200, 300)
        )
        rooms.take_camera_out_of_service(
            actor=world["records"], camera_id=room.camera.id, reason="检修"
        )
        switch_on(world, stopped)
        page = browser("records")
        asked = (reverse("room", args=[room.camera.room_id]), {"day": "2026-03-10"})
        with CaptureQueriesContext(connection) as before:
            shown = words(page.get(*asked))
        assert "已销毁" not in shown and 'lh-track-video" x="37.5' in shown
        destroy(room, segments[:2])
        shown = words(page.get(*asked))
        assert "部分已销毁" in shown
        assert "录制过，已销毁：2026-03-10 09:00:00 至 2026-03-10 09:03:20" in shown
        destroy(room, segments[2:])
        with CaptureQueriesContext(connection) as after:
            shown = words(page.get(*asked))
        assert "部分已销毁" not in shown and "已销毁" in shown and "lh-track-destroyed" in shown
        assert 'lh-track-video" x="37.5' not in shown, "what is gone is no footage"
        assert len(after) == len(before)


def destroy(room: FilmedRoom, segments: Sequence[Segment]) -> None:
    """By a disposal of their own."""
    room.clock.move(days=92)
    ids = [one.id for one in segments]
    made = propose_disposal(actor=room.world["records"], segment_ids=ids, reason=REASON)
    approve(room.world, made.id)
    room.clock.move(days=31)
    begin(room.world, made.id)
    sequence_all()
    assert destroy_ordered() == len(ids)
