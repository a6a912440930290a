"""Reading a camera's stream and writing it on in segments, packet by packet. Child only.

Nothing is decoded or encoded anew. Segments are fragmented MP4 (or MOV, for sound that MP4
doesn't know), so that what was written is playable however the writing ended. Not for the
network (the doorway leads to one camera), for files or for what the instants mean.
"""

from __future__ import annotations

import io
import socket
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

import av
import av.error
import av.logging
import av.subtitles.stream  # PyAV loads it at the first file, when nothing can be loaded any more
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from liuhen.kernel import clock
from liuhen.media import schema
from liuhen.media.frames import (
    DATA,
    Begun,
    Event,
    Finished,
    Opened,
    Progress,
    Stopped,
    Why,
    event_frame,
    frame,
)

# What a browser's MP4 takes; other sound goes into MOV.
_MP4_SOUND = frozenset({"aac", "mp3", "opus", "ac3"})
_MOVFLAGS = "frag_keyframe+empty_moov+default_base_moof"
_FRAGMENT_US = 1_000_000
_WAIT_US = 8_000_000
# A picture that comes later than this after the one before leaves a hole.
HOLE_MS = 1500
# The camera's clock and ours may part by this much between two pictures, no more.
JUMP_MS = 3000
_FIRST_SEGMENT_MS = 15_000
# Delays of so long ago are forgotten, and so long the beginning of a stream may come in a rush.
_LATELY_MS = 1500
_PROGRESS_MS = 1000
_HOLES_TOLD = 100


@dataclass(frozen=True)
class Wanted:
    """What to read: the doorway's port, the camera's path, who asks; how to cut."""

    port: int
    path: str
    user: str
    password: str
    segment_ms: int


def record(wanted: Wanted, line: socket.socket, network: str) -> None:
    """Read until the camera stops; everything goes down the line as frames."""
    assert av.subtitles.stream
    av.logging.set_level(None)
    told = _Teller(line)
    try:
        source = _opened(wanted)
    except av.error.FFmpegError as error:
        told.event(Stopped(_why(error), _words(error)))
        return
    videos = [stream for stream in source.streams if stream.type == "video"]
    if not videos:
        told.event(Stopped("no_picture", "no video track"))
        return
    sounds = [stream for stream in source.streams if stream.type == "audio"]
    sound = next((one for one in sounds if _is_kept(videos[0], one)), None)
    if not _is_kept(videos[0], sound):
        told.event(Stopped("unreadable", f"no file takes {videos[0].codec_context.name}"))
        return
    recorder = _Recorder(told, videos[0], sound, wanted.segment_ms)
    told.event(recorder.opened(network))
    why, detail = recorder.run(source)
    told.event(Stopped(why, detail))


def _container(sound: Stream | None) -> Literal["mp4", "mov"]:
    return "mp4" if sound is None or sound.codec_context.name in _MP4_SOUND else "mov"


def _is_kept(video: Stream, sound: Stream | None) -> bool:
    """Whether there is a file for such tracks. Sound that has none is left, pictures are not."""
    try:
        with av.open(io.BytesIO(), "w", format=_container(sound)) as out:
            for stream in (video, *([sound] if sound else [])):
                out.add_stream_from_template(stream)
            out.start_encoding()
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def _opened(wanted: Wanted) -> InputContainer:
    user, password = quote(wanted.user, safe=""), quote(wanted.password, safe="")
    secret = f"{user}:{password}@" if user else ""
    options = {
        "rtsp_transport": "tcp",
        "allowed_media_types": "video+audio",
        "protocol_whitelist": "rtp,tcp",
        "timeout": str(_WAIT_US),
        "analyzeduration": "2000000",
        "fpsprobesize": "0",
    }
    address = f"rtsp://{secret}127.0.0.1:{wanted.port}{wanted.path}"
    return av.open(address, "r", format="rtsp", options=options, metadata_errors="replace")


def _why(error: av.error.FFmpegError) -> Why:
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "rejected"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "not_found"
    if isinstance(error, TimeoutError):
        return "stalled"
    if isinstance(error, av.error.EOFError | ConnectionError):
        return "ended"
    return "unreadable"


