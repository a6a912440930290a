"""Reads what a client still sends after it was refused, so that it hears why.

A client that is cut off in mid-body sees a broken line and never the answer. So the rest is read
and thrown away, within bounds: of size, of time, and of how many at once. Outermost, so that it is
so whoever refused: a rule, the sign-in, a lost database. Not for bytes that count, nor for forms,
whose silent senders nobody waits for a second time (`bodies`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from liuhen.host.server import DRAINED
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recordings.streams import Slots
from liuhen.web.bodies import STREAMED, length_of
from liuhen.web.middleware import Respond

# More than the pieces our own pages send (64 MiB), so that they always hear the answer.
MOST = 80 << 20
LONGEST_S = 20.0
_PIECE = 1 << 16
places = Slots(DRAINED)


class Draining:
    """Answers a request only when what its sender still sends was read."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and _is_streamed(request):
            drain(_reading(request))
        return response


def _is_streamed(request: HttpRequest) -> bool:
    is_large = length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return is_large or request.path.startswith(STREAMED)


def _reading(request: HttpRequest) -> Callable[[int], bytes]:
    """A body in chunks tells no length, and Django's own stream takes it for empty."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", ""):
        read: Callable[[int], bytes] = request.environ["wsgi.input"].read  # type: ignore[attr-defined]
        return read
    return request.read


def drain(read: Callable[[int], bytes]) -> None:
    """Read the rest of a body, or as much as the bounds allow."""
    try:
        place = places.take()
    except Refused:
        return
    with place:
        connection.close()
        until, left = clock.monotonic() + LONGEST_S, MOST
        while left > 0 and clock.monotonic() < until:
            try:
                piece = read(_PIECE)
            except OSError:
                return  # the client has gone by itself
            if not piece:
                return
            left -= len(piece)
