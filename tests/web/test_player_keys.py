"""The keys and speeds of the players in Chromium: of one recording, of several in step."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from liuhen.access.models import Viewing
from liuhen.actions.access import open_recording
from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.jobs.examining import examine
from liuhen.recordings.models import Bookmark, Derivative, Recording
from tests.api.conftest import signed_in
from tests.recordings import street
from tests.recordings.test_viewing import grant
from tests.web.driven import Phone
from tests.web.test_watching import driven, standing

__all__ = ["driven"]

ALONE = """(() => { const one = document.querySelector('.lh-pl-stage video'); return {
  at: one.currentTime, paused: one.paused, ready: one.readyState, rate: one.playbackRate,
  muted: one.muted, full: document.fullscreenElement?.contains(one) ?? false,
  shown: document.querySelector('.lh-pl-speed').value }; })()"""


@pytest.fixture
def activity(world: World) -> Activity:
    """Two cameras: 0 to 20 s and 4 to 24 s of one activity that the officer may view."""
    grant(world)
    begun = street.begin(world)
    street.film(world, begun, 0, 20)
    street.film(world, begun, 4, 24)
    for one in Recording.objects.filter(activity=begun):
        examine(one.original_id)
    return begun


def press(driven: Phone, *keys: str) -> None:
    """One after the other, as a hand does."""
    for key in keys:
        driven.do(lambda page, key=key: page.keyboard.press(key))  # type: ignore[misc]


def alone(driven: Phone, when: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """How the one player stands, once that holds."""
    told: dict[str, Any] = {}
    for _ in range(300):
        told = driven.do(lambda page: page.evaluate(ALONE))
        if when(told):
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def is_at(seconds: float, near: float = 0.05) -> Callable[[dict[str, Any]], bool]:
    """Whether a player stands there and shows it."""
    return lambda one: abs(one["at"] - seconds) < near and one["ready"] >= 2


def open_player(driven: Phone, world: World, activity: Activity) -> Recording:
    """The page of the first recording, opened by its form."""
    recording = Recording.objects.filter(activity=activity).earliest("started_at")
    driven.open(signed_in(world["officer"]), path=f"/recordings/{recording.id}/", width=1280)

    def fill(page: Page) -> None:
        page.locator("[name=open-reason]").fill("核对")
        page.locator(
            "button[name=do][value=open], form:has([name=open-reason]) button"
        ).first.click()
        page.locator(".lh-pl-stage").first.focus()

    driven.do(fill)
    alone(driven, lambda one: one["ready"] >= 2)
    return recording


def test_each_key_of_the_player_does_what_its_help_says(
    driven: Phone, world: World, activity: Activity
) -> None:
    recording = open_player(driven, world, activity)
    press(driven, "ArrowRight")
    alone(driven, is_at(5))
    press(driven, ".")
    alone(driven, is_at(5.3, 0.03))  # the middle of the next picture, of five a second
    press(driven, ",", ",")
    alone(driven, is_at(4.9, 0.03))
    press(driven, "ArrowLeft")
    alone(driven, is_at(0))
    press(driven, "]", "]")
    alone(driven, lambda one: one["rate"] == 2 and one["shown"] == "2")
    press(driven, "[", "[", "[")
    alone(driven, lambda one: one["rate"] == 0.5 and one["shown"] == "0.5")
    press(driven, "]", "m")
    alone(driven, lambda one: one["rate"] == 1 and one["muted"])
    press(driven, " ")
    alone(driven, lambda one: not one["paused"] and one["at"] > 0.5)
    press(driven, " ")
    alone(driven, lambda one: bool(one["paused"]))
    press(driven, "f")
    alone(driven, lambda one: bool(one["full"]))
    press(driven, "f")
    alone(driven, lambda one: not one["full"])
    helped = driven.do(lambda page: page.locator(".lh-pl-keys").first.text_content()) or ""
    for words in (
        "空格",
        "后退、前进 5 秒",
        "上一帧",
        "加快",
        "加标记",
        "截取此刻",
        "静音",
        "全屏",
    ):
        assert words in helped
    assert Viewing.objects.filter(recording=recording).count() == 1
    driven.close()


def test_a_bookmark_belongs_to_the_moment_of_its_key_not_to_that_of_its_last_word(
    driven: Phone, world: World, activity: Activity
) -> None:
    recording = open_player(driven, world, activity)
    press(driven, "ArrowRight")
    alone(driven, is_at(5))
    press(driven, " ")
    alone(driven, lambda one: one["at"] > 5.2)
    press(driven, "b")
    pressed = driven.do(lambda page: page.evaluate(ALONE))["at"]
    alone(driven, lambda one: one["at"] > pressed + 1.5)
    driven.do(lambda page: page.keyboard.type("b 出示证件 s"))
    press(driven, "Enter")
    driven.do(
        lambda page: page.locator(".lh-pl-bookmarks").get_by_text("b 出示证件 s").first.wait_for()
    )
    mark = Bookmark.objects.get(recording=recording)
    assert mark.note == "b 出示证件 s", "letters that are written are no keys"
    assert pressed - 1.2 < mark.at_ms / 1000 <= pressed
    press(driven, " ")
    alone(driven, lambda one: bool(one["paused"]))
    driven.close()


def test_a_still_picture_is_taken_by_its_key(
    driven: Phone, world: World, activity: Activity
) -> None:
    open_player(driven, world, activity)
    press(driven, "ArrowRight")
    alone(driven, is_at(5))
    press(driven, "s")
    driven.do(lambda page: page.locator(".lh-pl-excerpts a[download]").wait_for())
    assert "画面 0:05" in (driven.do(lambda page: page.locator(".lh-pl-excerpts").inner_text()))
    assert Derivative.objects.filter(kind="still").count() == 1
    driven.close()


def open_together(driven: Phone, world: World, activity: Activity) -> None:
    """Both cameras side by side, the keys on them."""
    tokens = [
        open_recording(actor=world["officer"], recording_id=one.id, reason="核对").token
        for one in Recording.objects.filter(activity=activity).order_by("started_at")
    ]
    path = f"/activities/{activity.id}/watch/?" + "&".join(f"viewing={one}" for one in tokens)
    driven.open(signed_in(world["officer"]), path=path, width=1280)
    driven.do(lambda page: page.locator(".lh-cams").focus())


def apart(driven: Phone) -> float:
    """By how much the second stands off from four seconds behind the first, now."""
    first, second = standing(driven, lambda one: one["ready"] >= 2)
    return abs(float(first["at"]) - float(second["at"]) - 4)


def test_cameras_stay_in_step_at_double_speed_and_after_a_jump(
    driven: Phone, world: World, activity: Activity
) -> None:
    open_together(driven, world, activity)
    press(driven, "ArrowRight")
    standing(driven, lambda one: one["ready"] >= 2 and one["at"] >= 1)
    press(driven, "]", "]")
    assert driven.do(lambda page: page.locator(".lh-cams .lh-pl-speed").input_value()) == "2"
    press(driven, " ")
    standing(driven, lambda one: one["at"] > 3 and not one["paused"])
    assert max(apart(driven) for _ in range(5)) < 0.3, "within what a player is set anew for"
    press(driven, "ArrowRight")
    standing(driven, lambda one: one["at"] > 9 and not one["paused"])
    assert apart(driven) < 0.3
    press(driven, "ArrowLeft")
    assert max(apart(driven) for _ in range(3)) < 0.3
    press(driven, " ")
    first, second = standing(driven, lambda one: bool(one["paused"]))
    assert abs(first["at"] - second["at"] - 4) < 0.05, "standing, they show the same instant"
    helped = driven.do(lambda page: page.locator(".lh-pl-keys").text_content()) or ""
    assert "后退、前进 5 秒" in helped and "截取" not in helped
    driven.close()
