"""The player's marks and excerpts over HTTP, and several cameras side by side, also in Chromium."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from django.test import Client

from liuhen.access.models import Viewing
from liuhen.actions.access import open_recording
from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.jobs.examining import examine, make_playable
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.models import Bookmark, Recording
from tests.api.conftest import QuietHandler, signed_in
from tests.recordings import street
from tests.recordings.test_viewing import grant
from tests.serving import at_work
from tests.web.conftest import Browser, words
from tests.web.driven import Phone
from tests.world import MORNING


@pytest.fixture
def activity(world: World) -> Activity:
    """Two cameras: 0 to 8 s and 4 to 12 s of one activity that the officer may view."""
    grant(world)
    begun = street.begin(world)
    street.film(world, begun, 0, 8)
    street.film(world, begun, 4, 12)
    return begun


def player(client: Client, recording: Recording) -> dict[str, Any]:
    page = client.post(
        f"/recordings/{recording.id}/", {"do": "open", "open-reason": "核对"}, follow=True
    )
    assert page.status_code == 200
    text = words(page).split('data-island="player"', 1)[1]
    told: dict[str, Any] = json.loads(text.split(">", 2)[2].split("</script>", 1)[0])
    return told


def test_the_player_is_given_waveform_sheet_marks_and_what_may_be_done(
    browser: Browser, activity: Activity
) -> None:
    recording = Recording.objects.filter(activity=activity).earliest("started_at")
    examine(recording.original_id)
    client = browser("officer")
    told = player(client, recording)
    assert told["sound"] and told["sheet"] and told["frames_per_second"]
    marked = client.post(
        str(told["bookmark_url"]), {"kind": "rights", "at_ms": "1500", "label": "逐条告知"}
    )
    assert marked.status_code == 201
    assert marked.json()["label"] == "告知权利：逐条告知"
    (shown,) = player(client, recording)["bookmarks"]
    assert shown["at_ms"] == 1500
    assert client.post(shown["withdraw_url"]).status_code == 204
    assert player(client, recording)["bookmarks"] == []
    assert Bookmark.objects.count() == 1
    wrong = client.post(str(told["bookmark_url"]), {"kind": "rights", "at_ms": "-1"})
    assert wrong.status_code == 400 and "不在这段记录之内" in wrong.json()["detail"]


def test_excerpts_are_made_and_handed_over_under_the_same_opening(
    browser: Browser, activity: Activity
) -> None:
    recording = Recording.objects.filter(activity=activity).earliest("started_at")
    client = browser("officer")
    told = player(client, recording)
    still = client.post(str(told["still_url"]), {"at_ms": "2000"}).json()
    picture = client.get(still["href"])
    assert picture["Content-Type"] == "image/jpeg"
    assert "attachment" in picture["Content-Disposition"]
    clip = client.post(str(told["clip_url"]), {"from_ms": "1000", "to_ms": "2000"}).json()
    assert client.get(clip["href"])["Content-Type"] == "video/mp4"
    assert browser("officer2").get(clip["href"]).status_code == 403
    assert client.post(str(told["clip_url"]), {"from_ms": "x", "to_ms": "2"}).status_code == 400


def test_hevc_is_played_by_its_proxy_which_tells_its_origin(
    browser: Browser, world: World, tmp_path: Path
) -> None:
    grant(world)
    make_video(tmp_path / "a.mp4", Scene(MORNING), duration_ms=2000, codec="hevc")
    recording = street.film(world, street.begin(world), 0, 2, path=tmp_path / "a.mp4")
    client = browser("officer")
    assert player(client, recording)["proxy"] is None
    make_playable(recording.original_id)
    told = player(client, recording)
    assert told["proxy"]["original"] == recording.original_id
    answer = client.get(str(told["src"]), headers={"Range": "bytes=0-99"})
    assert (answer.status_code, answer["Content-Type"]) == (206, "video/mp4")


def test_each_camera_is_registered_before_they_are_shown_together(
    browser: Browser, activity: Activity
) -> None:
    examine(Recording.objects.filter(activity=activity)[0].original_id)
    client, address = browser("officer"), f"/activities/{activity.id}/watch/"
    assert "登记并查看" in words(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 400
    assert not Viewing.objects.exists()
    page = words(client.post(address, {"reason": "核对现场"}, follow=True))
    assert Viewing.objects.count() == 2
    assert page.count('"src"') == 2
    assert page.count('"peaks"') == 1, "of the one whose sound was drawn"
    assert page.count('"frames_per_second"') == 2
    assert browser("operator").get(address).status_code == 404


def test_without_an_approval_there_is_nothing_to_watch(browser: Browser, world: World) -> None:
    begun = street.begin(world)
    street.film(world, begun, 0, 4)
    address = f"/activities/{begun.id}/watch/"
    assert "没有可以同步查看的音像" in words(browser("officer").get(address))
    assert "没有可以同步查看的音像" in words(browser("officer").post(address, {"reason": "看"}))


@pytest.fixture
def driven(world: World) -> Iterator[Phone]:
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        chromium = Phone(running.server_port)
        chromium.start()
        yield chromium
        chromium.stop()


STAND = """[...document.querySelectorAll('.lh-cams video')].map((one) =>
  ({at: one.currentTime, paused: one.paused, ready: one.readyState}))"""


def standing(driven: Phone, when: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """How the players stand, once it holds of each; asked from outside, as the policy wants it."""
    for _ in range(300):
        found: list[dict[str, Any]] = driven.do(lambda page: page.evaluate(STAND))
        if all(map(when, found)):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_the_cameras_play_in_step_on_the_wall_clock(
    driven: Phone, world: World, activity: Activity
) -> None:
    tokens = [
        open_recording(actor=world["officer"], recording_id=one.id, reason="核对").token
        for one in Recording.objects.filter(activity=activity).order_by("started_at")
    ]
    path = f"/activities/{activity.id}/watch/?" + "&".join(f"viewing={one}" for one in tokens)
    driven.open(signed_in(world["officer"]), path=path, width=1280)
    driven.do(lambda page: page.locator(".lh-cams").focus())
    driven.do(lambda page: page.keyboard.press("ArrowRight"))
    first, second = standing(driven, lambda one: one["ready"] >= 2)
    assert abs(first["at"] - 5) < 0.1 and abs(second["at"] - 1) < 0.1
    driven.do(lambda page: page.keyboard.press("."))
    first, second = standing(driven, lambda one: one["at"] not in (1, 5))
    assert abs(first["at"] - 5.3) < 0.03, "in the middle of the next picture, of five a second"
    assert abs(second["at"] - 1.3) < 0.03
    driven.do(lambda page: page.keyboard.press(" "))
    time.sleep(1.5)
    driven.do(lambda page: page.keyboard.press(" "))
    first, second = standing(driven, lambda one: bool(one["paused"]))
    assert first["at"] > 5.2, "it has played"
    assert abs(first["at"] - second["at"] - 4) < 0.15, "four seconds apart, as they were filmed"
    driven.close()
