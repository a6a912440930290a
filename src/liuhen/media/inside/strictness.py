"""Decoding that forgives nothing, to find damage that ordinary decoders paint over. Child only."""

from __future__ import annotations

from typing import Any, Final

import av
import av.error
import av.logging
import av.subtitles.stream  # PyAV loads it at the first file, when nothing can be loaded any more
from av.container import InputContainer
from av.stream import Stream

from liuhen.media import schema
from liuhen.media.facts import Damage
from liuhen.media.inside.source import Source

Log = list[tuple[int, str, str]]

_FORMATS: Final = (
    "mov,mp4,m4a,3gp,matroska,webm,avi,mpegts,mpeg,flv,asf,dhav,mp3,wav,w64,aac,flac,ogg,amr,"
    "caf,aiff"
)
_STRICT: Final = "crccheck+bitstream+buffer+explode"
_PATCHED: Final = "concealing"
UNREADABLE: Final = (av.error.FFmpegError, OSError, ValueError)


def open_container(source: Source, formats: str = _FORMATS) -> InputContainer:
    """Open with demuxers for recordings only: no playlists, no protocols, no nested files.

    Raises:
        av.error.FFmpegError, OSError, ValueError: it is none of these (`UNREADABLE`).
    """
    assert av.subtitles.stream
    options = {"format_whitelist": formats, "protocol_whitelist": "none"}
    return av.open(
        source, "r", options=options, container_options={"analyzeduration": "10000000"},
        metadata_errors="replace", buffer_size=1 << 18,
    )  # fmt: skip


def make_strict(stream: Stream) -> None:
    """Let the decoder of a stream refuse what it would otherwise conceal; one thread."""
    context: Any = stream.codec_context
    if stream.type in {"video", "audio"} and context is not None:
        context.options = {"err_detect": _STRICT}
        context.thread_count = 1


def cause_of(error: BaseException, log: Log) -> str:
    """The decoder's own last words when it logged any, otherwise the error's; empties the log."""
    said = complaint(log) or getattr(error, "strerror", None) or str(error)
    log.clear()
    return schema.clean_text(f"{type(error).__name__}: {said}")


def complaint(log: Log) -> str:
    """The last message that tells of damage, "" without one.

    That a picture was patched up is told at a lower level than errors are.
    """
    told = (
        said for level, _, said in reversed(log) if level <= av.logging.ERROR or _PATCHED in said
    )
    return next(told, "")


def still_picture_damage(source: Source, formats: str) -> list[Damage]:
    """Damage in the coded pictures of a JPEG (jpeg_pipe) or HEIC (mov), tile by tile.

    Only what the decoder calls invalid counts; what it doesn't support says nothing.
    """
    source.seek(0)
    av.logging.set_level(av.logging.ERROR)
    with av.logging.Capture() as log:
        try:
            container = open_container(source, formats)
            for stream in container.streams:
                make_strict(stream)
            for packet in container.demux():
                packet.decode()
        except av.error.InvalidDataError as error:
            return [Damage(None, None, None, cause_of(error, log))]
        except UNREADABLE:
            return []
    return []
