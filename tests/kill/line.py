"""A line to a database that becomes slow or is cut. Not a test.

A real listener on TCP before a server's socket: what people call the network between machines.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

_PIECE = 1 << 16


class DatabaseLine:
    """Carries bytes both ways until it is told otherwise: `carried` pieces.

    `delay_s` is waited before each piece of an answer.
    """

    def __init__(self, to: Path) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_cut = False
        self._passes = threading.Event()
        self._passes.set()
        self._lost = list[threading.Event]()
        self._ends = set[socket.socket]()
        self._lock = threading.Lock()
        self.delay_s, self.carried = 0.0, 0
        self._left: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def url(self, direct: str) -> str:
        """The address of a database through this line instead of by its socket."""
        head, _, _ = direct.partition("?host=")
        account, _, name = head.rpartition("@/")
        return f"{account}@127.0.0.1:{self.port}/{name}?sslmode=disable"

    def cut(self) -> None:
        """End what is under way, and whoever comes anew is turned away."""
        self._is_cut = True
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut_after(self, pieces: int) -> None:
        """Carry so many more pieces, requests and answers alike, and then be cut."""
        self._left = pieces

    def fall_silent(self) -> None:
        """What is sent is taken, and carried nowhere before the line is mended."""
        self._passes.clear()

    def fall_silent_for_good(self) -> None:
        """What is under way is never answered any more; who comes anew is, once it is mended."""
        self._passes.clear()
        self._lost.append(self._passes)
        self._passes = threading.Event()

    def mend(self) -> None:
        """It carries as it should, also what was held back."""
        self._passes.set()
        self._is_cut, self.delay_s, self._left = False, 0.0, None

    def close(self) -> None:
        """Nobody listens any more."""
        self._listener.close()
        self.cut()
        for passes in (self._passes, *self._lost):
            passes.set()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                here.close()
                continue
            there = socket.socket(socket.AF_UNIX)
            there.connect(str(self._to))
            with self._lock:
                self._ends |= {here, there}
            for one, other, waits in ((here, there, False), (there, here, True)):
                carried = (one, other, waits, self._passes)
                threading.Thread(target=self._carry, args=carried, daemon=True).start()

    def _is_over(self) -> bool:
        with self._lock:
            self.carried += 1
            if self._left is not None:
                self._left -= 1
            return self._left is not None and self._left < 0

    def _carry(
        self, one: socket.socket, other: socket.socket, waits: bool, passes: threading.Event
    ) -> None:
        with suppress(OSError):
            while piece := one.recv(_PIECE):
                if waits:
                    time.sleep(self.delay_s)
                passes.wait()
                if self._is_over():
                    self.cut()
                other.sendall(piece)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(direct: str) -> Iterator[DatabaseLine]:
    """A line before the database of an address by socket (`Cluster.dsn`), for the block."""
    folder = unquote(direct.rpartition("host=")[2])
    line = DatabaseLine(Path(folder) / ".s.PGSQL.5432")
    try:
        yield line
    finally:
        line.close()
