"""Small real media made on the spot, for the demonstration and the tests; never evidence.

Every file is a true file of its kind (FFmpeg and Pillow write it), the same bytes for the same
arguments on the same machine, and shows a drawn street with a burnt-in clock. Not for editing
or converting anything that was recorded.
"""

from __future__ import annotations

import array
import datetime as dt
import math
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import av
import av.audio
import av.video
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from PIL import Image

from liuhen.media.scene import Scene

Pauses = Sequence[tuple[int, int]]
Place = tuple[float, float]

_AUDIO_RATE = 16000
_VIDEO_CODECS = {
    ".mp4": "libx264", ".mov": "libx264", ".mkv": "libx264", ".ts": "libx264",
    ".avi": "mpeg4", ".webm": "libvpx",
}  # fmt: skip
_AUDIO_CODECS = {
    ".mp4": "aac", ".mov": "aac", ".mkv": "aac", ".ts": "aac", ".m4a": "aac",
    ".avi": "libmp3lame", ".mp3": "libmp3lame", ".wav": "pcm_s16le", ".webm": "libopus",
}  # fmt: skip
_FORMATS = {".mkv": "matroska", ".ts": "mpegts", ".m4a": "ipod"}
_ENCODER_OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "32", "bf": "0", "threads": "1",
                "tune": "zerolatency"},
    "libx265": {"preset": "ultrafast", "crf": "34",
                "x265-params": "pools=none:frame-threads=1:log-level=none"},
    "mpeg4": {"qscale": "8"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "crf": "40", "b": "200k", "threads": "1"},
}  # fmt: skip


def make_video(
    path: Path,
    scene: Scene,
    *,
    duration_ms: int = 20_000,
    pictures_per_second: int = 5,
    has_sound: bool = True,
    sound_ms: int | None = None,
    tone_hz: int = 440,
    pauses: Pauses = (),
    place: Place | None = None,
    codec: Literal["h264", "hevc"] | None = None,
    is_index_first: bool = True,
) -> None:
    """Write a video of the scene; the container follows the suffix (mp4 mov mkv avi ts webm).

    Args:
        duration_ms: length of the recording with its pauses, milliseconds.
        sound_ms: after so long the sound stops and the pictures go on; None: it does not.
        pauses: half-open spans (from_ms, to_ms) in which nothing was recorded: the timestamps
            jump, as when a camera loses writes; ordered, apart from one another.
        place: latitude and longitude in degrees, written as ISO 6709 where the container can.
        codec: H.264 unless told; HEVC makes a file that many browsers can't play (mp4, mov, mkv).
        is_index_first: MP4 and MOV only: the index before the pictures ("fast start").

    Raises:
        ValueError: the suffix is none of the above.
    """
    name = _VIDEO_CODECS.get(path.suffix.lower())
    if name is None:
        raise ValueError(f"no video container for {path.suffix!r}")
    with _output(path, scene.started_at, place, is_index_first=is_index_first) as container:
        video = _video_stream(
            container, "libx265" if codec == "hevc" else name, scene, pictures_per_second
        )
        audio = _audio_stream(container, path) if has_sound else None
        kept_ms = duration_ms - sum(end - start for start, end in pauses)
        pictures = _encoded_pictures(video, scene, kept_ms, pictures_per_second, pauses)
        heard_ms = kept_ms if sound_ms is None else min(sound_ms, kept_ms)
        sounds = _encoded_sound(audio, heard_ms, tone_hz, scene.seed) if audio else iter(())
        _mux(container, pictures, sounds, pauses)


def make_audio(
    path: Path, started_at: dt.datetime, *, duration_ms: int = 20_000, tone_hz: int = 440,
    pauses: Pauses = (), seed: int = 1,
) -> None:  # fmt: skip
    """Write sound only (suffix mp3, wav or m4a): a tone each second over faint street noise."""
    if path.suffix.lower() not in {".mp3", ".wav", ".m4a"}:
        raise ValueError(f"no audio container for {path.suffix!r}")
    with _output(path, started_at, None, is_index_first=True) as container:
        stream = _audio_stream(container, path)
        kept_ms = duration_ms - sum(end - start for start, end in pauses)
        sounds = _encoded_sound(stream, kept_ms, tone_hz, seed)
        _mux(container, iter(()), sounds, pauses)


def make_photo(
    path: Path, scene: Scene, *, place: Place | None = None, orientation: int = 1
) -> None:
    """Write one picture of the scene (suffix jpg, jpeg, png or heic) with date in its EXIF.

    `orientation` is the EXIF value 1..8; the stored pixels are not turned, as cameras do it.
    HEIC needs an encoder in the installed pillow-heif.
    """
    picture = scene.picture_at(0)
    exif = _exif(scene, place, orientation)
    match path.suffix.lower():
        case ".jpg" | ".jpeg":
            picture.save(path, "JPEG", quality=80, exif=exif)
        case ".png":
            picture.save(path, "PNG", exif=exif)
        case ".heic":
            _save_heic(path, picture, exif)
        case other:
            raise ValueError(f"no photo format for {other!r}")


def _save_heic(path: Path, picture: Image.Image, exif: Image.Exif) -> None:
    import pillow_heif  # noqa: PLC0415 - loads 30 MB of codecs that only this call needs

    pillow_heif.register_heif_opener()
    picture.save(path, "HEIF", quality=50, exif=exif.tobytes())


