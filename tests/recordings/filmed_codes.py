"""Films and photos of our clock page, made by ffmpeg of real codes. Not a test."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import segno

from liuhen.recordings.filmed_clock import code_text

# As a camera sees a screen: the code fills part of the picture, on grey.
_SIZE, _SCALE = (1280, 720), 12


def codes(folder: Path, first: dt.datetime, seconds: int, *, is_running: bool = True) -> Path:
    """Pictures of the codes of so many seconds, `000.png` and on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(seconds):
        shown = first + dt.timedelta(seconds=number if is_running else 0)
        code = segno.make(code_text(shown), error="m")
        code.save(str(folder / f"{number:03}.png"), scale=_SCALE, border=4)
    return folder


def film(
    path: Path,
    first: dt.datetime,
    *,
    seconds: int = 3,
    is_running: bool = True,
    blur: int = 0,
    lead: int = 0,
    tagged: str = "",
) -> Path:
    """A film of the page whose first picture shows `first`, behind `lead` seconds of grey.

    `tagged` is the time the camera wrote into it.
    """
    pictures = codes(path.with_suffix(".codes"), first, seconds, is_running=is_running)
    across, down = _SIZE
    chain = f"pad={across}:{down}:(ow-iw)/2:(oh-ih)/2:gray"
    chain += f",boxblur={blur}" if blur else ""
    chain += f",tpad=start_duration={lead}:color=gray" if lead else ""
    tag = ("-metadata", f"creation_time={tagged}") if tagged else ()
    coded = ("-r", "25", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast")
    _ffmpeg(
        "-framerate", "1", "-i", str(pictures / "%03d.png"), "-vf", chain, *coded, *tag, str(path)
    )
    shutil.rmtree(pictures)
    return path


def photo(path: Path, shown: dt.datetime) -> Path:
    """A photo of the page."""
    pictures = codes(path.with_suffix(".codes"), shown, 1)
    across, down = _SIZE
    _ffmpeg("-i", str(pictures / "000.png"), "-vf",
            f"pad={across}:{down}:(ow-iw)/2:(oh-ih)/2:gray", str(path))  # fmt: skip
    shutil.rmtree(pictures)
    return path


def grey(path: Path, seconds: int = 2) -> Path:
    """A film without a code."""
    across, down = _SIZE
    _ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={across}x{down}:d={seconds}",
            "-pix_fmt", "yuv420p", str(path))  # fmt: skip
    return path


def _ffmpeg(*arguments: str) -> None:
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg is not None
    subprocess.run([ffmpeg, "-v", "error", "-y", *arguments], check=True)
