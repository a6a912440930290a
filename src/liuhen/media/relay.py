"""Two sockets joined to one another without waiting, for a loop that serves many.

What one side sends the other gets; a side that can't keep up slows the other down. Not for
looking at the bytes.
"""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress

_PIECE = 256 << 10
# What may wait for one side before the other is no longer read.
_WAITING = 1 << 20


class _Side:
    """One socket, and what waits to be sent to it. `is_over`: it sends nothing more."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self.socket = end
        self.waiting = bytearray()
        self.is_over = False
        self.is_shut = False
        self.watched = 0


class Relay:
    """Joins `one` and `other`, which it closes in the end.

    The keys it registers carry `serve` as their data.
    """

    def __init__(
        self, selector: selectors.BaseSelector, one: socket.socket, other: socket.socket
    ) -> None:
        self._selector = selector
        self._sides = (_Side(one), _Side(other))
        self.is_closed = False
        self._watch()

    def serve(self, key: selectors.SelectorKey, mask: int) -> None:
        """Carry on what a ready socket makes possible."""
        if self.is_closed:
            return
        here, there = self._sides if key.fileobj is self._sides[0].socket else self._sides[::-1]
        try:
            if mask & selectors.EVENT_READ:
                self._read(here, there)
            if mask & selectors.EVENT_WRITE:
                self._send(here)
        except OSError:
            here.is_over = True
            here.waiting.clear()
        self._settle()

    def end(self, which: int) -> None:
        """Hang up on one side (0 or 1); the other still gets what waits for it, then its end."""
        side = self._sides[which]
        side.is_over = True
        side.waiting.clear()
        with suppress(OSError):
            side.socket.shutdown(socket.SHUT_RDWR)
        self._settle()

    def close(self) -> None:
        """Let go of both."""
        if self.is_closed:
            return
        self.is_closed = True
        for side in self._sides:
            if side.watched:
                self._selector.unregister(side.socket)
            side.socket.close()

    def _read(self, here: _Side, there: _Side) -> None:
        try:
            piece = here.socket.recv(_PIECE)
        except BlockingIOError:
            return
        if not piece:
            here.is_over = True
        there.waiting += piece
        self._send(there)

    def _send(self, side: _Side) -> None:
        while side.waiting:
            try:
                sent = side.socket.send(side.waiting)
            except BlockingIOError:
                return
            del side.waiting[:sent]

    def _settle(self) -> None:
        """Hand on an end once everything before it has gone; close when both are over."""
        if self.is_closed:
            return
        for here, there in (self._sides, self._sides[::-1]):
            if here.is_over and not there.waiting and not there.is_shut:
                there.is_shut = True
                with suppress(OSError):
                    there.socket.shutdown(socket.SHUT_WR)
        if all(side.is_over for side in self._sides):
            self.close()
        else:
            self._watch()

    def _watch(self) -> None:
        for here, there in (self._sides, self._sides[::-1]):
            wanted = 0
            if not here.is_over and len(there.waiting) < _WAITING:
                wanted |= selectors.EVENT_READ
            if here.waiting:
                wanted |= selectors.EVENT_WRITE
            if wanted == here.watched:
                continue
            if not wanted:
                self._selector.unregister(here.socket)
            elif here.watched:
                self._selector.modify(here.socket, wanted, self.serve)
            else:
                self._selector.register(here.socket, wanted, self.serve)
            here.watched = wanted
