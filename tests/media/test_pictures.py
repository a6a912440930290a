"""Pictures of media: the right moment, upright, small, and nothing half-written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PIL import Image

from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import contact_sheet, thumbnail
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_photo, make_video
from tests.media.conftest import Sample
from tests.media.samples import SCENE, STARTED_AT, VIDEOS


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean difference of two pictures' grey values, 0..255."""
    size = (160, 90)
    pairs = zip(
        first.convert("L").resize(size).tobytes(), second.convert("L").resize(size).tobytes(),
        strict=True,
    )  # fmt: skip
    return sum(abs(a - b) for a, b in pairs) / (size[0] * size[1])


@pytest.mark.parametrize("name", VIDEOS)
def test_a_still_shows_the_moment_asked_for(name: str, sample: Sample, tmp_path: Path) -> None:
    made = thumbnail(sample(name), tmp_path / "still.jpg", 320, at_ms=2500)
    assert made.at_ms is not None and 2200 <= made.at_ms <= 2500
    with Image.open(tmp_path / "still.jpg") as still:
        assert (still.format, still.size) == ("JPEG", (320, 180))
        there = min(difference(still, SCENE.picture_at(ms)) for ms in (2200, 2400))
        elsewhere = difference(still, SCENE.picture_at(0))
    assert there < 4 and there * 1.2 < elsewhere


def test_a_thumbnail_is_no_wider_than_asked_and_never_enlarged(
    sample: Sample, tmp_path: Path
) -> None:
    small = thumbnail(sample("video.mp4"), tmp_path / "a.jpg", 100)
    assert (small.width, small.height) == (100, 56)
    whole = thumbnail(sample("video.mp4"), tmp_path / "b.jpg", 2000)
    assert (whole.width, whole.height) == (320, 180)


def test_a_dark_beginning_is_passed_over(tmp_path: Path) -> None:
    class Night(Scene):
        def picture_at(self, moment_ms: int) -> Image.Image:
            if moment_ms < 3000:
                return Image.new("RGB", (self.width, self.height))
            return super().picture_at(moment_ms)

    make_video(tmp_path / "dark.mp4", Night(STARTED_AT), duration_ms=9000, has_sound=False)
    made = thumbnail(tmp_path / "dark.mp4", tmp_path / "poster.jpg")
    assert made.at_ms is not None and made.at_ms >= 3000


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.heic"])
def test_a_photo_is_shown_upright(name: str, sample: Sample, tmp_path: Path) -> None:
    made = thumbnail(sample(name), tmp_path / "photo.jpg", 180)
    assert (made.width, made.height) == (180, 320)
    with Image.open(tmp_path / "photo.jpg") as shown:
        assert not shown.getexif()
        upright = Scene(STARTED_AT, width=640, height=360).picture_at(0).rotate(-90, expand=True)
        assert difference(shown, upright) < 6


def test_a_contact_sheet_spreads_over_the_recording(sample: Sample, tmp_path: Path) -> None:
    for name in ("video.mp4", "video.ts"):
        made = contact_sheet(sample(name), tmp_path / "sheet.jpg", columns=4, rows=2, width=120)
        assert (made.width, made.columns, made.rows) == (480, 4, 2)
        times = [at for at in made.at_ms if at is not None]
        assert len(times) == 8 and times == sorted(times)
        assert times[0] < 500 and times[-1] > 3000
        with Image.open(tmp_path / "sheet.jpg") as sheet:
            assert sheet.size == (made.width, made.height)


def test_what_has_no_picture_is_refused_and_the_old_file_stays(
    sample: Sample, tmp_path: Path
) -> None:
    out = tmp_path / "out.jpg"
    out.write_bytes(b"before")
    (tmp_path / "broken.jpg").write_bytes(sample("photo.jpg").read_bytes()[:300])
    (tmp_path / "text.mp4").write_text("no video", "utf-8")
    for source in (
        sample("sound.mp3"), tmp_path / "broken.jpg", tmp_path / "text.mp4", tmp_path / "absent",
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            thumbnail(source, out)
        assert refused.value.code == "media.no_picture" and refused.value.data["cause"]
    assert out.read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.jpg", "out.jpg", "text.mp4"]


def test_a_damaged_video_still_gives_what_can_be_decoded(sample: Sample, tmp_path: Path) -> None:
    raw = sample("video.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(raw[: len(raw) // 2])
    made = thumbnail(tmp_path / "cut.mp4", tmp_path / "out.jpg")
    assert made.at_ms is not None and made.at_ms < 2000
    sheet = contact_sheet(tmp_path / "cut.mp4", tmp_path / "sheet.jpg", width=80)
    assert sheet.at_ms[0] is not None


def test_a_picture_of_absurd_dimensions_is_refused(tmp_path: Path) -> None:
    from tests.media.test_damage import png  # noqa: PLC0415 - one maker of hostile pictures

    (tmp_path / "bomb.png").write_bytes(png(60_000, 60_000))
    with pytest.raises(Refused) as refused:
        thumbnail(tmp_path / "bomb.png", tmp_path / "out.jpg")
    assert "60000" in refused.value.data["cause"]


@pytest.mark.parametrize("width", [0, 15, 4097])
def test_an_impossible_width_is_a_mistake_of_the_caller(width: int, tmp_path: Path) -> None:
    make_photo(tmp_path / "p.png", Scene(STARTED_AT + dt.timedelta(days=1)))
    with pytest.raises(ValueError, match="wide"):
        thumbnail(tmp_path / "p.png", tmp_path / "out.jpg", width)
