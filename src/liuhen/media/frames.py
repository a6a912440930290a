"""What a camera's child says to its parent on one line: bytes of a file, and what they mean.

A frame is a letter, a length of four bytes (big-endian) and so many bytes: `D` data of the
segment that was begun last, `E` an event as JSON. The child may turn hostile, so the parent
reads with limits and believes only the shapes below. Not for what becomes of a segment.

All instants are milliseconds on the machine's monotonic clock: when a picture was there at the
earliest, judged by those around it, so that a line that falters for a moment shifts nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from liuhen.media import schema

DATA, EVENT = b"D", b"E"
MAX_FRAME = 4 << 20
MAX_EVENT = 64 << 10
_HEAD = struct.Struct(">cI")

# Why a child stopped reading. `ended`: the camera closed; `stalled`: it sends nothing any more;
# `rejected`: it wants another password; `not_found`: it knows no such address; `no_picture`: it
# sends none; `broken_times`: its clock jumped; `unreadable`: what it sends is none of what we take.
Why = Literal[
    "ended", "stalled", "rejected", "not_found", "no_picture", "broken_times", "unreadable"
]  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """The stream is open: container of its segments (mp4 or mov), codecs ("" without sound)."""

    container: Literal["mp4", "mov"]
    video: str
    audio: str
    width: int
    height: int
    network: str


@dataclass(frozen=True)
class Begun:
    """A segment begins; its bytes follow."""

    start: int


@dataclass(frozen=True)
class Progress:
    """How far the segment has come, about once a second; its start as it is known by now."""

    start: int
    end: int


@dataclass(frozen=True)
class Finished:
    """A segment is complete: its bytes have all been sent.

    `holes` are spans without a picture that came inside it, `was_cut` whether the next one goes
    on where it ends.
    """

    start: int
    end: int
    holes: tuple[tuple[int, int], ...]
    was_cut: bool


@dataclass(frozen=True)
class Stopped:
    """The child is done, and why."""

    why: Why
    detail: str


Event = Opened | Begun | Progress | Finished | Stopped
_EVENTS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Opened, Begun, Progress, Finished, Stopped)
}


def event_frame(event: Event) -> bytes:
    """An event as a frame."""
    plain = {"event": type(event).__name__.lower(), **schema.plain(event)}
    return frame(EVENT, json.dumps(plain).encode())


def frame(letter: bytes, content: bytes) -> bytes:
    """One frame."""
    return _HEAD.pack(letter, len(content)) + content


class Unframer:
    """Cuts what arrives into frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes | Event]:
        """The data and events that are complete with this piece.

        Raises:
            ValueError: no frame, one that is too long, or an event of another shape
                (`schema.SchemaError` among them).
        """
        self._held += piece
        at = 0
        while len(self._held) - at >= _HEAD.size:
            letter, length = _HEAD.unpack_from(self._held, at)
            if length > (MAX_FRAME if letter == DATA else MAX_EVENT):
                raise ValueError("a frame is too long")
            end = at + _HEAD.size + length
            if len(self._held) < end:
                break
            content = bytes(self._held[at + _HEAD.size : end])
            at = end
            yield content if letter == DATA else _event(letter, content)
        del self._held[:at]


def _event(letter: bytes, content: bytes) -> Event:
    if letter != EVENT:
        raise ValueError("a frame of no known kind")
    told = json.loads(content)
    if not isinstance(told, dict) or told.get("event") not in _EVENTS:
        raise ValueError("an event of no known kind")
    event: Event = schema.read(_EVENTS[told.pop("event")], told)
    return event
