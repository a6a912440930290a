"""A camera's clock is measured by a picture of ours: what is looked at, believed, used and told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from liuhen.actions.clock_corrections import correct_by_clock
from liuhen.actions.deferring import MEASURE_CLOCK
from liuhen.actions.devices import measure_device_clock
from liuhen.actions.docking import dock_folder
from liuhen.actions.people import register_device
from liuhen.actions.recordings import state_time
from liuhen.demo.people import World
from liuhen.jobs.measuring import measure_filmed_clock
from liuhen.jobs.media import read_waiting_recordings
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media.clock_codes import ClockCode, clock_codes
from liuhen.media.facts import CreationTag
from liuhen.people.models import ClockReading, Device
from liuhen.recordings.filmed_clock import (
    AHEAD,
    OLDEST,
    WITHIN_MS,
    FilmedClock,
    Unused,
    code_text,
    may_show_clock,
    shown_by,
)
from liuhen.recordings.models import Recording
from liuhen.recordings.timing import TimeSource, Told
from liuhen.vault.keeping import local_store
from tests.recordings import filmed_codes, samples
from tests.web.conftest import browsers, words
from tests.world import MORNING

SERIAL = "DEMO-0001"
# When the page was filmed, by our clock.
FILMED = MORNING - dt.timedelta(minutes=20)
SECOND = dt.timedelta(seconds=1)

Make = Callable[[Path], Path]


def name(at: dt.datetime, suffix: str = "mp4") -> str:
    """A file's name on a camera whose clock shows `at`."""
    return f"{SERIAL}_{at.astimezone(clock.CHINA):%Y%m%d%H%M%S}.{suffix}"


def dock(world: World, folder: Path) -> Recording:
    """The new recording of a camera, docked, read and looked at as the jobs do."""
    held = list(Recording.objects.values_list("id", flat=True))
    dock_folder(folder, SERIAL, actor=world.system)
    read_waiting_recordings()
    new = Recording.objects.exclude(id__in=held).get()
    measure_filmed_clock(str(new.id))
    return new


def device() -> Device:
    return Device.objects.get(serial=SERIAL)


@pytest.mark.parametrize("ahead", [90, -45, 0])
@pytest.mark.parametrize("kind", ["named", "tagged", "photo"])
def test_a_film_or_photo_of_our_clock_measures_the_camera_and_corrects_what_comes_after(
    world: World, tmp_path: Path, ahead: int, kind: str
) -> None:
    camera, own = tmp_path / "camera", FILMED + ahead * SECOND
    camera.mkdir()
    if kind == "photo":
        filmed_codes.photo(camera / name(own, "jpg"), FILMED)
    elif kind == "named":
        filmed_codes.film(camera / name(own), FILMED)
    else:  # local time, written as if it were UTC
        tag = f"{own.astimezone(clock.CHINA):%Y-%m-%dT%H:%M:%S}Z"
        filmed_codes.film(camera / "CLIP.mp4", FILMED, tagged=tag)
    recording = dock(world, camera)
    reading = ClockReading.objects.get()
    # Its own time is a whole second here, which the arithmetic can't know: half of one is unsure.
    assert abs(reading.offset_ms - ahead * 1000) <= 500
    assert device().clock_offset_ms == reading.offset_ms
    assert (reading.filmed_in, reading.within_ms) == (recording.id, WITHIN_MS)
    assert (reading.measured_at, reading.measured_by) == (FILMED, world.system)
    assert Entry.objects.get(event="device.clock_measured").subject_id == str(device().id)
    assert local_store().digest(recording.original_id) == recording.original_id, "kept as any other"
    copy(samples.untagged(), camera / name(own + 60 * SECOND, "wav"))
    later = dock(world, camera)
    assert later.started_at is not None and later.time_source == TimeSource.NAME_CORRECTED
    assert abs(later.started_at - (FILMED + 60 * SECOND)) <= SECOND / 2


@pytest.mark.parametrize(
    "make",
    [
        lambda path: filmed_codes.grey(path),
        lambda path: filmed_codes.film(path, FILMED, blur=20),
        lambda path: filmed_codes.film(path, FILMED, lead=6),
    ],
    ids=["no code", "blurred", "after five seconds"],
)
def test_without_a_readable_code_in_the_first_seconds_nothing_is_measured(
    world: World, tmp_path: Path, make: Make
) -> None:
    make(tmp_path / name(FILMED))
    recording = dock(world, tmp_path)
    assert recording.kind == Recording.Kind.VIDEO
    assert not ClockReading.objects.exists() and device().clock_offset_ms is None


