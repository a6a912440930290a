"""Whether today's browsers play a file as it is, or a proxy must be made. A table, no decoding.

Sources: the container and codec tables of MDN's web media guides, narrowed to what Chromium,
Firefox and Safari share. Not for what this server can decode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from liuhen.media.facts import Track
from liuhen.media.signatures import SCANS

_PHOTOS: Final = frozenset({"jpeg", "png", "webp", "gif", "avif", "bmp"})
_CONTAINERS: Final = {
    "mp4": frozenset({"h264", "aac", "mp3", "av1", "flac", "opus"}),
    "mov": frozenset({"h264", "aac", "mp3"}),
    "m4a": frozenset({"aac", "mp3", "flac", "opus"}),
    "3gp": frozenset({"h264", "aac"}),
    "webm": frozenset({"vp8", "vp9", "av1", "opus", "vorbis"}),
    "ogg": frozenset({"opus", "vorbis", "flac"}),
    "mp3": frozenset({"mp3"}),
    "wav": frozenset({"pcm_s16le", "pcm_u8", "pcm_f32le"}),
    "aac": frozenset({"aac"}),
    "flac": frozenset({"flac"}),
}
_PIXELS: Final = frozenset({"", "yuv420p", "yuvj420p"})


def obstacle_in_browser(found: str, tracks: Sequence[Track]) -> str:
    """Why a browser can't play it, in English; empty when it can."""
    if found in _PHOTOS:
        return ""
    if found in SCANS:
        return "a page is shown as a picture"
    codecs = _CONTAINERS.get(found)
    if codecs is None:
        return f"container {found}"
    shown = [track for track in tracks if track.kind in {"video", "audio"}]
    if not shown:
        return "no track of sound or pictures"
    for track in shown:
        if track.codec not in codecs:
            return f"codec {track.codec} in {found}"
        if track.codec == "h264" and track.pixel_format not in _PIXELS:
            return f"pixel format {track.pixel_format}"
    return ""
