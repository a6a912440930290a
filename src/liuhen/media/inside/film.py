"""An MP4 in the making, of pictures and sound that each keep the moment they had. Child only.

H.264 and AAC, which every browser plays. Not for copying tracks as they are (`remux`, `clipping`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from av.audio.resampler import AudioResampler
from av.container import OutputContainer

from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, open_container

RATE: Final = 48_000
# So many packets that can't be decoded, and a recording is read no further.
MOST_FAILED: Final = 1_000_000
_TICK: Final = Fraction(1, 90_000)

# Changes samples in place (channels by samples, from -1 to 1); the second is where they begin,
# in samples. Returns whether it changed any.
Change = Callable[[Any, int], bool]


def quarter_turns() -> int:
    """How often the pictures of the input are to be turned by 90 degrees, against the clock.

    A phone held upright records lying pictures and says so; 0 where nothing can be decoded.
    """
    try:
        with open_container(Source()) as source:
            for stream in source.streams.video[:1]:
                stream.codec_context.thread_count = 1
                for frame in source.decode(stream):
                    return round(frame.rotation / 90) % 4
    except UNREADABLE:
        pass
    return 0


class Film:
    """At most one track of pictures and one of sound, written to `target`; call `end` last."""

    def __init__(self, target: OutputContainer) -> None:
        self._target = target
        self._seen: Any = None
        self._heard: Any = None
        self._last = -1
        self._resampler = AudioResampler("fltp", "stereo", RATE)

    def add_pictures(
        self, width: int, height: int, coding: Mapping[str, str], turns: int = 0
    ) -> None:
        """Pictures of at most this size; sides are even. Players turn them by `turns` quarters."""
        made: Any = self._target.add_stream("libx264", options=dict(coding))
        made.width, made.height = width // 2 * 2 or 2, height // 2 * 2 or 2
        made.pix_fmt, made.time_base = "yuv420p", _TICK
        # Else the encoder rounds moments to a rate of its own, and two pictures get the same one.
        made.codec_context.time_base = _TICK
        if turns:
            made.set_display_rotation(90 * turns)
        self._seen = made

    def add_sound(self) -> None:
        """Sound in two channels."""
        self._heard = self._target.add_stream("aac", rate=RATE)
        self._heard.time_base = Fraction(1, RATE)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the pictures, None without any."""
        return (self._seen.width, self._seen.height) if self._seen is not None else None

    def put_picture(self, frame: Any, at: Fraction) -> None:
        """A picture at `at` seconds, in any size and format.

        Of pictures that a damaged recording gives one moment, each but the first is a tick later.
        """
        made = self._seen
        picture = frame.reformat(
            width=made.width, height=made.height, format="yuv420p", interpolation="AREA", threads=1
        )
        self._last = max(self._last + 1, int(at / _TICK))
        picture.pts, picture.time_base = self._last, _TICK
        self._target.mux(made.encode(picture))

    def put_sound(self, frame: Any, at: Fraction, change: Change | None = None) -> None:
        """Sound from `at` seconds on, at any rate; `change` may change it first."""
        begin = int(at * RATE)
        for part in self._resampler.resample(frame):
            heard = part if change is None else _changed(part, begin, change)
            heard.pts, heard.time_base = begin, Fraction(1, RATE)
            begin += part.samples
            self._target.mux(self._heard.encode(heard))

    def end(self) -> None:
        """Write what encoders still hold."""
        for made in (self._seen, self._heard):
            if made is not None:
                self._target.mux(made.encode(None))


def _changed(part: Any, begin: int, change: Change) -> Any:
    told = part.to_ndarray()
    if not change(told, begin):
        return part
    changed = type(part).from_ndarray(told, format="fltp", layout="stereo")
    changed.sample_rate = RATE
    return changed
