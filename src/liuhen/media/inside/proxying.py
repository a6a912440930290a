"""A copy that every browser plays, of a recording that not every browser does. Child only.

H.264 and AAC in MP4, smaller than the original; the original is not touched. Timestamps are kept,
so that a moment of the copy is the same moment of the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import av
import av.video.reformatter
from av.container import InputContainer, OutputContainer

from liuhen.media.inside.film import MOST_FAILED, Film, quarter_turns
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.inside.written import Written
from liuhen.media.limits import MAX_VIDEO_PIXELS
from liuhen.media.proxy import Proxy
from liuhen.media.worker import JobRefused

_VIDEO: Final = {"preset": "veryfast", "crf": "26", "threads": "1", "g": "50"}


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
        self._source, self._film = source, Film(target)
        self._failed = self._frames = 0
        self._origin = Fraction(max(0, source.start_time or 0), 1_000_000)
        self._streams: list[Any] = [*source.streams.video[:1], *source.streams.audio[:1]]
        if not self._streams:
            raise JobRefused("no track of sound or pictures")
        for stream in self._streams:
            stream.codec_context.thread_count = 1
            if stream.type == "video":
                self._add_pictures(stream, height)
            else:
                self._film.add_sound()

    def _add_pictures(self, stream: Any, height: int) -> None:
        wide, high = stream.codec_context.width, stream.codec_context.height
        if not wide or not high or wide * high > MAX_VIDEO_PIXELS:
            raise JobRefused("pictures of absurd dimensions")
        scale = min(Fraction(1), Fraction(height, high))
        self._film.add_pictures(int(wide * scale), int(high * scale), _VIDEO, quarter_turns())

    def run(self) -> Proxy:
        for kind, frame in self._decoded():
            if frame.pts is None or frame.time_base is None:
                continue
            at = frame.pts * frame.time_base - self._origin
            if at < 0:
                continue
            self._frames += 1
            if kind == "video":
                self._film.put_picture(frame, at)
            else:
                self._film.put_sound(frame, at)
        if not self._frames:
            raise JobRefused("nothing could be decoded")
        self._film.end()
        width, height = self._film.size or (None, None)
        return Proxy(width, height, self._failed)

    def _decoded(self) -> Iterator[tuple[str, Any]]:
        """Kind and frame of everything that can be decoded; what can't is counted."""
        packets = self._source.demux(*self._streams)
        while self._failed <= MOST_FAILED:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except UNREADABLE:
                self._failed += 1
            else:
                yield from ((packet.stream.type, frame) for frame in frames)
