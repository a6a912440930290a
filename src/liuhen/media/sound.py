"""The waveform of a recording, measured in a confined child. Not for speech or its text."""

from __future__ import annotations

from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import SOUND
from liuhen.media.waveform import Waveform


def waveform(path: Path, *, bin_ms: int = 100) -> Waveform:
    """Peaks of the first sound track, one per `bin_ms` (10..10000) milliseconds.

    Raises:
        Refused: media.no_sound, with `cause`.
    """
    if not 10 <= bin_ms <= 10_000:
        raise ValueError(f"no bins of {bin_ms} ms")
    limits = SOUND
    try:
        limits = limits.for_size(path.stat().st_size)
    except OSError as error:
        raise Refused("media.no_sound", cause=str(error.strerror)) from error
    made = run_job("waveform", Waveform, limits, source=path, arguments={"bin_ms": bin_ms})
    if isinstance(made, Failure):
        raise Refused("media.no_sound", cause=f"{made.kind}: {made.detail}")
    return made.result
