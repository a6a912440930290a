"""Playback: opening a recording, and its bytes in ranges to whom it was opened.

The opening is registered and committed before the first byte leaves (Art. 43); every later
request shows its token and is checked against the approval anew. Streams hold no database
connection. Not for the player's page or for copies that leave the house.

For the page: POST `media-open` with `reason` answers JSON {"original": url, "thumbnail": url}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from liuhen.access.opening import Opening
from liuhen.actions.access import look_on, open_recording
from liuhen.actions.excerpting import take_clip, take_still
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Fault, Refused
from liuhen.media.signatures import PHOTOS, SCANS
from liuhen.recordings.derivatives import (
    CLIP,
    CONTENT_TYPES,
    PROXY,
    REDACTED,
    TAKEN_STILL,
    made_file,
)
from liuhen.recordings.queries import derivative_of
from liuhen.recordings.streams import Slot, streams
from liuhen.vault.keeping import local_store
from liuhen.web.ranges import Part, UnsatisfiableError, part_asked

if TYPE_CHECKING:
    from liuhen.people.models import Person
    from liuhen.recordings.models import Derivative

# Types shown in a page; everything else is handed over as plain bytes to be saved.
_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "3gp": "video/3gpp",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "avif": "image/avif",
}
_PLAIN = "application/octet-stream"


@login_required
@require_POST
def open_for_viewing(request: HttpRequest, recording_id: UUID) -> JsonResponse:
    """Register a viewing and answer where to look. A refusal is told by the middleware."""
    viewing = open_recording(
        actor=cast("Person", request.user),
        recording_id=recording_id,
        reason=request.POST.get("reason", ""),
    )
    made = {"original": reverse("media-original", kwargs={"token": viewing.token})}
    made["thumbnail"] = reverse(
        "media-derivative", kwargs={"token": viewing.token, "kind": "thumbnail"}
    )
    return JsonResponse(made, status=201)


@login_required
@require_safe
def original(request: HttpRequest, token: str) -> HttpResponseBase:
    """The original's bytes as received."""
    opening = look_on(token, actor=cast("Person", request.user))
    if not local_store().has(opening.sha256):
        raise Fault(f"original missing from the vault: {opening.sha256}")
    content_type = _TYPES.get(opening.found, _PLAIN)
    response = _answer(
        request, opening.size, opening.sha256, lambda part: _original(opening.sha256, part)
    )
    response.headers["Content-Type"] = content_type
    disposition = content_disposition_header(content_type == _PLAIN, opening.name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response


@login_required
@require_safe
def derivative(request: HttpRequest, token: str, kind: str, key: str = "") -> HttpResponseBase:
    """Something made from the original, under the same approval as the original itself."""
    opening = look_on(token, actor=cast("Person", request.user))
    if key and not _is_for(opening, kind, key):
        raise Http404
    made = derivative_of(opening.sha256, kind, key)
    where = made_file(made)
    if made is None or where is None:
        raise Http404
    size = where.stat().st_size

    def pieces(part: Part) -> Iterator[bytes]:
        with where.open("rb") as stream:
            stream.seek(part.start)
            left = part.end - part.start
            while left > 0 and (piece := stream.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece

    response = _answer(request, size, made.sha256, pieces)
    response.headers["Content-Type"] = _derived_type(opening.found, kind)
    if key:
        ending = _ending(made)
        name = f"{opening.name.rpartition('.')[0] or opening.name}-{kind}-{key}.{ending}"
        disposition = content_disposition_header(True, name)
        response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def _is_for(opening: Opening, kind: str, key: str) -> bool:
    """What was taken out bears a name and goes to nobody else."""
    if kind in (TAKEN_STILL, CLIP):
        return key.endswith(f"-{opening.viewing_id}")
    return kind in (PROXY, REDACTED)


def _ending(made: Derivative) -> str:
    if made.how.get("type") == "application/pdf":
        return "pdf"
    if made.kind == TAKEN_STILL or made.how.get("type") == "image/jpeg":
        return "jpg"
    return "mkv" if made.how.get("container") == "matroska" else "mp4"


@login_required
@require_POST
def still(request: HttpRequest, token: str) -> JsonResponse:
    """Take the picture of a moment out; `at_ms` in the form."""
    actor = cast("Person", request.user)
    look_on(token, actor=actor)  # before what was typed is looked at
    return _excerpt(token, take_still(token, actor=actor, at_ms=_whole(request, "at_ms")))


@login_required
@require_POST
def clip(request: HttpRequest, token: str) -> JsonResponse:
    """Take a piece out; `from_ms` and `to_ms` in the form."""
    actor = cast("Person", request.user)
    look_on(token, actor=actor)
    begin, end = _whole(request, "from_ms"), _whole(request, "to_ms")
    return _excerpt(token, take_clip(token, actor=actor, from_ms=begin, to_ms=end))


def _whole(request: HttpRequest, name: str) -> int:
    raw = request.POST.get(name, "")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 12):
        raise Refused("bookmark.place")
    return int(raw)


def _excerpt(token: str, made: Derivative) -> JsonResponse:
    href = reverse("media-excerpt", kwargs={"token": token, "kind": made.kind, "key": made.key})
    return JsonResponse({"href": href, "sha256": made.sha256, "how": made.how}, status=201)


def _derived_type(found: str, kind: str) -> str:
    if found in PHOTOS | SCANS and kind == PROXY:
        return "image/jpeg"
    if kind == REDACTED and found in PHOTOS | SCANS:
        return "image/jpeg" if found in PHOTOS else "application/pdf"
    return CONTENT_TYPES.get(kind, "application/json")


def _original(sha256: str, part: Part) -> Iterator[bytes]:
    return local_store().chunks(sha256, part.start, part.end)


class _Pieces:
    """A file's pieces that give their place among the streams back, read out or not."""

    def __init__(self, pieces: Iterator[bytes], slot: Slot) -> None:
        self._pieces, self._slot = pieces, slot

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces
        finally:
            self._slot.release()

    def close(self) -> None:
        """Called by Django when the answer is over, and when it never began."""
        self._slot.release()


def _answer(
    request: HttpRequest, size: int, sha256: str, pieces: Callable[[Part], Iterator[bytes]]
) -> HttpResponseBase:
    """200, 206, 304 or 416 with the headers they share."""
    tag = f'"{sha256}"'
    try:
        part = part_asked(_range_header(request, tag), size)
    except UnsatisfiableError:
        response: HttpResponseBase = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
        return _with_headers(response, tag)
    if tag in _tags(request.headers.get("If-None-Match", "")):
        return _with_headers(HttpResponseNotModified(), tag)
    status = 206 if part.is_range else 200
    if request.method == "HEAD":
        response = HttpResponse(status=status)
    else:
        slot = streams.take()
        # The stream may last; its connection goes back before it begins.
        connection.close()
        response = StreamingHttpResponse(_Pieces(pieces(part), slot), status=status)
    response.headers["Content-Length"] = str(part.end - part.start)
    if part.is_range:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    return _with_headers(response, tag)


def _range_header(request: HttpRequest, tag: str) -> str | None:
    """The Range header, unless If-Range says that the client holds something else."""
    wanted = request.headers.get("If-Range")
    return request.headers.get("Range") if wanted in (None, tag) else None


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _with_headers(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Accept-Ranges"] = "bytes"
    # What lies in a browser's cache could be viewed without anybody registering it.
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


urlpatterns = [
    path("open/<uuid:recording_id>", open_for_viewing, name="media-open"),
    path("<str:token>/original", original, name="media-original"),
    path("<str:token>/derived/<slug:kind>", derivative, name="media-derivative"),
    path("<str:token>/derived/<slug:kind>/<slug:key>", derivative, name="media-excerpt"),
    path("<str:token>/still", still, name="media-still"),
    path("<str:token>/clip", clip, name="media-clip"),
]
