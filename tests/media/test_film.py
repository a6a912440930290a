"""A film that is made anew has every picture of the original, at the moment it had."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from liuhen.bench import walkers
from liuhen.media.proxy import make_proxy
from liuhen.media.redacting import cover_film


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
