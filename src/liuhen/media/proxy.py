"""A copy of a recording that every browser plays, made in a confined child; never evidence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import PROXY
from liuhen.media.replacing import replaced


@dataclass(frozen=True)
class Proxy:
    """What was written: pixels (None: sound only), packets that could not be decoded."""

    width: int | None
    height: int | None
    failed_packets: int


def make_proxy(path: Path, out: Path, *, height: int = 720) -> Proxy:
    """Write an MP4 (H.264, AAC) of a recording to `out`, replacing it whole.

    Raises:
        Refused: media.no_proxy, with `cause`; `out` is then untouched.
    """
    limits = PROXY
    try:
        limits = limits.for_size(path.stat().st_size)
    except OSError as error:
        raise Refused("media.no_proxy", cause=str(error.strerror)) from error
    with replaced(out) as output:
        asked = {"height": height}
        made = run_job("proxy", Proxy, limits, source=path, output=output, arguments=asked)
        if isinstance(made, Failure):
            raise Refused("media.no_proxy", cause=f"{made.kind}: {made.detail}")
        if os.pread(output, 4, 4) != b"ftyp":
            raise Refused("media.no_proxy", cause="the child wrote no MP4")
        return made.result