def _exif(scene: Scene, place: Place | None, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    taken = scene.started_at.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x010F], exif[0x0110] = "LIUHEN DEMO", scene.device  # Make, Model
    exif[0x0112], exif[0x0132] = orientation, taken  # Orientation, DateTime
    details = exif.get_ifd(0x8769)
    details[0x9003] = taken  # DateTimeOriginal
    details[0x9011] = _offset_text(scene.started_at)  # OffsetTimeOriginal
    if place:
        position = exif.get_ifd(0x8825)
        latitude, longitude = place
        position[1], position[2] = "N" if latitude >= 0 else "S", _sexagesimal(latitude)
        position[3], position[4] = "E" if longitude >= 0 else "W", _sexagesimal(longitude)
    return exif


def _offset_text(instant: dt.datetime) -> str:
    text = instant.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    hundredths = round(abs(degrees) * 3600 * 100)
    return (
        float(hundredths // 360000),
        float(hundredths // 6000 % 60),
        float(hundredths % 6000) / 100,
    )


def _output(
    path: Path, started_at: dt.datetime, place: Place | None, *, is_index_first: bool
) -> OutputContainer:
    suffix = path.suffix.lower()
    options = {"fflags": "+bitexact"}
    if suffix in {".mp4", ".mov", ".m4a"} and is_index_first:
        options["movflags"] = "+faststart"
    container = av.open(str(path), "w", format=_FORMATS.get(suffix), options=options)
    begun = started_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    key = "date" if suffix in {".wav", ".avi", ".mp3"} else "creation_time"
    container.metadata[key] = begun
    if place:
        container.metadata["location"] = f"{place[0]:+08.4f}{place[1]:+09.4f}/"
    return container


def _video_stream(
    container: OutputContainer, codec: str, scene: Scene, rate: int
) -> av.video.stream.VideoStream:
    stream = container.add_stream(codec, rate=rate, options=dict(_ENCODER_OPTIONS[codec]))
    assert isinstance(stream, av.video.stream.VideoStream)
    stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, "yuv420p"
    stream.gop_size = rate * 4
    stream.codec_context.flags |= Flags.bitexact
    if codec == "libx265":
        stream.codec_context.codec_tag = "hvc1"
    return stream


def _audio_stream(container: OutputContainer, path: Path) -> av.audio.stream.AudioStream:
    codec = _AUDIO_CODECS[path.suffix.lower()]
    rate = 48000 if codec == "libopus" else _AUDIO_RATE
    stream = container.add_stream(codec, rate=rate, layout="mono")
    assert isinstance(stream, av.audio.stream.AudioStream)
    if codec != "pcm_s16le":
        stream.bit_rate = 24000
    stream.codec_context.flags |= Flags.bitexact
    return stream


def _encoded_pictures(
    stream: av.video.stream.VideoStream, scene: Scene, kept_ms: int, rate: int, pauses: Pauses
) -> Iterator[Packet[Any]]:
    for number in range(kept_ms * rate // 1000):
        shown_ms = _shifted(number * 1000 // rate, pauses)
        frame = _frame(scene.picture_at(shown_ms))
        frame.pts, frame.time_base = number, Fraction(1, rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _frame(picture: Image.Image) -> av.VideoFrame:
    convert: Callable[[Image.Image], av.VideoFrame] = av.VideoFrame.from_image
    return convert(picture)


def _encoded_sound(
    stream: av.audio.stream.AudioStream, kept_ms: int, tone_hz: int, seed: int
) -> Iterator[Packet[Any]]:
    rate = stream.rate
    second = _second_of_sound(rate, tone_hz, seed)
    total, done = kept_ms * rate // 1000, 0
    while done < total:
        count = min(1024, total - done)
        start = done % rate
        samples = (second + second)[start : start + count]
        frame = av.AudioFrame("s16", "mono", count)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = rate, done, Fraction(1, rate)
        yield from stream.encode(frame)
        done += count
    yield from stream.encode(None)


def _second_of_sound(rate: int, tone_hz: int, seed: int) -> array.array[int]:
    chance = random.Random(seed)  # noqa: S311 - street noise, not a secret
    samples = array.array("h", bytes(2 * rate))
    for number in range(rate):
        fade = max(0.0, 1 - number / (rate / 4))
        tone = math.sin(2 * math.pi * tone_hz * number / rate) * fade * 9000
        samples[number] = int(tone) + chance.randrange(-300, 300)
    return samples


def _mux(
    container: OutputContainer,
    pictures: Iterator[Packet[Any]],
    sounds: Iterator[Packet[Any]],
    pauses: Pauses,
) -> None:
    """Interleave both tracks by time, moving what lies behind a pause to its true time."""
    heads = [next(pictures, None), next(sounds, None)]
    sources = (pictures, sounds)
    while any(heads):
        which = min((n for n in (0, 1) if heads[n]), key=lambda n: _time_ms(heads[n]))
        packet = heads[which]
        assert packet is not None
        heads[which] = next(sources[which], None)
        if packet.dts is None or packet.pts is None:
            continue
        shift = _shifted(max(0, _time_ms(packet)), pauses) - max(0, _time_ms(packet))
        ticks = int(Fraction(shift, 1000) / packet.time_base)
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
        container.mux_one(packet)


def _time_ms(packet: Packet[Any] | None) -> int:
    if packet is None or packet.dts is None:
        return 0
    return int(packet.dts * packet.time_base * 1000)


def _shifted(kept_ms: int, pauses: Pauses) -> int:
    """Recording time of a moment counted without the pauses."""
    moment = kept_ms
    for (_, before), (start, end) in pairwise([(0, 0), *pauses]):
        if moment < start:
            break
        assert before <= start
        moment += end - start
    return moment
