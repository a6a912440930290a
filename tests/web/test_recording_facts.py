"""What a recording's page says of its file: what there is to know of such a file, no more."""

from __future__ import annotations

from django.urls import reverse

from liuhen.jobs.damage import look_through_waiting
from liuhen.jobs.media import read_recording
from liuhen.recordings.derivatives import DAMAGE
from liuhen.recordings.models import Derivative, Recording
from tests.web.conftest import Street, hand_in, words


def test_a_photo_has_pixels_and_neither_length_nor_tracks(street: Street) -> None:
    photo = hand_in(street.world, 5)
    assert read_recording(str(photo.id))
    photo.refresh_from_db()
    page = words(street.browser("records").get(reverse("recording", args=[photo.id])))
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
