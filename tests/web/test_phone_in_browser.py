"""The capture page in Chromium with its fake camera: off line and on, closed on the way, http."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, get_internal_wsgi_application
from django.db import connection

from liuhen.actions.activities import end_activity
from liuhen.actions.recordings import tie_to_activity
from liuhen.actions.simple_procedure import start_simple_case
from liuhen.cases.models import Activity
from liuhen.demo.people import World, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.recordings.models import Gap, Recording, SceneItem
from liuhen.vault.keeping import local_store
from tests.api.conftest import QuietHandler, signed_in
from tests.database import clone, point_at
from tests.serving import at_work
from tests.web.conftest import browsers, words
from tests.web.driven import PATIENCE_MS, Phone


@pytest.fixture(scope="module")
def world_now(cluster: Cluster, world_template: str) -> Iterator[World]:
    """The authority, on the machine's own running clock."""
    clone(cluster, world_template, "liuhen_phone")
    point_at(cluster.dsn("liuhen_phone", SERVER))
    yield known_world()
    connection.close()


@pytest.fixture(scope="module")
def phone(world_now: World) -> Iterator[Phone]:
    running = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    running.set_app(get_internal_wsgi_application())
    with at_work(running):
        driven = Phone(running.server_port)
        driven.start()
        settings.ALLOWED_HOSTS.append("phone.test")
        yield driven
        settings.ALLOWED_HOSTS.remove("phone.test")
        driven.stop()


@pytest.fixture
def officer(phone: Phone, world_now: World) -> Iterator[dict[str, str]]:
    """The cookies of an officer; the phone is put away afterwards."""
    yield signed_in(world_now["officer"])
    phone.close()


CLOCK = "{offset_ms: 90000, within_ms: 250, measured_at: Date.now() - 7200000}"
# What the phone learned of its clock, as if two hours ago: its own store is written.
LONG_AGO = """new Promise((done) => {
  const asked = indexedDB.open('liuhen-capture');
  asked.onsuccess = () => {
    const facts = asked.result.transaction('facts', 'readwrite').objectStore('facts');
    facts.get('server').onsuccess = (event) => {
      const told = {...event.target.result, clock: CLOCK};
      facts.put(told).onsuccess = () => { asked.result.close(); done(true); };
    };
  };
})""".replace("CLOCK", CLOCK)


def begin(world: World) -> Activity:
    return start_simple_case(
        actor=world["officer"],
        second_officer=world["officer2"],
        place="示例路1号",
        is_certificate_shown=True,
    )


def newest(kind: str) -> Recording:
    return Recording.objects.filter(kind=kind).latest("stored_at")


