"""Real media for the tests of this folder, made once per run, and ways to break them."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_audio, make_photo, make_video

STARTED_AT = dt.datetime(2025, 3, 3, 9, 15, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PLACE = (31.2304, -121.4737)
SCENE = Scene(STARTED_AT)
VIDEOS = ("video.mp4", "video.mov", "video.mkv", "video.avi", "video.ts", "video.webm")
SOUNDS = ("sound.mp3", "sound.wav", "sound.m4a")
PHOTOS = ("photo.jpg", "photo.png", "photo.heic")
DURATION_MS = 4000


def make_sample(name: str, folder: Path) -> Path:
    """One of the names above, four seconds long where it lasts."""
    path = folder / name
    if name in VIDEOS:
        make_video(path, SCENE, duration_ms=DURATION_MS, place=PLACE)
    elif name in SOUNDS:
        make_audio(path, STARTED_AT, duration_ms=DURATION_MS)
    else:
        scene = Scene(STARTED_AT, width=640, height=360)
        make_photo(path, scene, place=PLACE, orientation=6)
    return path


def overwritten(raw: bytes, seed: int, count: int = 64) -> bytes:
    """The bytes with `count` in a row replaced at a place that the seed decides."""
    chance = random.Random(seed)
    at = chance.randrange(len(raw) - count)
    return raw[:at] + chance.randbytes(count) + raw[at + count :]
