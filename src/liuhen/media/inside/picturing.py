"""Pictures out of a recording: a thumbnail, a still of a moment, a contact sheet. Child only.

Not for photos (`photo`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageFont

from liuhen.media.inside import photo
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.limits import MAX_VIDEO_PIXELS
from liuhen.media.picture import Picture, Sheet
from liuhen.media.worker import JobRefused

_MAX_PACKETS: Final = 2000
_DARK: Final = 24
_BACK_MS: Final = 10_000
_SHORT_MS: Final = 120_000
_POSTERS: Final = (Fraction(1, 10), Fraction(1, 3), Fraction(2, 3))

_letters: dict[str, ImageFont.FreeTypeFont | ImageFont.ImageFont] = {}


def prepare(arguments: dict[str, Any]) -> None:
    """Load the picture writers and the font now: nothing can be loaded later."""
    Image.preinit()
    _letters["clock"] = ImageFont.load_default(13)


def make_thumbnail(arguments: dict[str, Any]) -> Picture:
    """Job: a JPEG of one moment. Arguments: width, at_ms (None: a telling one is chosen).

    Raises:
        JobRefused: no picture can be decoded.
    """
    container, stream = opened()
    at_ms = arguments["at_ms"]
    shot = _poster(container, stream) if at_ms is None else _shot(container, stream, at_ms)
    if shot is None:
        raise JobRefused("no picture could be decoded")
    frame, shown_ms = shot
    return photo.write_jpeg(_upright(frame, arguments["width"]), arguments["width"], shown_ms)


def make_contact_sheet(arguments: dict[str, Any]) -> Sheet:
    """Job: `columns` x `rows` pictures spread evenly, each with its time. Also: width of one.

    A picture that can't be decoded is a grey field; the sheet says which.
    """
    container, stream = opened()
    columns, rows, width = arguments["columns"], arguments["rows"], arguments["width"]
    count, length = columns * rows, _length_ms(container)
    is_short = length <= _SHORT_MS  # key pictures lie too far apart to tell short ones by
    shots = [
        _shot(container, stream, length * (2 * number + 1) // (2 * count), is_exact=is_short)
        for number in range(count)
    ]
    first = next((shot for shot in shots if shot), None)
    if first is None:
        raise JobRefused("no picture could be decoded")
    height = _upright(first[0], width).height
    sheet = Image.new("RGB", (columns * width, rows * height), (90, 90, 90))
    for number, shot in enumerate(shots):
        if shot:
            cell = _upright(shot[0], width).resize((width, height))
            _stamp(cell, shot[1])
            sheet.paste(cell, (number % columns * width, number // columns * height))
    made = photo.write_jpeg(sheet, sheet.width, None)
    return Sheet(made.width, made.height, columns, rows, tuple(s and s[1] for s in shots))


def opened() -> tuple[InputContainer, VideoStream]:
    try:
        container = open_container(Source())
    except UNREADABLE as error:
        raise JobRefused(cause_of(error, [])) from error
    streams = container.streams.video
    if not streams:
        raise JobRefused("no track of pictures")
    if streams[0].width * streams[0].height > MAX_VIDEO_PIXELS:
        raise JobRefused("pictures of absurd dimensions")
    streams[0].codec_context.thread_count = 1
    return container, streams[0]


def _length_ms(container: InputContainer) -> int:
    return max(0, (container.duration or 0) // 1000)


def origin_ms(container: InputContainer) -> int:
    return max(0, (container.start_time or 0) // 1000)


def _poster(container: InputContainer, stream: VideoStream) -> tuple[VideoFrame, int] | None:
    """The first of a few moments that is not dark, otherwise the first that can be decoded."""
    length, spare = _length_ms(container), None
    for part in (*_POSTERS, Fraction(0)):
        shot = _shot(container, stream, int(length * part), is_exact=False)
        if shot and brightness(shot[0]) >= _DARK:
            return shot
        spare = spare or shot
    return spare


def _shot(
    container: InputContainer, stream: VideoStream, at_ms: int, *, is_exact: bool = True
) -> tuple[VideoFrame, int] | None:
    """The picture shown at `at_ms`, or the key picture before it; None when none decodes.

    Containers without an index (transport streams) may land behind the place asked for: then
    reading begins further and further before it.
    """
    spare: tuple[VideoFrame, int] | None = None
    for start in dict.fromkeys((at_ms, at_ms - _BACK_MS, 0)):
        is_near = is_exact or start != at_ms
        shot = _shot_from(container, stream, max(0, start), at_ms, is_exact=is_near)
        if shot and shot[1] <= at_ms:
            return shot
        spare = spare or shot
    return spare


def _shot_from(
    container: InputContainer, stream: VideoStream, start_ms: int, at_ms: int, *, is_exact: bool
) -> tuple[VideoFrame, int] | None:
    origin, tick = origin_ms(container), stream.time_base or Fraction(1, 1000)
    try:
        container.seek((start_ms + origin) * 1000, backward=True)
    except UNREADABLE:
        return None
    last: tuple[VideoFrame, int] | None = None
    for frame in frames(container, stream):
        shown = max(0, int(frame.pts * tick * 1000) - origin) if frame.pts else 0
        if last and shown > at_ms:
            return last
        last = frame, shown
        if not is_exact or shown >= at_ms:
            return last
    return last


def frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decoded pictures from here on; packets that can't be decoded are passed over."""
    try:
        for number, packet in enumerate(container.demux(stream)):
            try:
                yield from packet.decode()
            except UNREADABLE:
                continue
            if number > _MAX_PACKETS:
                return
    except UNREADABLE:
        return


def brightness(frame: VideoFrame) -> int:
    small = frame.reformat(width=16, height=16, format="gray", interpolation="AREA", threads=1)
    plane = small.planes[0]
    raw = bytes(plane)
    lit = [raw[row * plane.line_size + column] for row in range(16) for column in range(16)]
    return sum(lit) // len(lit)


def _upright(frame: VideoFrame, width: int) -> Image.Image:
    """The picture as it is meant to be seen, its upright width at most `width`."""
    turn = frame.rotation % 360
    is_turned = turn in {90, 270}
    seen = frame.height if is_turned else frame.width
    scale = min(Fraction(1), Fraction(width, seen))
    small = frame.reformat(
        width=max(1, int(frame.width * scale)), height=max(1, int(frame.height * scale)),
        format="rgb24", interpolation="AREA", threads=1,
    )  # fmt: skip
    picture = _image(small)
    return picture.rotate(turn, expand=True) if turn else picture


def _image(frame: VideoFrame) -> Image.Image:
    plane, size = frame.planes[0], (frame.width, frame.height)
    return Image.frombuffer("RGB", size, bytes(plane), "raw", "RGB", plane.line_size, 1)


def _stamp(picture: Image.Image, at_ms: int) -> None:
    seconds = at_ms // 1000
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    ImageDraw.Draw(picture).text(
        (4, picture.height - 18), text, (255, 255, 255), _letters["clock"],
        stroke_width=1, stroke_fill=(0, 0, 0),
    )  # fmt: skip
