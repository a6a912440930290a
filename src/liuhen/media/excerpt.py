"""A piece of a recording, or one of its pictures, as a file of its own; made in a confined child.

Derivatives with their origin told; the original is not touched. Not for small pictures
(`pictures.thumbnail`) or proxies.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import CLIP
from liuhen.media.replacing import replaced

# What is taken out is coded anew with a name in it, while somebody waits.
LONGEST_MS = 10 * 60 * 1000


@dataclass(frozen=True)
class Clip:
    """What was written: its container, and the moments of the original it shows, in ms."""

    container: str
    from_ms: int
    to_ms: int


def make_clip(path: Path, out: Path, from_ms: int, to_ms: int) -> Clip:
    """Write from_ms..to_ms of a recording to `out`, its packets as they are.

    It begins at the key picture at or before `from_ms`.

    Raises:
        Refused: clip.span (empty, or over `LONGEST_MS`); media.no_clip, with `cause`.
    """
    if not (0 <= from_ms < to_ms and to_ms - from_ms <= LONGEST_MS):
        raise Refused("clip.span", minutes=LONGEST_MS // 60_000)
    with replaced(out) as output:
        asked = {"from_ms": from_ms, "to_ms": to_ms}
        made = run_job("clip", Clip, CLIP, source=path, output=output, arguments=asked)
        if isinstance(made, Failure):
            raise Refused("media.no_clip", cause=f"{made.kind}: {made.detail}")
        return made.result