def _words(error: BaseException) -> str:
    """The error without the address, which holds a password."""
    return schema.clean_text(
        f"{type(error).__name__}: {getattr(error, 'strerror', None) or ''}".rstrip(": ")
    )


class _Teller(io.RawIOBase):
    """The line to the parent: a file for the muxer, and a place for events."""

    def __init__(self, line: socket.socket) -> None:
        super().__init__()
        self._line = line

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._line.sendall(frame(DATA, bytes(data)))
        return len(data)

    def event(self, event: Event) -> None:
        self._line.sendall(event_frame(event))


class _Delays:
    """What has to be added to a picture's time for the instant it came, at the least, of late.

    The stream's timeline may move against ours: a camera that tells the times of its tracks
    moves one of them, and two clocks never run alike.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._before: int | None = None
        self._now: int | None = None

    def add(self, pts: int, delay: int) -> None:
        if self._now is None or abs(pts - self._begun) >= _LATELY_MS:
            self._begun, self._before, self._now = pts, self._now, delay
        self._now = min(self._now, delay)

    @property
    def least(self) -> int:
        assert self._now is not None
        return self._now if self._before is None else min(self._before, self._now)


@dataclass
class _Segment:
    """The file being written. `start` on the stream's timeline, `start_at` and holes on ours."""

    out: OutputContainer
    streams: dict[int, Stream]
    start: int
    start_at: int
    is_settled: bool
    told: int
    last_dts: dict[int, int] = field(default_factory=dict)
    holes: list[tuple[int, int]] = field(default_factory=list)