def test_what_was_filmed_off_line_is_sent_when_the_line_is_back_and_covers_its_activity(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    phone.open(officer)
    phone.says("已联网")
    phone.is_ready_for_no_network()
    phone.goes_off_line()
    phone.do(lambda page: page.reload())
    phone.says("没有网络，照常拍摄")
    phone.press("开始录像")
    phone.says("内容每秒存入手机")
    time.sleep(1.5)
    activity = begin(world_now)
    phone.press("出示证件")
    time.sleep(1.5)
    end_activity(actor=world_now["officer"], activity_id=activity.id)
    time.sleep(1)
    phone.stop_filming()
    phone.press("拍照")
    phone.do(lambda page: page.locator(".lh-cap-shutter").click())
    phone.waits(2)
    assert not Recording.objects.exists()
    phone.goes_off_line(False)
    phone.waits(0)
    video, photo = newest("video"), newest("photo")
    assert (video.has_video, video.has_audio) == (True, True)
    assert video.captured is not None and video.captured["break"] == ""
    assert video.captured["position"]["latitude"] == "39.1000000"
    assert video.captured["position"]["accuracy_m"] == 25
    (mark,) = video.bookmarks.all()
    assert mark.kind == "certificate" and 1000 < mark.at_ms < 6000
    shown = phone.do(lambda page: page.locator("[data-take] code").all_inner_texts())
    assert len(shown) == 2
    for one in (video, photo):
        assert local_store().digest(one.original_id) == one.original_id
        assert any(words.startswith(one.original_id[:8]) for words in shown)
    tie_to_activity(actor=world_now["officer"], recording_id=video.id, activity_id=activity.id)
    # The fake camera shows every test the same first picture: of no activity, it would stand for
    # the photo of the next one, and a thing's photo has to be of the thing's own activity.
    tie_to_activity(actor=world_now["officer"], recording_id=photo.id, activity_id=activity.id)
    gaps = Gap.objects.filter(activity=activity)
    assert gaps.exists(), "while nothing was handed in, nothing covered it"
    assert not gaps.filter(filled_at=None).exists(), "now the whole activity is covered"


def test_the_phones_clock_is_measured_with_its_exactness_and_kept_when_it_starts_off_line(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    phone.open(officer)
    phone.says("已联网")
    phone.says("手机时钟")
    phone.is_ready_for_no_network()
    phone.goes_off_line()
    phone.do(lambda page: page.evaluate(LONG_AGO))
    phone.do(lambda page: page.reload())
    phone.says("没有网络")
    phone.says("手机时钟快 90.0 秒（±0.3 秒），2 小时前核对")
    phone.press("开始录像")
    phone.says("正在拍摄的还没有入库")
    time.sleep(1.5)
    phone.stop_filming()
    phone.waits(1)
    phone.says("已存入手机，等待上传。")
    phone.goes_off_line(False)
    phone.waits(0)
    assert phone.do(lambda page: page.locator(".lh-cap-words").inner_text()) == ""
    video = newest("video")
    assert video.captured is not None
    assert video.captured["clock_offset_ms"] == 90_000, "what was known when it was made"
    assert video.captured["clock_within_ms"] == 250
    assert 7_200_000 <= video.captured["clock_age_ms"] < 7_800_000
    page = words(browsers(world_now)("officer").get(f"/recordings/{video.id}/"))
    assert "比系统快1分30秒，已校正，误差不超过0.250秒；拍摄前2小时0分" in page
    phone.says("手机时钟")


def test_a_phone_that_never_learned_of_its_clock_says_so_and_it_stays_unknown(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    phone.open(officer)
    phone.says("已联网")
    phone.is_ready_for_no_network()
    phone.goes_off_line()
    phone.do(lambda page: page.evaluate(LONG_AGO.replace(CLOCK, "null")))
    phone.do(lambda page: page.reload())
    phone.says("手机时钟没有核对过")


def test_a_page_closed_while_filming_loses_only_its_last_second(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    activity = begin(world_now)
    phone.open(officer, activity=str(activity.id))
    phone.says("已联网")
    phone.press("录音")
    phone.press("开始录音")
    time.sleep(3.5)
    phone.do(lambda page: page.close(run_before_unload=False))

    def again() -> None:
        phone.page = phone.context.new_page()
        phone.page.set_default_timeout(PATIENCE_MS)
        phone.page.goto(f"{phone.origin}/phone/?activity={activity.id}")

    phone.pool.submit(again).result(60)
    phone.says("拍摄时页面被关闭")
    phone.waits(0)
    sound = newest("audio")
    assert sound.captured is not None and sound.captured["break"] == "page_closed"
    assert sound.activity == activity
    assert sound.media["duration_ms"] >= 2000
    phone.press("开始录像")
    phone.says("上一段记录中断了")
    phone.press("说明中断原因")
    time.sleep(1)
    phone.stop_filming()
    phone.waits(0)
    assert [one.kind for one in newest("video").bookmarks.all()] == ["interruption"]


def test_things_at_the_scene_are_listed_off_line_each_with_its_photo(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    activity = begin(world_now)
    phone.open(officer, activity=str(activity.id))
    phone.says("已联网")
    phone.goes_off_line()
    phone.says("没有网络")
    phone.press("物品")
    phone.press("记入清单")
    phone.says("请填写名称和数量")
    phone.do(lambda page: page.get_by_label("名称").fill("遮阳伞"))
    phone.do(lambda page: page.get_by_label("数量").fill("2把"))
    phone.press("记入清单")
    phone.says("拍一张照片")
    phone.press("拍这件物品")
    phone.says("已拍照片")
    phone.press("记入清单")
    phone.says("已记下“遮阳伞”")
    phone.waits(2)
    phone.goes_off_line(False)
    phone.waits(0)
    item = SceneItem.objects.get(activity=activity)
    assert (item.name, item.quantity) == ("遮阳伞", "2把")
    assert item.photo is not None and item.photo.kind == "photo"
    assert item.photo.activity == activity
    data = local_store().place(item.photo.original_id).read_bytes()
    assert hashlib.sha256(data).hexdigest() == item.photo.original_id


def test_without_a_session_it_films_and_says_that_it_waits_for_signing_in(
    phone: Phone, officer: dict[str, str], world_now: World
) -> None:
    phone.open(officer)
    phone.says("已联网")
    phone.is_ready_for_no_network()
    phone.do(lambda page: page.context.clear_cookies())
    phone.do(lambda page: page.evaluate("window.dispatchEvent(new Event('online'))"))
    phone.says("登录已过期")
    phone.press("拍照")
    phone.do(lambda page: page.locator(".lh-cap-shutter").click())
    phone.waits(1)


def test_over_plain_http_it_says_why_it_cannot_film(phone: Phone, officer: dict[str, str]) -> None:
    origin = phone.origin.replace("127.0.0.1", "phone.test")
    phone.open(officer, origin)
    phone.says("这个页面是用 http 打开的")
    phone.do(lambda page: page.get_by_role("link", name="怎样打开拍摄").click())
    phone.says("手机拍摄的准备")
