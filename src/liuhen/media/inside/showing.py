"""What a browser plays, made of a camera's stream while it comes, from pipe to pipe. Child only.

Pictures are copied where the browser plays them and coded anew as H.264 where not; sound becomes
AAC. For looking at now: nothing is kept of it. Not for recording (`remux`), nor for what is in
the vault (`proxying`).
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any, Final

import av
import av.subtitles.stream  # PyAV loads it at the first file, when nothing can be loaded any more
import av.video.reformatter
from av.container import InputContainer, OutputContainer

from liuhen.media.inside.film import Film
from liuhen.media.inside.strictness import UNREADABLE
from liuhen.media.limits import MAX_VIDEO_PIXELS
from liuhen.media.worker import INPUT_FD, OUTPUT_FD, JobRefused

_CODING: Final = {
    "preset": "ultrafast", "tune": "zerolatency", "crf": "27", "threads": "1", "g": "25"
}  # fmt: skip
_FRAGMENTS: Final = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "500000"
}  # fmt: skip
_SOON: Final = {"analyzeduration": "200000", "fpsprobesize": "0", "probesize": "65536"}


class _Coming:
    """The input as it comes; it can't be gone back in."""

    def read(self, size: int) -> bytes:
        return os.read(INPUT_FD, size)


class _Going:
    """The output as it goes."""

    def write(self, data: bytes) -> int:
        left = memoryview(data)
        while left:
            left = left[os.write(OUTPUT_FD, left) :]
        return len(data)


def show(arguments: dict[str, Any]) -> dict[str, Any]:
    """Job: until the input ends. Arguments: copies (the pictures as they are), height (at most).

    Raises:
        JobRefused: there are no pictures, or none that can be read.
    """
    assert av.subtitles.stream and av.video.reformatter
    options = {"format_whitelist": "mov", "protocol_whitelist": "none"}
    try:
        source = av.open(
            _Coming(), "r", format="mov", options=options, container_options=_SOON,
            metadata_errors="replace", buffer_size=1 << 15,
        )  # fmt: skip
        with av.open(
            _Going(), "w", format="mp4", options=_FRAGMENTS, buffer_size=1 << 15
        ) as target:
            _Showing(source, target, arguments).run()
    except BrokenPipeError:
        pass  # nobody looks any more
    except UNREADABLE as error:
        raise JobRefused(str(error)) from error
    return {}


class _Showing:
    """One view: the first track of pictures, and of sound."""

    def __init__(
        self, source: InputContainer, target: OutputContainer, arguments: dict[str, Any]
    ) -> None:
        self._source, self._target, self._film = source, target, Film(target)
        if not source.streams.video:
            raise JobRefused("no track of pictures")
        self._pictures: Any = source.streams.video[0]
        self._streams: list[Any] = [self._pictures, *source.streams.audio[:1]]
        self._origin: Fraction | None = None
        self._copy: Any = None
        for stream in self._streams:
            stream.codec_context.thread_count = 1
        if arguments["copies"]:
            self._copy = target.add_stream_from_template(self._pictures)
        else:
            self._add_pictures(arguments["height"])
        if source.streams.audio:
            self._film.add_sound()

    def _add_pictures(self, height: int) -> None:
        wide, high = self._pictures.codec_context.width, self._pictures.codec_context.height
        if not wide or not high or wide * high > MAX_VIDEO_PIXELS:
            raise JobRefused("pictures of absurd dimensions")
        scale = min(Fraction(1), Fraction(height, high))
        self._film.add_pictures(int(wide * scale), int(high * scale), _CODING)

    def run(self) -> None:
        for packet in self._source.demux(*self._streams):
            if packet.dts is None or packet.time_base is None:
                continue
            is_picture = packet.stream is self._pictures
            if is_picture and self._origin is None:
                self._origin = packet.dts * packet.time_base
            if self._origin is None:
                continue
            if is_picture and self._copy is not None:
                self._put_copy(packet)
            else:
                self._put_anew(packet, is_picture=is_picture)
        self._film.end()

    def _put_copy(self, packet: Any) -> None:
        assert self._origin is not None
        begun = int(self._origin / packet.time_base)
        packet.pts, packet.dts = (packet.pts or packet.dts) - begun, packet.dts - begun
        packet.stream = self._copy
        self._target.mux_one(packet)

    def _put_anew(self, packet: Any, *, is_picture: bool) -> None:
        assert self._origin is not None
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return  # a picture that can't be read is not shown
        for frame in frames:
            if frame.pts is None:
                continue
            at = Fraction(frame.pts * frame.time_base) - self._origin
            if at < 0:
                continue
            if is_picture:
                self._film.put_picture(frame, at)
            else:
                self._film.put_sound(frame, at)
