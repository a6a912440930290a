"""The page of what is due lists footage of rooms tied to nothing, and takes a list of it."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from liuhen.archive.models import Disposal
from liuhen.demo.people import World
from liuhen.kernel import clock
from tests.actions.keeping import REASON, switch_on
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
        page, address = browser("records"), reverse("retention")
        shown = words(page.get(address))
        assert "没有关联案件的场所监控，最早的 1 段" in shown and "询问室" in shown
        assert page.post(address, {"segment": "x", "reason": REASON}).status_code == 404
        answer = page.post(address, {"segment": segment.id, "reason": REASON})
        assert answer.status_code == 302
        listed = Disposal.objects.get()
        assert "场所监控，未关联案件" in words(page.get(reverse("disposal", args=[listed.id])))
        assert "没有期满的记录" in words(page.get(address))
