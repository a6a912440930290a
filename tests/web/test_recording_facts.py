"""What a recording's page says of its file: what there is to know of such a file, no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from liuhen.actions.docking import dock_folder
from liuhen.jobs.damage import look_through_waiting
from liuhen.jobs.media import read_recording, read_waiting_recordings
from liuhen.recordings.derivatives import DAMAGE
from liuhen.recordings.models import Derivative, Recording
from liuhen.web.recording_facts import file_findings, is_other_model
from tests.recordings import samples
from tests.web.conftest import Street, hand_in, words
from tests.world import MORNING


def test_a_photo_has_pixels_and_neither_length_nor_tracks(street: Street) -> None:
    photo = hand_in(street.world, 5)
    address = reverse("recording", args=[photo.id])
    page = words(street.browser("records").get(address))
    assert "正在读取" in page and "没有出错" not in page, "nobody has looked at it yet"
    assert read_recording(str(photo.id))
    photo.refresh_from_db()
    page = words(street.browser("records").get(address))
    assert "已完整解码，没有出错" in page
    size = f"{photo.media['width']}×{photo.media['height']}"
    assert "像素" in page and size in page
    assert "时长" not in page and "轨道" not in page


def test_a_film_has_length_and_tracks(street: Street) -> None:
    film = Recording.objects.get(case=street.filed)
    page = words(street.browser("records").get(reverse("recording", args=[film.id])))
    assert "时长" in page and "轨道" in page and "像素" not in page


def test_a_film_says_whether_it_was_decoded_and_where_that_failed(street: Street) -> None:
    film = Recording.objects.get(case=street.filed)
    page, address = street.browser("records"), reverse("recording", args=[film.id])
    assert "还没有从头到尾解码" in words(page.get(address))
    assert look_through_waiting() >= 1
    told = words(page.get(address))
    assert "解码到底，没有出错" in told and "编码不带校验" in told
    assert "从头到尾解码，有" not in told
    row = Derivative.objects.get(original=film.original_id, kind=DAMAGE)
    row.how |= {"count": 4, "stretches": [["video", 1000, 3500], ["audio", 7000, 7000]]}
    row.save()
    told = words(page.get(address))
    assert "从头到尾解码，有4处出错：画面 1秒 至 3.500秒、声音 7秒 处。" in told
    assert "没有出错" not in told
    row.how |= {"count": 0, "stretches": [], "is_whole": False}
    row.save()
    assert "没有能够解码到底：其余部分是否完好，不知道。" in words(page.get(address))


def test_the_files_before_and_behind_of_a_split_recording_are_a_click_away(
    street: Street, tmp_path: Path
) -> None:
    samples.split(tmp_path, 2, 2, 2, begins_at=MORNING)
    dock_folder(tmp_path, "DEMO-0001", actor=street.world["officer"])
    read_waiting_recordings()
    first, second, third = Recording.objects.filter(name__startswith="MOV_").order_by("name")
    officer = street.browser("officer")
    address = {one: reverse("recording", args=[one.id]) for one in (first, second, third)}
    page = officer.get(address[second])
    assert "上一分段" in words(page) and "下一分段" in words(page)
    assert address[first] in page.content.decode() and address[third] in page.content.decode()
    assert "上一分段" not in words(officer.get(address[first]))
    assert "下一分段" not in words(officer.get(address[third]))


@pytest.mark.parametrize(
    ("tag", "model", "is_other"),
    [
        ("Acme DSJ-A9", "DSJ-A9", False),
        ("Acme X1", "DSJ-A9", True),
        ("Acme X1", "虚构牌", False),
        ("Acme X1", "", False),
    ],
)
def test_a_file_that_names_another_model_than_the_register_says_so(
    street: Street, tag: str, model: str, *, is_other: bool
) -> None:
    device = street.world.devices["DEMO-0001"]
    assert is_other_model(tag, model) == is_other
    film = Recording.objects.get(case=street.filed)
    film.device, film.media = device, film.media | {"device": tag}
    device.model = model
    assert any("与登记的型号" in one for one in file_findings(film, None)) == is_other
