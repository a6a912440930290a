"""A film that is made anew has every picture of the original, at the moment it had."""

from __future__ import annotations

from pathlib import Path

import av
import numpy
import pytest

from liuhen.bench import walkers
from liuhen.media.inside import facing
from liuhen.media.proxy import make_proxy
from liuhen.media.redacting import cover_film, find_faces


def moments(path: Path) -> list[float]:
    with av.open(str(path)) as source:
        origin = (source.start_time or 0) / 1_000_000
        return [frame.time - origin for frame in source.decode(video=0)]


@pytest.mark.parametrize("rate", [15, 24, 25, 30, 60])
def test_covered_films_and_proxies_keep_every_picture_at_its_moment(
    rate: int, tmp_path: Path
) -> None:
    film = walkers.film(tmp_path / "walk.mp4", seconds=2, rate=rate)
    had = moments(film)
    assert len(had) == 2 * rate
    covered = cover_film(film, tmp_path / "covered.mp4", regions=[], faces=False)
    proxy = make_proxy(film, tmp_path / "proxy.mp4", height=160)
    assert (covered.frames, proxy.failed_packets) == (2 * rate, 0)
    for made in ("covered.mp4", "proxy.mp4"):
        assert moments(tmp_path / made) == pytest.approx(had, abs=0.001)


def held_upright(path: Path, turns: int) -> Path:
    """A film with a face, recorded lying, that is to be turned by so many quarters."""
    with av.open(str(path), "w", format="mp4") as target:
        made = target.add_stream("libx264", rate=10, options={"crf": "18", "threads": "1"})
        seen = numpy.rot90(numpy.asarray(walkers.street((240, 110))), -turns)
        made.height, made.width, made.pix_fmt = *seen.shape[:2], "yuv420p"
        made.set_display_rotation(90 * turns)
        picture = av.VideoFrame.from_ndarray(numpy.ascontiguousarray(seen), format="rgb24")
        for _ in range(5):
            target.mux(made.encode(picture))
        target.mux(made.encode(None))
    return path


def shown(path: Path) -> numpy.ndarray:
    """The first picture as a player shows it."""
    with av.open(str(path)) as source:
        frame = next(source.decode(video=0))
        return numpy.rot90(frame.to_ndarray(format="bgr24"), round(frame.rotation / 90)).copy()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_faces_are_found_and_covered_in_pictures_as_a_player_shows_them(
    turns: int, tmp_path: Path
) -> None:
    facing.prepare({})
    film = held_upright(tmp_path / "phone.mp4", turns)
    tracks = find_faces(film).tracks
    assert len(tracks) == 1
    key = tracks[0].keys[0]
    assert key.left < 500 < key.right and key.top < 344 < key.bottom, "where people see it"
    covered = cover_film(
        film, tmp_path / "covered.mp4", regions=[one.keys for one in tracks], faces=False
    )
    make_proxy(film, tmp_path / "proxy.mp4", height=320)
    upright = (walkers.HIGH, walkers.WIDE, 3)
    assert shown(tmp_path / "covered.mp4").shape == shown(film).shape == upright
    assert covered.frames == 5 and not facing.find(shown(tmp_path / "covered.mp4"))
    assert len(facing.find(shown(tmp_path / "proxy.mp4"))) == 1
