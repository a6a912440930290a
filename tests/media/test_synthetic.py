"""Synthetic media: real files, small, quick, the same every time."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from liuhen.media import scene
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_audio, make_photo, make_video
from tests.media.samples import SCENE, STARTED_AT, VIDEOS

CHINESE_FONTS = tuple(
    Path(place)
    for place in (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    )
    if Path(place).exists()
)


def test_twenty_seconds_are_small_and_their_letters_are_drawn_once_a_second(
    tmp_path: Path,
) -> None:
    """Of a hundred pictures; letters cost more than all else of one."""
    scene._lines.cache_clear()
    make_video(tmp_path / "a.mp4", SCENE, duration_ms=20_000)
    drawn = scene._lines.cache_info()
    assert (drawn.misses, drawn.hits) == (20, 80)
    assert (tmp_path / "a.mp4").stat().st_size < 150_000


@pytest.mark.parametrize("name", [*VIDEOS, "a.mp3", "a.wav", "a.m4a", "a.jpg", "a.png"])
def test_the_same_arguments_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    made = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / name
        if name in VIDEOS:
            make_video(path, SCENE, duration_ms=1000)
        elif path.suffix in {".jpg", ".png"}:
            make_photo(path, SCENE)
        else:
            make_audio(path, STARTED_AT, duration_ms=1000)
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_another_seed_and_another_time_are_another_picture() -> None:
    first = Scene(STARTED_AT).picture_at(0)
    for other in (
        Scene(STARTED_AT, seed=2).picture_at(0),
        Scene(STARTED_AT + dt.timedelta(hours=1)).picture_at(0),
        Scene(STARTED_AT).picture_at(1000),
    ):
        assert ImageChops.difference(first, other).getbbox() is not None


def test_the_clock_runs_in_the_zone_of_the_start() -> None:
    same = STARTED_AT.astimezone(dt.UTC)
    shown, elsewhere = Scene(STARTED_AT).picture_at(0), Scene(same).picture_at(0)
    assert ImageChops.difference(shown, elsewhere).getbbox() is not None


def test_without_a_chinese_font_every_text_is_ascii(tmp_path: Path) -> None:
    absent = Scene(STARTED_AT, label="演示画面", font=tmp_path / "absent.ttf")
    assert not absent.is_chinese
    plain = Scene(STARTED_AT, label="DEMO PICTURE")
    assert ImageChops.difference(absent.picture_at(0), plain.picture_at(0)).getbbox() is None


@pytest.mark.skipif(not CHINESE_FONTS, reason="this machine has no Chinese font")
def test_with_a_chinese_font_the_label_is_drawn_in_chinese() -> None:
    scene = Scene(STARTED_AT, label="演示画面", caption="现场检查", font=CHINESE_FONTS[0])
    other = Scene(STARTED_AT, label="演习画面", caption="现场检查", font=CHINESE_FONTS[0])
    assert scene.is_chinese
    box = ImageChops.difference(scene.picture_at(0), other.picture_at(0)).getbbox()
    assert box is not None and box[3] < 30  # only the label in the upper corner


@pytest.mark.parametrize(
    ("size", "start"),
    [
        ((321, 180), STARTED_AT),
        ((62, 180), STARTED_AT),
        ((320, 180), STARTED_AT.replace(tzinfo=None)),
    ],
)
def test_impossible_scenes_are_refused(size: tuple[int, int], start: dt.datetime) -> None:
    with pytest.raises(ValueError, match=r"size|zone"):
        Scene(start, width=size[0], height=size[1])


def test_unknown_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="container"):
        make_video(tmp_path / "a.txt", SCENE)
    with pytest.raises(ValueError, match="container"):
        make_audio(tmp_path / "a.mp4", STARTED_AT)
    with pytest.raises(ValueError, match="format"):
        make_photo(tmp_path / "a.gif", SCENE)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_pixels_of_a_photo_stay_as_stored(orientation: int, tmp_path: Path) -> None:
    make_photo(tmp_path / "a.png", SCENE, orientation=orientation)
    with Image.open(tmp_path / "a.png") as stored:
        assert stored.getexif()[0x0112] == orientation
        assert ImageChops.difference(stored.convert("RGB"), SCENE.picture_at(0)).getbbox() is None


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no second reader on this machine")
def test_another_reader_agrees_on_the_length(tmp_path: Path) -> None:
    make_video(tmp_path / "a.mp4", SCENE, duration_ms=3000)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0",
         str(tmp_path / "a.mp4")], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(told.stdout) == 3.0
    assert told.stderr == ""