def test_a_code_is_found_up_to_five_seconds_into_a_film_with_its_place(tmp_path: Path) -> None:
    found = clock_codes(filmed_codes.film(tmp_path / "a.mp4", FILMED, lead=4))
    assert [one.at_ms // 500 for one in found] == [8, 9, 10]
    assert {one.text for one in found} == {code_text(FILMED), code_text(FILMED + SECOND)}


@pytest.mark.parametrize("broken", [samples.truncated, samples.beheaded])
def test_a_damaged_film_is_refused_or_shows_nothing(broken: Callable[[], Path]) -> None:
    try:
        assert clock_codes(broken()) == ()
    except Refused as refused:
        assert refused.code == "media.no_picture"


@pytest.mark.parametrize(
    ("shown", "is_running", "why"),
    [
        (FILMED.replace(year=2025), True, "比收到这份记录早三天以上"),
        (FILMED.replace(year=2027), True, "比收到这份记录的时间还晚"),
        (FILMED, False, "没有随摄录走动"),
    ],
)
def test_a_code_that_can_not_be_true_is_told_on_the_recording_and_not_used(
    world: World, tmp_path: Path, shown: dt.datetime, is_running: bool, why: str
) -> None:
    filmed_codes.film(tmp_path / name(FILMED), shown, is_running=is_running)
    recording = dock(world, tmp_path)
    assert not ClockReading.objects.exists() and device().clock_offset_ms is None
    page = words(browsers(world)("officer").get(reverse("recording", args=[recording.id])))
    assert f"{why}，没有采用" in page


def test_the_page_of_the_device_says_how_and_by_which_recording_it_was_measured(
    world: World, tmp_path: Path
) -> None:
    filmed_codes.film(tmp_path / name(FILMED + 90 * SECOND), FILMED)
    recording, browser = dock(world, tmp_path), browsers(world)
    address = reverse("device", args=[device().id])
    link = reverse("recording", args=[recording.id])
    page = words(browser("officer").get(address))
    assert "快 1分30.260秒" in page and "画面校时，误差不超过1.100秒" in page
    assert f'<a href="{link}">查看记录' in page
    page = words(browser("operator").get(address))
    assert str(recording.id) in page and link not in page, "who may not see the recording"
    told = words(browser("officer").get(link))
    assert "设备时钟快 1分30.260秒，误差不超过1.100秒" in told


def test_what_was_read_before_a_reading_is_set_right_by_an_act_that_names_it(
    world: World, tmp_path: Path
) -> None:
    own = [FILMED + (90 + later) * SECOND for later in (-600, -300, -60)]
    for number, at in enumerate(own):
        copy(samples.untagged(number), tmp_path / name(at, "wav").replace(".", "_001."))
    copy(samples.untagged(9), tmp_path / name(own[1], "wav").replace(".", "_002."))
    dock_folder(tmp_path, SERIAL, actor=world.system)
    read_waiting_recordings()
    far, wrong, part, stated = Recording.objects.order_by("started_at")
    assert part.follows == wrong
    officer, told = browsers(world)("officer"), {"started_at": FILMED, "ended_at": FILMED}
    state_time(actor=world["officer"], recording_id=stated.id, reason="看表", **told)
    # A first reading between the two is what the far one may be set by.
    earlier = FilmedClock(FILMED - 400 * SECOND, WITHIN_MS, far.id)
    measure_device_clock(actor=world.system, device_serial=SERIAL, offset_ms=90_000, filmed=earlier)
    measure_device_clock(actor=world["officer"], device_serial=SERIAL, offset_ms=91_000)
    newest = ClockReading.objects.latest("measured_at")
    address = reverse("device", args=[device().id])
    correct = reverse("clock_correct", args=[newest.id])
    page = words(officer.get(address))
    assert "有 1 件记录在最近一次测定以前已经读取" in page and correct in page
    shown = words(officer.get(correct))
    assert wrong.name in shown and far.name not in shown and stated.name not in shown
    assert officer.post(correct, {"recordings": [str(stated.id)], "reason": "x"}).status_code == 400
    for one, code in ((stated, "clock_no_part"), (far, "clock_no_part"), (None, "clock_many")):
        with pytest.raises(Refused, match=rf"recording\.{code}"):
            correct_by_clock(
                actor=world["officer"],
                reading_id=newest.id,
                recording_ids=[one.id] if one else [],
                reason="x",
            )
    answer = officer.post(correct, {"recordings": [str(wrong.id)], "reason": "当天测的"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    wrong.refresh_from_db()
    assert wrong.started_at == own[1] - 91 * SECOND
    part.refresh_from_db()
    assert part.started_at == wrong.ended_at, "a part moves with the one before it"
    assert {wrong.time_source, part.time_source} == {TimeSource.NAME_CORRECTED}
    body = json.loads(bytes(Entry.objects.get(event="recording.clock_corrected").body))["data"]
    assert (body["reading"], body["offset_ms"], body["reason"]) == (newest.id, 91_000, "当天测的")
    assert {one[0] for one in body["before"]} == {str(wrong.id), str(part.id)}
    assert clock.iso(own[1]) in {one[1] for one in body["before"]}
    assert correct not in words(officer.get(address)), "nothing is left to be set right"
    page = words(officer.get(reverse("recording", args=[wrong.id])))
    assert "按设备时钟的测定更正音像记录的时间" in page, "though its entry is about the device"


def test_a_recording_measures_once_and_never_over_a_newer_reading(
    world: World, tmp_path: Path
) -> None:
    measure_device_clock(actor=world["officer"], device_serial=SERIAL, offset_ms=7000)
    filmed_codes.film(tmp_path / name(FILMED + 90 * SECOND), FILMED)
    recording = dock(world, tmp_path)
    assert not measure_filmed_clock(str(recording.id))
    assert sorted(one.offset_ms for one in ClockReading.objects.all()) == [7000, 90_260]
    assert device().clock_offset_ms == 7000
    with pytest.raises(Refused, match=r"device\.clock_filmed"):
        again = FilmedClock(FILMED, WITHIN_MS, recording.id)
        measure_device_clock(actor=world.system, device_serial=SERIAL, offset_ms=1, filmed=again)


def test_only_body_cameras_photos_and_films_of_a_minute_are_looked_at(
    world: World, tmp_path: Path
) -> None:
    filmed_codes.film(tmp_path / name(FILMED), FILMED)
    dock_folder(tmp_path, SERIAL, actor=world.system)
    waiting = ProcrastinateJob.objects.filter(task_name=MEASURE_CLOCK)
    assert not waiting.exists(), "nobody has read it yet"
    read_waiting_recordings()
    recording = Recording.objects.get()
    assert [one.args for one in waiting] == [{"recording_id": str(recording.id)}]
    assert may_show_clock(recording)
    for length, is_looked_at in ((60_000, True), (60_001, False)):
        recording.media["duration_ms"] = length
        assert may_show_clock(recording) == is_looked_at
    recording.kind = Recording.Kind.PHOTO
    assert may_show_clock(recording)
    for kind, is_looked_at in ((Recording.Kind.AUDIO, False), (Recording.Kind.SCAN, False)):
        recording.kind, recording.has_video = kind, None
        recording.media["duration_ms"] = 1000
        assert may_show_clock(recording) == is_looked_at
    recording.kind, recording.has_video = Recording.Kind.VIDEO, True
    recording.device = register_device(
        actor=world["records"], serial="PHONE-1", kind=Device.Kind.PHONE, unit=device().unit
    )
    assert not may_show_clock(recording)
    recording.device = None
    assert not may_show_clock(recording)


def codes(*told: tuple[int, dt.datetime]) -> list[ClockCode]:
    return [ClockCode(at_ms, code_text(at)) for at_ms, at in told]


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        (MORNING + AHEAD, None),
        (MORNING + AHEAD + SECOND, Unused.FUTURE),
        (MORNING - OLDEST, None),
        (MORNING - OLDEST - SECOND, Unused.OLD),
    ],
)
def test_a_code_of_the_last_three_days_and_no_later_than_our_clock_is_believed(
    code: dt.datetime, unused: Unused | None
) -> None:
    shown = shown_by(codes((0, code)), Told(named=code), MORNING)
    assert shown is not None and shown.unused == unused
    assert shown.offset_ms == (0 if unused is None else None)


def test_codes_that_follow_one_another_narrow_the_second_and_one_that_stands_still_is_refused() -> (
    None
):
    told = Told(named=FILMED)
    # The second changes between 0.5 and 1 s: the film began between 0 and 0.5 s after it began.
    shown = shown_by(codes((0, FILMED), (500, FILMED), (1000, FILMED + SECOND)), told, MORNING)
    assert shown is not None and shown.offset_ms == 250
    # A screen may be a quarter of a second late, no more.
    for last, unused in ((1250, None), (1251, Unused.STILL)):
        shown = shown_by(codes((0, FILMED), (last, FILMED)), told, MORNING)
        assert shown is not None and shown.unused == unused
    assert shown_by([ClockCode(0, "LIUHEN-CLOCK soon")], told, MORNING) is None
    assert shown_by([ClockCode(0, "LIUHEN-CLOCK 2026-13-10T09:00:05+08:00")], told, MORNING) is None


def tagged(text: str, *, zone_known: bool = True) -> Told:
    return Told(tag=CreationTag(text, zone_known, "creation_time"))


@pytest.mark.parametrize(
    ("told", "offset_ms"),
    [
        (tagged("2026-03-10T00:41:30+00:00"), 90_000),
        (tagged("2026-03-10T08:41:30+00:00"), 90_000),  # local time, called UTC
        (tagged("2026-03-10T08:41:30", zone_known=False), 90_000),
        (
            tagged("2005-01-01T00:00:00+00:00"),
            round((dt.datetime(2005, 1, 1, tzinfo=dt.UTC) - FILMED) / dt.timedelta(milliseconds=1)),
        ),
        (tagged("2004-12-31T15:59:59+00:00"), None),  # a clock that nobody set
        (Told(), None),
    ],
)
def test_the_cameras_own_time_is_read_as_that_of_its_other_recordings(
    told: Told, offset_ms: int | None
) -> None:
    shown = shown_by(codes((0, FILMED)), told, MORNING)
    assert shown is not None and shown.offset_ms == offset_ms
    assert shown.unused == (None if offset_ms is not None else Unused.UNTIMED)
