"""A piece of a recording as a file of its own, its packets as they are. Child only.

It begins at the key picture at or before the place asked for: nothing is coded anew.
"""

from __future__ import annotations

from typing import Any

import av
from av.container import InputContainer, OutputContainer

from liuhen.media.excerpt import Clip
from liuhen.media.inside.picturing import origin_ms
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.inside.written import Written
from liuhen.media.worker import JobRefused


def make_clip(arguments: dict[str, Any]) -> Clip:
    """Job: from_ms to to_ms of the input as MP4 or, where MP4 can't hold it, Matroska.

    Raises:
        JobRefused: nothing can be read there, or no container holds these tracks.
    """
    try:
        source = open_container(Source())
    except UNREADABLE as error:
        raise JobRefused(cause_of(error, [])) from error
    for name in ("mp4", "matroska"):
        try:
            with av.open(Written(), "w", format=name) as target:
                return _copied(source, target, name, arguments["from_ms"], arguments["to_ms"])
        except UNREADABLE as error:
            cause = cause_of(error, [])
    raise JobRefused(f"no container holds these tracks: {cause}")


def _copied(
    source: InputContainer, target: OutputContainer, name: str, from_ms: int, to_ms: int
) -> Clip:
    kept: list[Any] = [*source.streams.video[:1], *source.streams.audio[:1]]
    if not kept:
        raise JobRefused("no track of sound or pictures")
    origin = origin_ms(source)
    copies = {stream.index: target.add_stream_from_template(stream) for stream in kept}
    source.seek((from_ms + origin) * 1000, backward=True)
    begin: int | None = None
    last = 0
    for packet in source.demux(*kept):
        if packet.dts is None or packet.pts is None:
            continue
        shown = int(packet.pts * packet.time_base * 1000) - origin
        if begin is None:
            if packet.stream is not kept[0] or not packet.is_keyframe:
                continue
            begin = shown
        # By decoding time: a picture shown later may be needed for one shown before the end.
        decoded = int(packet.dts * packet.time_base * 1000) - origin
        if decoded >= to_ms and packet.stream is kept[0]:
            break
        if shown < begin or decoded >= to_ms:
            continue
        shift = int((begin + origin) / 1000 / packet.time_base)
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        packet.stream = copies[packet.stream_index]
        target.mux(packet)
        last = max(last, min(shown, to_ms))
    if begin is None or last < from_ms:
        raise JobRefused("nothing can be read there")
    return Clip(name, begin, last)
