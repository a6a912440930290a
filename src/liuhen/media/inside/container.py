"""Reading sound and moving pictures: tracks, times and damage, by their packets. Child only.

Not for photos (`photo`) and not for making pictures of a recording (`picturing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import av.logging
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from liuhen.media import schema
from liuhen.media.facts import Damage, Depth, Finding, Kind, Reading, Track, TrackKind
from liuhen.media.inside import tags
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import (
    UNREADABLE,
    Log,
    cause_of,
    complaint,
    make_strict,
    open_container,
)
from liuhen.media.inside.structure import structural_findings
from liuhen.media.limits import MAX_PACKETS, MAX_STREAMS, MAX_VIDEO_PIXELS
from liuhen.media.signatures import SOUNDS
from liuhen.media.timing import Layout, Times

_INDEXED = frozenset({"mp4", "mov", "3gp", "m4a"})
_MAX_DAMAGE, _MAX_RETRIES = 200, 200


def read_container(arguments: dict[str, Any]) -> Reading:
    """Job: the facts of a recording.

    Arguments: found (type by signature), deep (decode everything), hole_ms, index_above (bytes
    from which an MP4's complete index stands for its packets).
    """
    source = Source()
    reader = _Reader(source, arguments["found"], arguments["hole_ms"])
    reader.findings += structural_findings(source, arguments["found"])
    av.logging.set_level(av.logging.VERBOSE if arguments["deep"] else av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    with av.logging.Capture() as log:
        reader.log = log
        try:
            container = open_container(source)
        except UNREADABLE as error:
            reader.findings.append(Finding("unreadable", cause_of(error, log)))
            return reader.reading(None)
        reader.read(container, is_deep=arguments["deep"], index_above=arguments["index_above"])
        return reader.reading(container)


@dataclass
class _Counted:
    """What packets have told of one stream so far."""

    times: Times
    packets: int = 0
    decoded: int = 0
    layout: Layout | None = None


@dataclass
class _Reader:
    """One reading in progress."""

    source: Source
    found: str
    hole_ms: int
    findings: list[Finding] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    damage_count: int = 0
    log: Log = field(default_factory=list)
    counted: dict[int, _Counted] = field(default_factory=dict)
    depth: Depth = "none"
    _origin: int | None = None

    def read(self, container: InputContainer, *, is_deep: bool, index_above: int) -> None:
        self.depth = "header"
        streams = [s for s in container.streams if not _is_cover(s)]
        if len(container.streams) > MAX_STREAMS:
            self.findings.append(Finding("hostile", f"{len(container.streams)} tracks"))
            return
        if any(_pixels(stream) > MAX_VIDEO_PIXELS for stream in streams):
            self.findings.append(Finding("hostile", "pictures of absurd dimensions"))
            return
        for stream in streams:
            if stream.time_base:
                self.counted[stream.index] = _Counted(Times(Fraction(stream.time_base)))
        is_large = self.found in _INDEXED and self.source.size >= index_above
        if not is_deep and is_large and self._read_index(streams):
            self.depth = "index"
        else:
            self._read_packets(container, streams, is_deep=is_deep)
            self.depth = "frames" if is_deep else "packets"
        self._lay_out()

    def _read_index(self, streams: list[Stream]) -> bool:
        """Take the packets from the index when it accounts for the file's bytes."""
        total, missing = 0, 0
        for stream in streams:
            counted = self.counted.get(stream.index)
            if counted is None:
                continue
            for entry in stream.index_entries:
                total += entry.size
                if entry.pos + entry.size > self.source.size:
                    missing += 1
                else:
                    counted.packets += 1
                    if not entry.is_discard:
                        counted.times.add(entry.timestamp, 0)
            _end_last(stream, counted.times)
        if total * 10 < self.source.size * 9:
            for stream in streams:
                if stream.time_base:
                    self.counted[stream.index] = _Counted(Times(Fraction(stream.time_base)))
            return False
        if missing:
            self.findings.append(Finding("truncated", f"{missing} packets lie behind the end"))
        return True

    def _read_packets(
        self, container: InputContainer, streams: list[Stream], *, is_deep: bool
    ) -> None:
        if is_deep:
            for stream in streams:
                make_strict(stream)
        total = 0
        for packet in self._packets(container, streams):
            counted = self.counted.get(packet.stream_index)
            if counted is None:
                continue
            if packet.size:
                self._count(packet, counted)
            if is_deep and packet.stream.type in {"video", "audio"}:
                self._decode(packet, counted)
            total += 1
            if total >= MAX_PACKETS:
                self.findings.append(Finding("unfinished", f"stopped after {total} packets"))
                return

    def _packets(self, container: InputContainer, streams: list[Stream]) -> Iterator[Packet[Any]]:
        """All packets; an error in between is noted and reading goes on behind it."""
        last = -1
        for _ in range(_MAX_RETRIES):
            try:
                yield from container.demux(*streams)
            except UNREADABLE as error:
                self.note(None, None, self.source.tell(), cause_of(error, self.log))
                if self.source.tell() == last:
                    return
                last = self.source.tell()
            else:
                return

    def _count(self, packet: Packet[Any], counted: _Counted) -> None:
        counted.packets += 1
        start = packet.pts if packet.pts is not None else packet.dts
        if packet.is_corrupt:
            self.note(packet.stream_index, start, packet.pos, "packet marked as corrupt")
        if start is not None and not packet.is_discard:
            counted.times.add(start, packet.duration or 0)

    def _decode(self, packet: Packet[Any], counted: _Counted) -> None:
        start = packet.pts if packet.pts is not None else packet.dts
        self.log.clear()
        try:
            frames = packet.decode()
        except UNREADABLE as error:
            self.note(packet.stream_index, start, packet.pos, cause_of(error, self.log))
            return
        counted.decoded += len(frames)
        if any(getattr(frame, "is_corrupt", False) for frame in frames):
            self.note(packet.stream_index, start, packet.pos, "picture decoded with errors")
        elif told := complaint(self.log):
            self.note(packet.stream_index, start, packet.pos, told)

    def note(self, track: int | None, ticks: int | None, offset: int | None, cause: str) -> None:
        """One damaged place; only the first `_MAX_DAMAGE` are kept, all are counted."""
        self.damage_count += 1
        if len(self.damage) < _MAX_DAMAGE:
            at_ms = None
            if ticks is not None and track is not None and abs(ticks) < 2**53:
                at_ms = int(ticks * self.counted[track].times.tick * 1000)
            self.damage.append(Damage(track, at_ms, offset, schema.clean_text(cause)))

    def _lay_out(self) -> None:
        for index, counted in self.counted.items():
            counted.layout = counted.times.layout(self.hole_ms)
            if counted.layout is not None and counted.layout.is_broken:
                told = f"times of track {index} contradict themselves"
                self.findings.append(Finding("timestamps_broken", told))

    def reading(self, container: InputContainer | None) -> Reading:
        """Everything found, on one timeline."""
        if container is None:
            return self._assembled("", (), None, {})
        streams = [s for s in container.streams if not _is_cover(s)][:MAX_STREAMS]
        starts = [
            counted.layout.start_ms
            for stream in streams
            if (counted := self.counted.get(stream.index)) and counted.layout
            and stream.type in {"video", "audio"}
        ]  # fmt: skip
        self._origin = min(starts, default=None)
        tracks = tuple(self._track(stream, self._origin or 0) for stream in streams)
        declared = container.duration
        return self._assembled(
            schema.clean_text(container.format.name), tracks,
            declared // 1000 if declared and 0 < declared < 2**53 else None,
            dict(container.metadata),
        )  # fmt: skip

    def _track(self, stream: Stream, origin: int) -> Track:
        counted = self.counted.get(stream.index)
        layout = counted.layout if counted else None
        spans = tuple((a - origin, b - origin) for a, b in layout.spans) if layout else ()
        context: Any = stream.codec_context
        is_video, is_audio = stream.type == "video", stream.type == "audio"
        rate = context.sample_rate if is_audio else None
        if is_video:
            rate = stream.guessed_rate or stream.average_rate
        kind: TrackKind = (
            "video" if is_video else "audio" if is_audio
            else "subtitle" if stream.type == "subtitle" else "data"
        )  # fmt: skip
        return Track(
            index=stream.index,
            kind=kind,
            codec=schema.clean_text(context.codec.canonical_name if context else ""),
            profile=schema.clean_text(stream.profile or "") if context else "",
            pixel_format=schema.clean_text(context.pix_fmt or "") if is_video else "",
            width=context.width if is_video else None,
            height=context.height if is_video else None,
            rate_millihertz=int(rate * 1000) if rate else None,
            channels=context.channels if is_audio else None,
            packets=counted.packets if counted else 0,
            start_ms=spans[0][0] if spans else None,
            duration_ms=spans[-1][1] - spans[0][0] if spans else None,
            declared_duration_ms=_declared_ms(stream),
            spans=spans,
            decoded=counted.decoded if counted and self.depth == "frames" else None,
        )

    def _assembled(
        self, container: str, tracks: tuple[Track, ...], declared_ms: int | None,
        metadata: dict[str, str],
    ) -> Reading:  # fmt: skip
        media = [t for t in tracks if t.kind in {"video", "audio"} and t.spans]
        end = max((t.spans[-1][1] for t in media), default=None)
        created = tags.creation_tag(metadata)
        origin = self._origin or 0
        return Reading(
            found=self.found,
            kind=_kind(self.found, tracks),
            container=container,
            depth=self.depth,
            tracks=tracks,
            width=None,
            height=None,
            orientation=None,
            duration_ms=end,
            declared_duration_ms=declared_ms,
            origin_ms=self._origin,
            created=created,
            place=tags.place_tag(metadata),
            device=tags.device_tag(metadata),
            damage=tuple(_on_timeline(d, origin) for d in self.damage),
            damage_count=self.damage_count,
            findings=(*self.findings, *tags.clock_findings(created)),
        )


def _end_last(stream: Stream, times: Times) -> None:
    """Give the last packet the length the header leaves it; an index tells none."""
    if times.starts and stream.duration and stream.start_time is not None:
        left = stream.start_time + stream.duration - times.starts[-1]
        times.lengths[-1] = max(0, min(left, 2**62))


def _on_timeline(damage: Damage, origin: int) -> Damage:
    at_ms = damage.at_ms - origin if damage.at_ms is not None else None
    return Damage(damage.track, at_ms, damage.offset, damage.cause)


def _is_cover(stream: Stream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _pixels(stream: Stream) -> int:
    context: Any = stream.codec_context
    return context.width * context.height if stream.type == "video" and context else 0


def _declared_ms(stream: Stream) -> int | None:
    if not stream.duration or not stream.time_base:
        return None
    length = int(stream.duration * stream.time_base * 1000)
    return length if 0 < length < 2**53 else None


def _kind(found: str, tracks: tuple[Track, ...]) -> Kind:
    kinds = {track.kind for track in tracks}
    if "video" in kinds:
        return "video"
    if "audio" in kinds or found in SOUNDS:
        return "audio"
    return "other" if found == "unknown" else "video"
