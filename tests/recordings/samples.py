"""Real media for the tests of recordings, made once per run. Not a test."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import wave
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import av
from PIL import Image

from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_audio, make_photo, make_video
from tests.world import MORNING

SECONDS = 4


@cache
def folder() -> Path:
    return Path(mkdtemp(prefix="liuhen-samples-", dir="/tmp"))


@cache
def video(started_at: dt.datetime = MORNING, seconds: int = SECONDS, seed: int = 1) -> Path:
    """An MP4 with sound that says it began at `started_at`."""
    path = folder() / f"video-{started_at:%Y%m%d%H%M%S}-{seconds}-{seed}.mp4"
    make_video(path, Scene(started_at, seed=seed), duration_ms=seconds * 1000)
    return path


@cache
def half_silent(seconds: int = 12, sound: int = 6) -> Path:
    """An MP4 whose sound stops before its pictures do."""
    path = folder() / f"half-silent-{seconds}-{sound}.mp4"
    make_video(path, Scene(MORNING), duration_ms=seconds * 1000, sound_ms=sound * 1000)
    return path


@cache
def black_and_silent(seconds: int) -> Path:
    """An MP4 with a black picture and a sound track of nothing."""
    path = folder() / f"black-{seconds}.mp4"
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=2)
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        video.options = {"g": "2", "bf": "0"}
        audio = container.add_stream("aac", rate=16000, layout="mono")
        for number in range(2 * seconds):
            black = av.VideoFrame.from_image(Image.new("RGB", (160, 90)))  # type: ignore[no-untyped-call]
            container.mux(video.encode(black))
            sound = av.AudioFrame("fltp", "mono", 8000)
            sound.planes[0].update(bytes(4 * 8000))
            sound.sample_rate, sound.pts = 16000, 8000 * number
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


@cache
def photo() -> Path:
    path = folder() / "photo.jpg"
    make_photo(path, Scene(MORNING, width=640, height=360))
    return path


@cache
def sound() -> Path:
    path = folder() / "sound.m4a"
    make_audio(path, MORNING, duration_ms=SECONDS * 1000)
    return path


@cache
def untagged(seed: int = 1) -> Path:
    """A sound that says nothing of when it was recorded; another one for each seed."""
    path = folder() / f"untagged-{seed}.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(random.Random(seed).randbytes(8000 * 2 * SECONDS))
    return path


def split(folder: Path, *seconds: int, begins_at: dt.datetime | None, suffix: str = "mp4") -> None:
    """Films as a camera that only counts splits one: DCIM/100MEDIA/MOV_0001.MP4 and so on.

    Each is so long; with `begins_at` it says when it began, to the second.
    """
    inside = folder / "DCIM" / "100MEDIA"
    inside.mkdir(parents=True, exist_ok=True)
    for number, length in enumerate(seconds, 1):
        path = inside / f"MOV_{number:04d}.{suffix.upper()}"
        tag = () if begins_at is None else ("-metadata", f"creation_time={begins_at.isoformat()}")
        source = f"testsrc=size=160x90:rate=10:duration={length}"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-vf", f"hue=h={number * 30}",
             "-bitexact", *tag, "-f", {"mp4": "mp4", "avi": "avi"}[suffix], str(path)],
            check=True,
        )  # fmt: skip
        begins_at = begins_at and begins_at + dt.timedelta(seconds=length)


@cache
def truncated() -> Path:
    """A video whose second half never reached the card."""
    path = folder() / "truncated.mp4"
    raw = video(seed=9).read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    return path


@cache
def disguised() -> Path:
    """A text that calls itself a video."""
    path = folder() / "notes.mp4"
    path.write_text("这不是录像，只是一段文字。\n" * 50, encoding="utf-8")
    return path


@cache
def beheaded() -> Path:
    """A video whose first bytes were overwritten, so that nothing recognises it any more."""
    path = folder() / "beheaded.mp4"
    raw = bytearray(video(seed=8).read_bytes())
    raw[:4096] = bytes(range(1, 17)) * 256
    path.write_bytes(raw)
    return path


def clear() -> None:
    """Remove everything made here."""
    shutil.rmtree(folder(), ignore_errors=True)


def big(path: Path, size: int) -> Path:
    """An MP4 by its first bytes, padded to `size` with noise (a `mdat` nobody reads)."""
    head = video().read_bytes()
    with path.open("wb") as stream:
        stream.write(head)
        while stream.tell() < size:
            stream.write(os.urandom(min(1 << 20, size - stream.tell())))
    return path
