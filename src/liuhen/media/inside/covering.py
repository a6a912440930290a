"""Covering parts of pictures and sound for good. Child only; not for choosing what to cover.

A covered part is one colour: nothing of it is left in the file. Faces are followed from picture to
picture; each picture is looked at once more when everything is covered, and what is found then is
covered too and told.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import IO, Any, Final, cast

import av
import numpy
from PIL import Image, ImageDraw, ImageFont, ImageOps

from liuhen.media import schema
from liuhen.media.inside import facing, photo
from liuhen.media.inside.facing import Box
from liuhen.media.inside.film import MOST_FAILED, RATE, Film, quarter_turns
from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.inside.written import Written
from liuhen.media.limits import MAX_PHOTO_PIXELS, MAX_VIDEO_PIXELS
from liuhen.media.redacting import Covered, Faces, Key, Track
from liuhen.media.worker import JobRefused

_CODING: Final = {"preset": "veryfast", "crf": "23", "threads": "1", "g": "50"}
_SURE: Final = 50  # of a hundred; below, a person looks
_FOLLOWED: Final = 0.2  # boxes that share so much are one face
_LOST_MS: Final = 1000  # a face that was away longer is another one
_AROUND_MS: Final = 400  # covered before the first and after the last sight of a face
_MARGIN: Final = 0.25
_AGAIN: Final = 8  # looks at a picture that is covered
# Coding changes what the detector sees by so much: what is as weak as this is covered as well.
_CODED: Final = 0.08
_BLOCK: Final = 1024

_mark: list[Any] = []


def prepare(arguments: dict[str, Any]) -> None:
    """Load the model, the decoders and the letters of the mark."""
    facing.prepare(arguments)
    if arguments.get("found"):
        photo.prepare(arguments)
    _robbed(numpy.zeros((1, _BLOCK), numpy.float32))
    if arguments.get("mark"):
        is_at_top = bool(arguments.get("mark_at_top"))
        _mark.append(_BurntIn(_letters(arguments["mark"], arguments["font"]), is_at_top))
        _mark[0].put(numpy.zeros((64, 64, 3), numpy.uint8))  # loads what drawing it needs


def find_faces(arguments: dict[str, Any]) -> Faces:
    """Job: the faces of a film or, with `found`, of a photo. Arguments: found (or none).

    Raises:
        JobRefused: nothing can be decoded.
    """
    if arguments.get("found"):
        seen = facing.find(_pixels(_upright()))
        tracks = [Track((_key(0, box),)) for box in seen]
        doubted = (0,) if any(_score(box) < _SURE for box in seen) else ()
        return Faces(1, tuple(tracks), doubted)
    return _Following().over(_frames(*_opened()), quarter_turns())


def cover_film(arguments: dict[str, Any]) -> Covered:
    """Job: an MP4 with regions covered and sound muted or altered.

    Arguments: regions (lists of [ms, left, top, right, bottom] in thousandths of the picture),
    sounds ([from ms, to ms, "mute" or "alter"]), faces (look again), mark, font.
    """
    source, streams = _opened()
    with av.open(Written(), "w", format="mp4") as target:
        return _Covering(source, streams, target, arguments).run()


def cover_photo(arguments: dict[str, Any]) -> Covered:
    """Job: a JPEG without its tags, with regions covered. Arguments as for a film; found."""
    picture = _pixels(_upright())
    late = _cover(picture, arguments, 0)
    Image.fromarray(picture[:, :, ::-1]).save(cast(IO[bytes], Written()), "JPEG", quality=90)
    return Covered(1, (0,) if late else ())


# -- films -------------------------------------------------------------------------------------


def _opened() -> tuple[Any, list[Any]]:
    try:
        source = open_container(Source())
    except UNREADABLE as error:
        raise JobRefused(cause_of(error, [])) from error
    streams: list[Any] = [*source.streams.video[:1], *source.streams.audio[:1]]
    if not streams:
        raise JobRefused("no track of sound or pictures")
    for stream in streams:
        stream.codec_context.thread_count = 1
        context = stream.codec_context
        if stream.type == "video" and context.width * context.height > MAX_VIDEO_PIXELS:
            raise JobRefused("pictures of absurd dimensions")
    return source, streams


def _frames(source: Any, streams: list[Any]) -> Iterator[tuple[str, Any, Fraction]]:
    """Kind, frame and moment in seconds of everything that can be decoded, in order."""
    origin = Fraction(max(0, source.start_time or 0), 1_000_000)
    packets, failed = source.demux(*streams), 0
    while failed <= MOST_FAILED:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            for frame in packet.decode():
                if frame.pts is None or frame.time_base is None:
                    continue
                at = frame.pts * frame.time_base - origin
                if at >= 0:
                    yield packet.stream.type, frame, at
        except UNREADABLE:
            failed += 1


def _standing(frame: Any, turns: int) -> Any:
    """The pixels as people see them: there faces are found and regions are drawn."""
    return numpy.ascontiguousarray(numpy.rot90(frame.to_ndarray(format="bgr24"), turns))


class _Following:
    """Faces followed from picture to picture."""

    def __init__(self) -> None:
        self._running: list[list[tuple[int, Box]]] = []
        self._over: list[list[tuple[int, Box]]] = []
        self._times: list[int] = []

    def over(self, frames: Iterator[tuple[str, Any, Fraction]], turns: int) -> Faces:
        for kind, frame, at in frames:
            if kind == "video":
                self._see(int(at * 1000), facing.find(_standing(frame, turns)))
        if not self._times:
            raise JobRefused("no picture could be decoded")
        tracks = [*self._over, *self._running]
        return Faces(len(self._times), tuple(map(_track, tracks)), self._doubted(tracks))

    def _see(self, at: int, boxes: list[Box]) -> None:
        self._times.append(at)
        left = list(boxes)
        for track in self._running:
            best = max(left, key=lambda box: facing.overlap(box, track[-1][1]), default=None)
            if best is not None and facing.overlap(best, track[-1][1]) >= _FOLLOWED:
                track.append((at, best))
                left.remove(best)
        self._over += [one for one in self._running if at - one[-1][0] > _LOST_MS]
        self._running = [one for one in self._running if at - one[-1][0] <= _LOST_MS]
        self._running += [[(at, box)] for box in left]

    def _doubted(self, tracks: list[list[tuple[int, Box]]]) -> tuple[int, ...]:
        """Pictures with a face seen badly, or between two sights of a face that was lost."""
        doubted = {at for track in tracks for at, box in track if _score(box) < _SURE}
        for track in tracks:
            seen = {at for at, _ in track}
            first, last = track[0][0], track[-1][0]
            doubted |= {at for at in self._times if first < at < last and at not in seen}
        return tuple(sorted(doubted))


def _track(seen: list[tuple[int, Box]]) -> Track:
    first, last = seen[0], seen[-1]
    around = [(max(0, first[0] - _AROUND_MS), first[1]), *seen, (last[0] + _AROUND_MS, last[1])]
    return Track(tuple(_key(at, box) for at, box in around))


def _score(box: Box) -> int:
    return round(100 * box[4])


def _key(at: int, box: Box, margin: float = _MARGIN) -> Key:
    """A box with some margin, in thousandths."""
    broad, tall = (box[2] - box[0]) * margin, (box[3] - box[1]) * margin
    sides = (box[0] - broad, box[1] - tall, box[2] + broad, box[3] + tall)
    left, top, right, bottom = (min(1000, max(0, round(1000 * one))) for one in sides)
    return Key(at, left, top, right, bottom)


class _Covering:
    """One film in progress."""

    def __init__(self, source: Any, streams: list[Any], target: Any, asked: dict[str, Any]) -> None:
        self._source, self._streams, self._asked = source, streams, asked
        self._film = Film(target)
        self._pictures, self._heard, self._late = 0, False, []  # type: ignore[var-annotated]
        for stream in streams:
            if stream.type == "video":
                wide, high = stream.codec_context.width, stream.codec_context.height
                self._turns = quarter_turns()
                sides = (high, wide) if self._turns % 2 else (wide, high)
                self._film.add_pictures(*sides, _CODING)
            else:
                self._film.add_sound()
                self._heard = True

    def run(self) -> Covered:
        for kind, frame, at in _frames(self._source, self._streams):
            if kind == "video":
                self._picture(frame, at)
            else:
                self._film.put_sound(frame, at, self._hushed)
        if not self._pictures and not self._heard:
            raise JobRefused("nothing could be decoded")
        self._film.end()
        return Covered(self._pictures, tuple(self._late))

    def _picture(self, frame: Any, at: Fraction) -> None:
        assert self._film.size is not None
        width, height = self._film.size
        picture = _standing(frame, self._turns)[:height, :width].copy()
        moment = int(at * 1000)
        if _cover(picture, self._asked, moment):
            self._late.append(moment)
        self._pictures += 1
        self._film.put_picture(av.VideoFrame.from_ndarray(picture, format="bgr24"), at)

    def _hushed(self, told: Any, begin: int) -> bool:
        return _hush(told, begin * 1000 // RATE, self._asked["sounds"])


def _hush(told: Any, begin_ms: int, sounds: list[list[Any]]) -> bool:
    """Mute or alter what lies in one of the spans, in place."""
    changed = False
    for from_ms, to_ms, how in sounds:
        first = max(0, (from_ms - begin_ms) * RATE // 1000)
        last = min(told.shape[1], -(-(to_ms - begin_ms) * RATE // 1000))
        if first >= last:
            continue
        changed = True
        part = told[:, first:last]
        part[:] = _robbed(part) if how == "alter" else 0
    return changed


def _robbed(part: Any) -> Any:
    """A voice without its melody: of each block only the strength of its tones is kept."""
    length = part.shape[1]
    blocks = -(-length // _BLOCK)
    padded = numpy.zeros((part.shape[0], blocks * _BLOCK), part.dtype)
    padded[:, :length] = part
    cut = padded.reshape(part.shape[0], blocks, _BLOCK)
    flat = numpy.fft.irfft(numpy.abs(numpy.fft.rfft(cut)), _BLOCK)
    loudest = numpy.abs(cut).max(axis=2, keepdims=True)
    flat *= loudest / numpy.maximum(numpy.abs(flat).max(axis=2, keepdims=True), 1e-9)
    return flat.reshape(part.shape[0], -1)[:, :length].astype(part.dtype)


# -- pictures ----------------------------------------------------------------------------------


def _cover(picture: Any, asked: dict[str, Any], moment: int) -> bool:
    """Cover a picture in place and mark it; whether a face was found after that was covered."""
    for keys in asked["regions"]:
        box = place_at(keys, moment)
        if box is not None:
            _fill(picture, box)
    was_late = bool(asked.get("faces")) and _cover_what_is_left(picture, moment)
    if _mark:
        _mark[0].put(picture)
    return was_late


def _cover_what_is_left(picture: Any, moment: int) -> bool:
    """Look at a covered picture until nothing is found; whether anything was that counts."""
    was_late = False
    for look in range(_AGAIN):
        left = facing.find(picture, facing.LEAST - _CODED)
        if not left:
            break
        was_late = was_late or any(face[4] > facing.LEAST for face in left)
        for face in left:
            key = _key(moment, face, _MARGIN * (look + 1))
            _fill(picture, (key.left, key.top, key.right, key.bottom))
    return was_late


def place_at(keys: list[list[int]], moment: int) -> tuple[float, float, float, float] | None:
    """Where a region lies at a moment: between its key frames in a straight line."""
    if not keys or not keys[0][0] <= moment <= keys[-1][0]:
        return None
    later = next(index for index, key in enumerate(keys) if key[0] >= moment)
    after = keys[later]
    before = keys[max(0, later - 1)]
    if after[0] == before[0]:
        return tuple(after[1:])  # type: ignore[return-value]
    share = (moment - before[0]) / (after[0] - before[0])
    return tuple(  # type: ignore[return-value]
        one + (other - one) * share for one, other in zip(before[1:], after[1:], strict=True)
    )


def _fill(picture: Any, box: tuple[float, float, float, float]) -> None:
    high, wide = picture.shape[:2]
    left, top, right, bottom = box
    rows = slice(int(top * high / 1000), -(-int(bottom * high) // 1000))
    picture[rows, int(left * wide / 1000) : -(-int(right * wide) // 1000)] = 0


def _letters(text: str, font: str) -> Any:
    """The mark as a field of strengths from 0 to 1."""
    letters = ImageFont.truetype(font, 64)
    left, top, right, bottom = letters.getbbox(text)
    field = Image.new("L", (int(right - left) + 16, int(bottom - top) + 16), 0)
    ImageDraw.Draw(field).text((8 - left, 8 - top), text, fill=255, font=letters)
    return field


class _BurntIn:
    """The mark at the left, at the foot or the top, legible on light and dark."""

    def __init__(self, field: Any, is_at_top: bool) -> None:
        self._field, self._is_at_top = field, is_at_top
        self._sizes: dict[tuple[int, int], Any] = {}

    def put(self, picture: Any) -> None:
        """Burn it into a picture, in place."""
        high, wide = picture.shape[:2]
        if (high, wide) not in self._sizes:
            self._sizes[high, wide] = self._strength(high, wide)
        strength = self._sizes[high, wide]
        tall, broad = strength.shape[:2]
        top = high // 50 if self._is_at_top else high - tall - high // 50
        part = picture[top : top + tall, wide // 50 : wide // 50 + broad]
        part[:] = (part * 0.4 * (1 - strength) + 255 * strength).clip(0, 255).astype(numpy.uint8)

    def _strength(self, high: int, wide: int) -> Any:
        field = self._field
        scale = min(0.9 * wide / field.width, 0.05 * high / field.height)
        small = field.resize((max(1, int(field.width * scale)), max(1, int(field.height * scale))))
        return (numpy.asarray(small, dtype=numpy.float32) / 255)[:, :, None]


def _upright() -> Image.Image:
    try:
        picture = Image.open(cast(IO[bytes], Source()))
        if picture.width * picture.height > MAX_PHOTO_PIXELS:
            raise JobRefused(f"declares {picture.width} x {picture.height} pixels")
        return ImageOps.exif_transpose(picture).convert("RGB")
    except photo.BROKEN as error:
        raise JobRefused(schema.clean_text(f"{type(error).__name__}: {error}")) from error


def _pixels(picture: Image.Image) -> Any:
    return numpy.asarray(picture)[:, :, ::-1].copy()