class _Recorder:
    """Packets into segments, cut at key pictures."""

    def __init__(
        self, teller: _Teller, video: Stream, sound: Stream | None, segment_ms: int
    ) -> None:
        self._tell = teller
        self._video, self._sound = video, sound
        self._segment_ms = segment_ms
        self._segment: _Segment | None = None
        self._is_first = True
        # Length of a picture, as the last ones came.
        self._steps: deque[int] = deque([40], maxlen=9)
        self._last_pts: int | None = None
        # When the last two pictures came; one may be held back until the next begins.
        self._arrivals: deque[int] = deque(maxlen=2)
        self._delays = _Delays()
        self._container = _container(sound)

    def opened(self, network: str) -> Opened:
        """What the camera sends."""
        context: Any = self._video.codec_context
        sound: Any = self._sound.codec_context if self._sound else None
        return Opened(
            self._container,
            schema.clean_text(context.name),
            schema.clean_text(sound.name) if sound else "",
            context.width or 0,
            context.height or 0,
            network,
        )

    def run(self, source: InputContainer) -> tuple[Why, str]:
        """Until the end; whatever was begun is finished."""
        streams = [self._video, *([self._sound] if self._sound else [])]
        why: tuple[Why, str] = ("ended", "end of stream")
        try:
            for packet in source.demux(*streams):
                if packet.size and (jumped := self._take(packet)):
                    why = ("broken_times", jumped)
                    break
        except (av.error.FFmpegError, OSError, ValueError) as error:
            found = _why(error) if isinstance(error, av.error.FFmpegError) else "unreadable"
            why = (found, _words(error))
        if self._segment is not None:
            self._finish(self._end(), was_cut=False)
        return why

    def _take(self, packet: Packet[Any]) -> str:
        """Write one packet on; says how its time can't follow the one before, if it can't."""
        arrival = round(clock.monotonic() * 1000)
        if packet.stream_index == self._video.index:
            pts = self._milliseconds(packet)
            if pts is not None:
                if jumped := self._jumped(pts, arrival):
                    return jumped
                self._follow(pts, arrival, is_key=packet.is_keyframe)
        if self._segment is not None:
            self._write(packet)
        return ""

    @staticmethod
    def _milliseconds(packet: Packet[Any]) -> int | None:
        ticks = packet.pts if packet.pts is not None else packet.dts
        base = packet.time_base
        if ticks is None or not base:
            return None
        return int(ticks * 1000 * base.numerator // base.denominator)

    def _jumped(self, pts: int, arrival: int) -> str:
        """By how much the camera's clock and ours parted since the last picture, if too much."""
        if self._last_pts is None:
            return ""
        step, waited = pts - self._last_pts, arrival - self._arrivals[0]
        is_possible = -JUMP_MS <= step <= waited + JUMP_MS
        return "" if is_possible else f"the camera's clock went {step} ms in {waited} ms"

    def _follow(self, pts: int, arrival: int, *, is_key: bool) -> None:
        """Keep account of the time a picture shows; cut where it is due."""
        last, segment, gone = self._last_pts, self._segment, None
        if last is not None:
            step, waited = pts - last, arrival - self._arrivals[0]
            # Neither a line that faltered nor a timeline that moved alone means lost pictures.
            if min(step, waited) > HOLE_MS:
                gone = self._end()
            elif step > 0:
                self._steps.append(step)
        self._delays.add(pts, arrival - pts)
        self._last_pts = pts if last is None else max(last, pts)
        self._arrivals.append(arrival)
        if segment is not None and gone is not None:
            segment.holes.append((gone, max(gone, self._at(pts))))
        if segment is None:
            if is_key:
                self._begin(pts, is_settled=False)
        elif is_key and self._is_due(segment, pts):
            self._finish(self._at(pts), was_cut=True)
            self._begin(pts, is_settled=True)
        elif pts - segment.told >= _PROGRESS_MS:
            self._report(segment, pts)

    def _at(self, pts: int) -> int:
        """The instant of a time on the stream's timeline."""
        return pts + self._delays.least

    def _report(self, segment: _Segment, pts: int) -> None:
        if not segment.is_settled:
            segment.start_at = self._at(segment.start)
            segment.is_settled = pts - segment.start >= _LATELY_MS
        segment.told = pts
        self._tell.event(Progress(segment.start_at, self._end()))

    def _is_due(self, segment: _Segment, pts: int) -> bool:
        """Segments end with multiples of their length on our clock; the first comes early."""
        if self._is_first and pts - segment.start >= min(_FIRST_SEGMENT_MS, self._segment_ms):
            return True
        offset, length = _wall_offset_ms(), self._segment_ms
        return (self._at(pts) + offset) // length > (segment.start_at + offset) // length

    def _length(self) -> int:
        return sorted(self._steps)[len(self._steps) // 2]

    def _end(self) -> int:
        """The instant at which the last picture ends."""
        assert self._last_pts is not None
        return self._at(self._last_pts) + self._length()

    def _begin(self, pts: int, *, is_settled: bool) -> None:
        self._tell.event(Begun(self._at(pts)))
        options = {"movflags": _MOVFLAGS, "frag_duration": str(_FRAGMENT_US)}
        out: OutputContainer = av.open(
            self._tell, "w", format=self._container, options=options, buffer_size=1 << 16
        )
        streams = {self._video.index: out.add_stream_from_template(self._video)}
        if self._sound is not None:
            streams[self._sound.index] = out.add_stream_from_template(self._sound)
        self._segment = _Segment(out, streams, pts, self._at(pts), is_settled, pts)

    def _write(self, packet: Packet[Any]) -> None:
        segment = self._segment
        assert segment is not None
        index, base = packet.stream_index, packet.time_base
        start = segment.start * base.denominator // (1000 * base.numerator)
        last = segment.last_dts.get(index)
        dts = packet.dts if packet.dts is not None else packet.pts
        # A packet without a time of its own follows the one before.
        dts = dts - start if dts is not None else (last or 0) + 1
        dts = max(dts, 0 if last is None else last + 1)
        segment.last_dts[index] = dts
        packet.pts = max(packet.pts - start, dts) if packet.pts is not None else dts
        packet.dts = dts
        packet.stream = segment.streams[index]
        segment.out.mux_one(packet)

    def _finish(self, end: int, *, was_cut: bool) -> None:
        segment, self._segment = self._segment, None
        assert segment is not None
        self._is_first = False
        segment.out.close()
        if not segment.is_settled:
            segment.start_at = min(segment.start_at, self._at(segment.start))
        holes = tuple(segment.holes[:_HOLES_TOLD])
        self._tell.event(Finished(segment.start_at, max(end, segment.start_at), holes, was_cut))


def _wall_offset_ms() -> int:
    return round((clock.now().timestamp() - clock.monotonic()) * 1000)
