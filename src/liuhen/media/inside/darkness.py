"""Where the picture of a recording is black: by its key pictures alone. Child only."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from av.video.frame import VideoFrame

from liuhen.media.inside.picturing import brightness, opened, origin_ms
from liuhen.media.inside.strictness import UNREADABLE
from liuhen.media.stretches import Darkness, joined
from liuhen.media.worker import JobRefused

# Video's black is 16 of 255; a lens that is covered by a hand gives little more.
_BLACK: Final = 20
_MAX_PICTURES: Final = 200_000


def find_darkness(arguments: dict[str, Any]) -> Darkness:
    """Job: where the picture is black for at least `at_least_ms`.

    Raises:
        JobRefused: no picture can be decoded.
    """
    container, stream = opened()
    stream.codec_context.skip_frame = "NONKEY"
    origin, tick = origin_ms(container), stream.time_base or Fraction(1, 1000)
    seen, failed, packets = list[tuple[int, bool]](), 0, container.demux(stream)
    while len(seen) < _MAX_PICTURES:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            seen += [
                _look(frame, tick, origin) for frame in packet.decode() if frame.pts is not None
            ]
        except UNREADABLE:
            failed += 1
            if failed > _MAX_PICTURES:
                break
    if not seen:
        raise JobRefused("no picture could be decoded")
    end = max(seen[-1][0] + 1, (container.duration or 0) // 1000)
    seen.sort()
    dark = [(a, b) for (a, is_dark), (b, _) in pairwise([*seen, (end, False)]) if is_dark]
    return Darkness(joined(dark, gap_ms=1, at_least_ms=arguments["at_least_ms"]), failed)


def _look(frame: VideoFrame, tick: Fraction, origin: int) -> tuple[int, bool]:
    shown = max(0, int((frame.pts or 0) * tick * 1000) - origin)
    return shown, brightness(frame) <= _BLACK
