"""Pages of rooms under fixed cameras: who sees them, what they show, what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions import rooms as acts
from liuhen.actions.camera_footage import open_camera_gap, take_in_segments
from liuhen.cameras.models import Camera, CameraGap, CameraState, RecorderState, Room
from liuhen.cameras.states import CameraReport, put_states
from liuhen.demo.people import World
from liuhen.host.signs import GREEN, YELLOW
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Gap, Recording
from liuhen.upkeep.signs import record_signs
from tests.filmed import FilmedRoom
from tests.web.conftest import Browser, Street, words
from tests.web.test_lists_and_counts import queries
from tests.world import MORNING

S = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Hall:
    """A room with one camera that recorded from 09:00 to 10:00 with a gap of two minutes."""

    world: World
    browser: Browser
    clock: FrozenClock
    camera: Camera

    @property
    def address(self) -> str:
        return reverse("room", args=[self.camera.room_id])


@pytest.fixture
def hall(world: World, browser: Browser, footage: bytes) -> Iterator[Hall]:
    with clock.frozen(MORNING) as stopped:
        filmed = FilmedRoom(world, stopped, footage)
        filmed.take_in(filmed.segment(1, 1800), filmed.segment(1920.5, 3600, before="lost"))
        yield Hall(world, browser, stopped, filmed.camera)


def report(hall: Hall, state: str, cause: str = "") -> None:
    told = CameraReport(hall.camera.id, state, cause, clock.now(), 1_000)
    put_states([told], 0, settings.HOME.intake_dir)


def test_the_day_of_a_room_shows_its_gap_to_the_millisecond(hall: Hall) -> None:
    page = words(hall.browser("unit_head").get(hall.address))
    assert "09:30:00.000" in page
    assert "09:32:00.500" in page
    assert "与摄像机的连接中断" in page
    assert "填写说明" in page
    assert "2026年3月" in page
    assert "填写说明" not in words(hall.browser("officer").get(hall.address))


def test_another_day_shows_nothing_and_a_nonsensical_one_shows_today(hall: Hall) -> None:
    browser = hall.browser("records")
    before = words(browser.get(hall.address, {"day": "2026-02-03"}))
    assert "当日未启用" in before
    assert "2026年2月" in before
    for nonsense in ("2026-13-01", "x", "9999-01-01", "0001-01-01"):
        assert browser.get(hall.address, {"day": nonsense}).status_code == 200


def test_rooms_of_other_units_do_not_exist_for_officers(hall: Hall) -> None:
    other = acts.register_room(
        actor=hall.world["records"],
        unit=hall.world.units["FZ"],
        name="听证室",
        kind="handling_room",
    )
    assert "询问室" in words(hall.browser("officer").get(reverse("rooms")))
    assert "听证室" not in words(hall.browser("officer").get(reverse("rooms")))
    assert hall.browser("officer").get(reverse("room", args=[other.id])).status_code == 404
    assert hall.browser("records").get(reverse("room", args=[other.id])).status_code == 200
    assert hall.browser("archivist").get(reverse("rooms")).status_code == 403


def test_a_recorder_that_says_nothing_and_a_camera_that_is_down_raise_an_alarm(hall: Hall) -> None:
    browser = hall.browser("records")
    assert "录制程序没有报告" in words(browser.get(reverse("rooms")))
    report(hall, CameraState.State.RECORDING)
    page = words(browser.get(reverse("rooms")))
    assert "需要立即查看" not in page
    assert "正在录制" in page
    report(hall, CameraState.State.DOWN, "rejected")
    page = words(browser.get(reverse("rooms")))
    assert "没有在录制：摄像机拒绝登录" in page
    hall.clock.move(seconds=31)
    assert "录制程序没有报告" in words(browser.get(reverse("rooms")))


RATE, HOURS = 1_000, 72 * 3600


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"free": RATE * HOURS, "rate": RATE}, ""),
        ({"free": RATE * HOURS - 1, "rate": RATE}, "存储空间按现在的速度只够约 71 小时"),
        ({"free": 0, "rate": 0}, ""),
        ({"waiting": 40}, ""),
        ({"waiting": 41}, "有 41 个片段等待入库"),
    ],
)
def test_storage_for_three_days_and_forty_waiting_segments_are_enough_and_no_less(
    hall: Hall, figures: dict[str, int], told: str
) -> None:
    report(hall, CameraState.State.RECORDING)
    RecorderState.objects.update(**{"free": RATE * HOURS, "rate": RATE, **figures})
    page = words(hall.browser("records").get(reverse("rooms")))
    (sign,) = (one for one in record_signs() if one.name == "cameras")
    if told:
        assert "需要立即查看" in page and told in page
        assert (sign.lamp, told in sign.words) == (YELLOW, True)
    else:
        assert "需要立即查看" not in page
        assert sign.lamp == GREEN


def test_time_nobody_accounts_for_is_missing_once_it_is_too_old(hall: Hall) -> None:
    browser = hall.browser("records")
    hall.clock.set(MORNING + 3600 * S + 660 * S)
    assert "没有存入任何片段" not in words(browser.get(hall.address))
    hall.clock.move(seconds=1)
    page = words(browser.get(hall.address))
    assert "没有存入任何片段" in page
    assert "自 2026-03-10 10:00:00 起" in page


def test_a_camera_is_registered_changed_started_and_stopped_on_its_pages(hall: Hall) -> None:
    browser, room = hall.browser("records"), Room.objects.get()
    given = {
        "serial": "CAM-02",
        "view": "对面墙上",
        "address": "rtsp://10.0.0.6:554/live",
        "username": "viewer",
        "password": "word",
    }
    register = reverse("camera_register", args=[room.id])
    wrong = browser.post(register, {**given, "address": "rtsp://10.0.0.6@8.8.8.8/live"})
    assert wrong.status_code == 400
    assert "视频地址不能识别" in words(wrong)
    assert browser.post(register, given).status_code == 302
    camera = Camera.objects.get(device__serial="CAM-02")
    sealed = camera.secret
    change = reverse("camera_change", args=[camera.id])
    assert 'value="word"' not in words(browser.get(change))
    kept = {**given, "view": "门口", "password": "", "keeps": "on"}
    assert browser.post(change, kept).status_code == 302
    camera.refresh_from_db()
    assert (camera.view, camera.secret) == ("门口", sealed)
    assert browser.post(reverse("camera_start", args=[camera.id])).status_code == 302
    assert browser.post(reverse("camera_start", args=[camera.id])).status_code == 409
    stop = reverse("camera_stop", args=[camera.id])
    assert browser.post(stop, {"reason": "检修"}).status_code == 302
    assert hall.browser("officer").post(stop, {"reason": "检修"}).status_code == 403


def test_a_gap_is_explained_on_its_page(hall: Hall) -> None:
    gap = CameraGap.objects.get()
    address = reverse("camera_gap", args=[gap.id])
    head = hall.browser("unit_head")
    assert "与摄像机的连接中断" in words(head.get(address))
    assert head.post(address, {"explanation": ""}).status_code == 400
    assert head.post(address, {"explanation": "网线松动，已更换。"}).status_code == 302
    assert "网线松动" in words(head.get(hall.address))
    assert hall.browser("officer").get(address).status_code == 403


def test_a_live_view_is_entered_before_anything_is_shown_and_is_its_viewers_alone(
    hall: Hall,
) -> None:
    watch = reverse("camera_watch", args=[hall.camera.id])
    assert hall.browser("officer").post(watch).status_code == 403
    answer = hall.browser("unit_head").post(watch)
    assert answer.status_code == 302
    entry = Entry.objects.get(event="camera.watched")
    assert (entry.actor_id, entry.subject_id) == (
        hall.world["unit_head"].id,
        str(hall.camera.id),
    )
    live = answer.headers["Location"]
    assert "实时画面" in words(hall.browser("unit_head").get(live))
    stream = f"{live}stream"
    assert hall.browser("unit_head").get(stream).status_code == 404  # nothing is being recorded
    assert hall.browser("records").get(stream).status_code == 403
    hall.clock.move(minutes=30)
    assert hall.browser("unit_head").get(stream).status_code == 403


def test_the_list_and_a_room_take_as_many_queries_for_one_camera_as_for_ten(hall: Hall) -> None:
    browser = hall.browser("records")
    addresses = [reverse("rooms"), hall.address]
    few = [queries(browser, address) for address in addresses]
    for number in range(9):
        camera = acts.register_camera(
            actor=hall.world["records"],
            room_id=hall.camera.room_id,
            serial=f"CAM-1{number}",
            view=f"位置{number}",
            address="rtsp://10.0.0.7/live",
        )
        acts.put_camera_in_service(actor=hall.world["records"], camera_id=camera.id)
        open_camera_gap(actor=hall.world.system, camera_id=camera.id, cause="unreachable")
    assert [queries(browser, address) for address in addresses] == few


def test_footage_tied_to_an_activity_covers_it_and_is_viewed_as_any_other(
    street: Street,
    footage: bytes,
) -> None:
    scene = street.scene(street.filed)
    assert scene.ended_at is not None
    with clock.frozen(scene.started_at - 60 * S) as stopped:
        filmed = FilmedRoom(street.world, stopped, footage)
        filmed.take_in(filmed.segment(1, 90), filmed.segment(90, 400))
    browser = street.browser("officer")
    assert Gap.objects.filter(activity=scene, filled_at=None).exists()
    given = {
        "camera": str(filmed.camera.id),
        "started_at": f"{clock.local(scene.started_at):%Y-%m-%dT%H:%M:%S}",
        "ended_at": f"{clock.local(scene.ended_at):%Y-%m-%dT%H:%M:%S}",
        "goal": f"activity:{scene.id}",
    }
    address = reverse("room_tie", args=[filmed.camera.room_id])
    day = f"?day={clock.local_date(scene.started_at)}"
    assert browser.post(address + day, given).status_code == 302
    tied = Recording.objects.filter(time_source="recorder")
    assert {one.activity_id for one in tied} == {scene.id}
    assert not Gap.objects.filter(activity=scene, filled_at=None).exists()
    again = browser.post(address + day, given)
    assert again.status_code == 409
    assert "已经全部关联" in words(again)
    backwards = {**given, "ended_at": given["started_at"]}
    assert browser.post(address + day, backwards).status_code == 400
    one = tied.first()
    assert one is not None
    page = words(browser.get(reverse("recording", args=[one.id])))
    assert "录制程序记录，本系统时钟" in page
    assert not take_in_segments(actor=street.world.system, segments=[])
