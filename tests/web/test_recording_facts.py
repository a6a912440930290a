"""What a recording's page says of its file: what there is to know of such a file, no more."""

from __future__ import annotations

from django.urls import reverse

from liuhen.jobs.media import read_recording
from liuhen.recordings.models import Recording
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
