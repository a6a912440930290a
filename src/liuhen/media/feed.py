"""One connection to one camera: its socket, the child that reads it, and what the child says.

The socket to the camera is opened here, outside the child, and joined to the child's doorway:
the child reaches this camera and nothing else. Everything goes on without waiting, in a loop
that serves many cameras. Not for reconnecting, for files or for what the instants mean.
"""

from __future__ import annotations

import errno
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from liuhen.kernel import clock
from liuhen.media.frames import Event, Opened, Stopped, Unframer
from liuhen.media.relay import Relay

CONNECT_S, OPEN_S, STALL_S, END_S = 5.0, 20.0, 10.0, 5.0
_PIECE = 256 << 10

# Why there are no pictures from a camera. `unreachable`: no connection came about; `lost`: the
# camera or the network between ended it; `rejected`, `not_found`, `no_picture`, `broken_times`,
# `unreadable`: as the child says (`frames.Stopped`); `stalled`: it was connected and sent
# nothing; `reader_failed`: the child ended without a word; `stopped`: we ended it.
Cause = Literal[
    "unreachable",
    "lost",
    "rejected",
    "not_found",
    "no_picture",
    "broken_times",
    "unreadable",
    "stalled",
    "reader_failed",
    "stopped",
]
Heard = Callable[[bytes | Event], None]


@dataclass(frozen=True)
class Source:
    """Where a camera's stream is: address by number, path with query, and who asks."""

    host: str
    port: int
    path: str
    user: str = ""
    password: str = ""


class Nursery:
    """The process that starts the children (`media.nursery`).

    `program`: what the interpreter runs; another one only to prove what its children can't do.
    """

    def __init__(self, program: Sequence[str] = ("-m", "liuhen.media.nursery")) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", *program],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={},
            )

    @property
    def is_alive(self) -> bool:
        """Whether children can be had."""
        return self.process.poll() is None

    def child(self, source: Source, segment_ms: int) -> tuple[int, socket.socket]:
        """A child for one connection: a handle on it (pidfd) and the line to it.

        Raises:
            OSError: the nursery is gone.
        """
        request = {
            "path": source.path,
            "user": source.user,
            "password": source.password,
            "segment_ms": segment_ms,
        }
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._line, [json.dumps(request).encode()], [theirs.fileno()])
        _, handles, _, _ = socket.recv_fds(self._line, 1, 1)
        if not handles:
            ours.close()
            raise BrokenPipeError(errno.EPIPE, "the nursery is gone")
        return handles[0], ours

    def close(self) -> None:
        """End it and with it every child."""
        self._line.close()
        try:
            self.process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Feed:
    """One connection from its first attempt to its end.

    `heard` is called with what the child says; `cause` is None until it is over.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        nursery: Nursery,
        source: Source,
        segment_ms: int,
        heard: Heard,
    ) -> None:
        self._selector, self._nursery, self._heard = selector, nursery, heard
        self._source, self._segment_ms = source, segment_ms
        self._camera: socket.socket | None = None
        self._line: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._relay: Relay | None = None
        self._unframer = Unframer()
        self._child: int | None = None
        self._ending: Cause | None = None
        self.cause: Cause | None = None
        self.detail = ""
        self.is_open = False
        self._until = clock.monotonic() + CONNECT_S
        self._connect()

    # -- its course --------------------------------------------------------------------------

    def _connect(self) -> None:
        family = socket.AF_INET6 if ":" in self._source.host else socket.AF_INET
        self._camera = socket.socket(family, socket.SOCK_STREAM)
        self._camera.setblocking(False)
        self._camera.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            self._camera.connect((self._source.host, self._source.port))
        except BlockingIOError:
            pass
        except OSError as error:
            self._over("unreachable", error.strerror or "")
            return
        self._selector.register(self._camera, selectors.EVENT_WRITE, self._connected)

    def _connected(self, key: selectors.SelectorKey, mask: int) -> None:
        assert self._camera is not None
        self._selector.unregister(self._camera)
        number = self._camera.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._over("unreachable", os.strerror(number))
            return
        try:
            self._child, self._line = self._nursery.child(self._source, self._segment_ms)
        except OSError as error:
            self._over("reader_failed", error.strerror or "")
            return
        self._line.setblocking(False)
        self._until = clock.monotonic() + OPEN_S
        self._selector.register(self._line, selectors.EVENT_READ, self._doorway)

    def _doorway(self, key: selectors.SelectorKey, mask: int) -> None:
        """The child hands over the listener behind which it will wait."""
        assert self._line is not None
        said, descriptors, _, _ = socket.recv_fds(self._line, 1, 1)
        if said != b"L" or len(descriptors) != 1:
            for descriptor in descriptors:
                os.close(descriptor)
            self._over("reader_failed", "no doorway")
            return
        self._selector.modify(self._line, selectors.EVENT_READ, self._read)
        self._listener = socket.socket(fileno=descriptors[0])
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _accept(self, key: selectors.SelectorKey, mask: int) -> None:
        assert self._listener is not None and self._camera is not None
        try:
            child, _ = self._listener.accept()
        except BlockingIOError:
            return
        self._selector.unregister(self._listener)
        self._listener.close()
        self._listener = None
        self._relay = Relay(self._selector, self._camera, child)

    def _read(self, key: selectors.SelectorKey, mask: int) -> None:
        assert self._line is not None
        try:
            piece = self._line.recv(_PIECE)
            if not piece:
                self._over("reader_failed", "the child ended without a word")
                return
            for told in self._unframer.feed(piece):
                self._hear(told)
        except BlockingIOError:
            return
        except (ValueError, ConnectionError) as error:
            self._over("reader_failed", str(error))

    def _hear(self, told: bytes | Event) -> None:
        if self.cause is not None:
            return
        self._until = clock.monotonic() + (END_S if self._ending else STALL_S)
        if isinstance(told, Opened):
            self.is_open = True
        if isinstance(told, Stopped):
            self._over("lost" if told.why == "ended" else told.why, told.detail)
        else:
            self._heard(told)

    # -- its end -----------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Look at the time: what takes too long is ended, first with good words."""
        if self.cause is not None or now < self._until:
            return
        if self._ending is not None or not self.is_open:
            self._over("stalled" if self._line else "unreachable", "")
        else:
            self.end("stalled")

    def end(self, cause: Cause) -> None:
        """Hang up on the camera; the child finishes its file, or is ended after `END_S`."""
        if self.cause is not None or self._ending is not None:
            return
        self._ending = cause
        if self._relay is None or self._relay.is_closed:
            self._over(cause, "")
            return
        self._until = clock.monotonic() + END_S
        self._relay.end(0)

    def _over(self, cause: Cause, detail: str) -> None:
        if self.cause is not None:
            return
        self.cause, self.detail = self._ending or cause, detail
        if self._relay is not None:
            self._relay.close()
        for held in (self._camera, self._line, self._listener):
            if held is None or held.fileno() < 0:
                continue
            with suppress(KeyError):
                self._selector.unregister(held)
            held.close()
        if self._child is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child, signal.SIGKILL)
            os.close(self._child)
