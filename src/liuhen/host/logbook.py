"""One readable log of all processes: the file `log/liuhen.log`, rotated, and the terminal.

Not for the record of acts (that is the ledger), and nothing here is evidence.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import IO

from liuhen.kernel import clock

LIMIT_BYTES = 10 * 1024 * 1024
KEPT_FILES = 10
LINE_LIMIT_BYTES = 8192
NAME_WIDTH = 9


def printable(raw: bytes) -> str:
    """One line of a child, with control characters made visible so that it can't fake another."""
    text = raw[:LINE_LIMIT_BYTES].decode("utf-8", "replace").rstrip("\r\n")
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)


class Logbook:
    """Takes lines from many threads; a full disk costs lines of the file, never the process."""

    def __init__(
        self,
        path: Path,
        terminal: Callable[[str], None] | None = None,
        *,
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self.path = path
        self._terminal = terminal
        self._limit = limit_bytes
        self._lock = threading.Lock()

    def write(self, name: str, line: str) -> None:
        """Log one line of the process `name`: local time, name, line."""
        moment = clock.local(clock.now()).isoformat(timespec="milliseconds")
        written = f"{moment} {name:<{NAME_WIDTH}} {line}\n"
        with self._lock:
            self._write_file(written)
            self._write_terminal(written)

    def follow_stream(
        self, name: str, stream: IO[bytes], said: deque[str] | None = None
    ) -> threading.Thread:
        """Log what comes out of a child's pipe until it ends; the last lines also into `said`."""

        def read() -> None:
            with stream:
                while line := stream.readline(LINE_LIMIT_BYTES):
                    self.write(name, printable(line))
                    if said is not None:
                        said.append(printable(line))

        thread = threading.Thread(target=read, name=f"log of {name}", daemon=True)
        thread.start()
        return thread

    def follow_file(self, name: str, path: Path) -> None:
        """Log what is appended to `path` from now on, and cut the file short when it has grown."""

        began = path.stat().st_size if path.exists() else 0

        def read() -> None:
            position = began
            while True:
                position = self._read_on(name, path, position)
                sleep(0.3)

        threading.Thread(target=read, name=f"log of {name}", daemon=True).start()

    def _read_on(self, name: str, path: Path, position: int) -> int:
        try:
            with path.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                stream.seek(0 if size < position else position)
                while (line := stream.readline(LINE_LIMIT_BYTES)).endswith(b"\n"):
                    self.write(name, printable(line))
                    position = stream.tell()
            if position == size and size > self._limit:
                # its writer appends, so what it writes next stands at the new end
                os.truncate(path, 0)
                return 0
        except OSError:
            return position
        return min(position, size)

    def _write_file(self, written: str) -> None:
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, written.encode())
                is_full = os.fstat(file).st_size > self._limit
            finally:
                os.close(file)
            if is_full:
                self._rotate()
        except OSError as error:
            self._write_terminal(f"log: {error}\n")

    def _rotate(self) -> None:
        numbered = [self.path.with_suffix(f".log.{n}") for n in range(1, KEPT_FILES)]
        for older, newer in zip(
            reversed(numbered), [*reversed(numbered[:-1]), self.path], strict=True
        ):
            if newer.exists():
                newer.replace(older)

    def _write_terminal(self, written: str) -> None:
        if self._terminal is None:
            return
        try:
            self._terminal(written)
        except OSError:
            # nobody watches any more
            self._terminal = None
