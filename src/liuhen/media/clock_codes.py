"""Codes of our clock page in a short film or a photo: found in a confined child, told as text.

Not for what they mean (`recordings.filmed_clock`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media import signatures
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import CODES

PREFIX = "LIUHEN-CLOCK "
# Whoever films the page does it first and for two seconds: so much is enough, and it bounds what a
# camera's thousand short films cost. Twice a second, so that each code is seen more than once.
LOOKED_MS, STEP_MS = 5000, 500


@dataclass(frozen=True)
class ClockCode:
    """A code of ours and where on the file's timeline it is seen."""

    at_ms: int
    text: str


@dataclass(frozen=True)
class ClockCodes:
    """What was found, in order of time; codes of others are not told."""

    codes: tuple[ClockCode, ...]


def clock_codes(path: Path) -> tuple[ClockCode, ...]:
    """The codes in the first seconds of a film, or in a photo.

    Raises:
        Refused: `media.no_picture`, with `cause`.
    """
    try:
        with path.open("rb", buffering=0) as file:
            found = signatures.found_type(file.read(signatures.HEAD_BYTES))
    except OSError as error:
        raise Refused("media.no_picture", cause=str(error.strerror)) from error
    asked = {"found": found if found in signatures.PHOTOS else ""}
    made = run_job("find_clock_codes", ClockCodes, CODES, source=path, arguments=asked)
    if isinstance(made, Failure):
        raise Refused("media.no_picture", cause=f"{made.kind}: {made.detail}")
    return made.result.codes
