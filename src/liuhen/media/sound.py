"""The waveform of a recording and its voices, found in a confined child. Not for words."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, JobName, run_job
from liuhen.media.limits import SOUND, VOICES, Limits
from liuhen.media.stretches import Voices
from liuhen.media.waveform import Waveform

T = TypeVar("T")


def waveform(path: Path, *, bin_ms: int = 100) -> Waveform:
    """Peaks of the first sound track, one per `bin_ms` (10..10000) milliseconds.

    Raises:
        Refused: media.no_sound, with `cause`.
    """
    if not 10 <= bin_ms <= 10_000:
        raise ValueError(f"no bins of {bin_ms} ms")
    return _heard("waveform", Waveform, SOUND, path, {"bin_ms": bin_ms})


def voices(path: Path) -> Voices:
    """Where somebody speaks on the first sound track.

    Raises:
        Refused: media.no_sound, with `cause`.
    """
    return _heard("voices", Voices, VOICES, path, {"voices": True})


def _heard(job: JobName, shape: type[T], limits: Limits, path: Path, asked: dict[str, object]) -> T:
    try:
        limits = limits.for_size(path.stat().st_size)
    except OSError as error:
        raise Refused("media.no_sound", cause=str(error.strerror)) from error
    made = run_job(job, shape, limits, source=path, arguments=asked)
    if isinstance(made, Failure):
        raise Refused("media.no_sound", cause=f"{made.kind}: {made.detail}")
    return made.result
