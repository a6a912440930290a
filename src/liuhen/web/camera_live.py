"""Watching a camera live: the opening, the page, and the bytes of the segment being written.

Each opening is an entry first; the stream shows its token. It ends with the segment, and the
page asks for the next one. What the browser can't play is made playable on the way and kept
nowhere. Not for what is in the vault (`media`).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.camera_viewing import watch_camera
from liuhen.cameras.models import Camera
from liuhen.cameras.queries import visible_camera
from liuhen.cameras.segment_files import Note, newest_part, note_of
from liuhen.cameras.watching import read_token
from liuhen.kernel import clock
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Refused
from liuhen.media.fragments import live_parts
from liuhen.media.live_view import is_played, playable
from liuhen.recordings.streams import Slot, Slots, streams
from liuhen.web.acting import person_of, signed_in
from liuhen.web.middleware import problem
from liuhen.web.rooms import LIST, cameras_of, lamp_of
from liuhen.web.templatetags.wording import instant

# The file grows about once a second; without growth for so long the camera is down.
_PAUSE_S, _SILENT_S = 0.2, 15.0
# Codecs some browsers play and some do not; the page asks the one it is in.
_ALSO = frozenset({"hevc"})
# Fewer than there are streams: who looks on takes no place from who hands in.
viewers = Slots(settings.LIVE_VIEWERS, "camera.viewers_full")
_CODEC_WORDS = {
    "hevc": "H.265（HEVC）画面", "mjpeg": "MJPEG 画面",
    "pcm_alaw": "G.711 声音", "pcm_mulaw": "G.711 声音",
}  # fmt: skip


@signed_in
@require_POST
def camera_watch(request: HttpRequest, camera_id: UUID) -> HttpResponse:
    """Register a live view and show it."""
    token = watch_camera(actor=person_of(request), camera_id=camera_id)
    return redirect("camera_live", token=token)


@signed_in
@require_safe
def camera_live(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a live view."""
    person = person_of(request)
    seen = visible_camera(person, read_token(token, person.id))
    camera = next(one for one in cameras_of([seen.room]) if one.id == seen.id)
    lamp, words = lamp_of(camera)
    room_href = reverse("room", args=[camera.room_id])
    context = {
        "camera": camera,
        "lamp": lamp,
        "words": words,
        "src": reverse("camera_stream", args=[token]),
        "sent": _sent(note_of(part)) if (part := _part_of(camera)) else "",
        "watermark": f"{person.name} 实时查看已登记 {instant(clock.now())}",
        "room_href": room_href,
        "crumbs": [
            {"label": LIST, "href": reverse("rooms")},
            {"label": camera.room.name, "href": room_href},
            {"label": "实时查看"},
        ],
    }
    return render(request, "camera_live.html", context)


def _part_of(camera: Camera) -> Path | None:
    return newest_part(settings.HOME.intake_dir, camera.id)


def _sent(note: Note | None) -> str:
    """In words what the camera sends that not every browser plays; "" when every one does."""
    if note is None or is_played(note.video, note.audio):
        return ""
    told = [_CODEC_WORDS.get(one, one) for one in (note.video, note.audio)]
    return "、".join(one for one in told if one not in {"", "h264", "aac", "mp3", "opus"})


@login_required
@require_safe
def camera_stream(request: HttpRequest, token: str) -> HttpResponseBase:
    """The segment being written, from its last whole picture on, as it grows.

    A video element can't tell why it got none, so its page asks again, `?why`: the refusal as a
    problem, or nothing when there is none.
    """
    if "why" in request.GET:
        return _why_none(request, token)
    live, part = _live(request, token)
    connection.close()
    response = StreamingHttpResponse(_shown(live, note_of(part), request), content_type="video/mp4")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _live(request: HttpRequest, token: str) -> tuple[_Live, Path]:
    person = person_of(request)
    camera = visible_camera(person, read_token(token, person.id))
    part = _part_of(camera)
    if part is None:
        raise Refused("camera.not_live")
    viewer = viewers.take()
    try:
        return _Live(part, viewer, streams.take()), part
    except Refused:
        viewer.release()
        raise


def _why_none(request: HttpRequest, token: str) -> HttpResponse:
    try:
        live, _ = _live(request, token)
    except Refused as refused:
        return problem(refused)
    live.close()
    return HttpResponse(status=204)


def _shown(live: _Live, note: Note | None, request: HttpRequest) -> _Live | _Converted:
    """The stream as it is, or as this browser plays it."""
    also = _ALSO & {request.GET.get("plays", "")}
    if note is None or is_played(note.video, note.audio, also):
        return live
    return _Converted(live, playable(live, note.video, also=also))


class _Converted:
    """A live stream that goes through a child; both end together."""

    def __init__(self, live: _Live, made: Generator[bytes]) -> None:
        self._live, self._made = live, made

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._made
        finally:
            self._live.close()

    def close(self) -> None:
        """Called by Django when the answer is over, and when it never began."""
        self._made.close()
        self._live.close()


class _Live:
    """A growing file's bytes until it is finished; gives its places back."""

    def __init__(self, part: Path, *places: Slot) -> None:
        self._part, self._places = part, places
        self._is_over = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            with self._part.open("rb") as stream:
                yield from self._bytes(stream)
        except FileNotFoundError:
            return  # it was finished this very moment; the page asks for the next one
        finally:
            self._leave()

    def _bytes(self, stream: BinaryIO) -> Iterator[bytes]:
        head, at = live_parts(stream, stream.seek(0, 2))
        stream.seek(0)
        yield stream.read(head)
        grown = clock.monotonic()
        while not self._is_over and clock.monotonic() - grown < _SILENT_S:
            stream.seek(at)
            if piece := stream.read(CHUNK):
                at += len(piece)
                grown = clock.monotonic()
                yield piece
            elif not self._part.exists():
                return
            else:
                time.sleep(_PAUSE_S)

    def close(self) -> None:
        """Called by Django when the answer is over, and when it never began."""
        self._is_over = True
        self._leave()

    def _leave(self) -> None:
        for place in self._places:
            place.release()
