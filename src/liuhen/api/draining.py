"""Reads what a client still sends after it was refused, so that it hears why.

A client that is cut off in mid-body sees a broken line and never the answer. So the rest is read
and thrown away, within bounds: of size, of time, and of how many at once. Not for bytes that
count.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recordings.streams import Slots

# More than the pieces our own pages send (64 MiB), so that they always hear the answer.
MOST = 80 << 20
LONGEST_S = 20.0
_PIECE = 1 << 16
places = Slots(8)


def drain(request: HttpRequest) -> None:
    """Read the rest of the request's body, or as much as the bounds allow."""
    try:
        place = places.take()
    except Refused:
        return
    with place:
        connection.close()
        until, left = clock.monotonic() + LONGEST_S, MOST
        while left > 0 and clock.monotonic() < until:
            try:
                piece = request.read(_PIECE)
            except OSError:
                return  # the client has gone by itself
            if not piece:
                return
            left -= len(piece)
