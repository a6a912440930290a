"""A copy that every browser plays, of a recording that not every browser does. Child only.

H.264 and AAC in MP4, smaller than the original; the original is not touched. Timestamps are kept,
so that a moment of the copy is the same moment of the original.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import av
import av.video.reformatter
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.inside.written import Written
from liuhen.media.limits import MAX_VIDEO_PIXELS
from liuhen.media.proxy import Proxy
from liuhen.media.worker import JobRefused

_TICK: Final = Fraction(1, 90_000)
_VIDEO: Final = {"preset": "veryfast", "crf": "26", "threads": "1", "g": "50"}
_RATE: Final = 48_000


def make_proxy(arguments: dict[str, Any]) -> Proxy:
    """Job: the playable copy. Arguments: height (of the picture, at most).

    Raises:
        JobRefused: nothing of the recording can be decoded.
    """
    try:
        source = open_container(Source())
    except UNREADABLE as error:
        raise JobRefused(cause_of(error, [])) from error
    with av.open(Written(), "w", format="mp4") as target:
        return _Copying(source, target, arguments["height"]).run()


class _Copying:
    """One copy in progress: at most one track of pictures and one of sound."""

    def __init__(self, source: InputContainer, target: OutputContainer, height: int) -> None:
        self._source, self._target = source, target
        self._failed = self._frames = 0
        self._origin = Fraction(max(0, source.start_time or 0), 1_000_000)
        self._streams: list[Any] = [*source.streams.video[:1], *source.streams.audio[:1]]
        if not self._streams:
            raise JobRefused("no track of sound or pictures")
        self._seen = self._heard = None
        for stream in self._streams:
            stream.codec_context.thread_count = 1
            if stream.type == "video":
                self._seen = self._video(stream, height)
            else:
                self._heard = target.add_stream("aac", rate=_RATE)
                self._heard.time_base = Fraction(1, _RATE)
        self._resampler = AudioResampler("fltp", "stereo", _RATE)

    def _video(self, stream: Any, height: int) -> Any:
        wide, high = stream.codec_context.width, stream.codec_context.height
        if not wide or not high or wide * high > MAX_VIDEO_PIXELS:
            raise JobRefused("pictures of absurd dimensions")
        scale = min(Fraction(1), Fraction(height, high))
        made: Any = self._target.add_stream("libx264", options=dict(_VIDEO))
        made.width, made.height = int(wide * scale) // 2 * 2 or 2, int(high * scale) // 2 * 2 or 2
        made.pix_fmt, made.time_base = "yuv420p", _TICK
        return made

    def run(self) -> Proxy:
        packets = self._source.demux(*self._streams)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                self._copy(packet)
            except UNREADABLE:
                self._failed += 1
                if self._failed > 1_000_000:
                    break
        if not self._frames:
            raise JobRefused("nothing could be decoded")
        for made in (self._seen, self._heard):
            if made is not None:
                self._target.mux(made.encode(None))
        seen = self._seen
        return Proxy(seen.width if seen else None, seen.height if seen else None, self._failed)

    def _copy(self, packet: Packet[Any]) -> None:
        for frame in packet.decode():
            if frame.pts is None or frame.time_base is None:
                continue
            at = frame.pts * frame.time_base - self._origin
            if at < 0:
                continue
            self._frames += 1
            if packet.stream.type == "video":
                self._put_picture(frame, at)
            else:
                self._put_sound(frame, at)

    def _put_picture(self, frame: Any, at: Fraction) -> None:
        made = self._seen
        assert made is not None
        small = frame.reformat(
            width=made.width, height=made.height, format="yuv420p", interpolation="AREA", threads=1
        )
        small.pts, small.time_base = int(at / _TICK), _TICK
        self._target.mux(made.encode(small))

    def _put_sound(self, frame: Any, at: Fraction) -> None:
        assert self._heard is not None
        begin = int(at * _RATE)
        for part in self._resampler.resample(frame):
            part.pts, part.time_base = begin, Fraction(1, _RATE)
            begin += part.samples
            self._target.mux(self._heard.encode(part))
