"""Compiling a layout in a process of its own, which is ended when it takes too long or too much.

A process serves one compilation after another, so that what it has read stays at hand; one that
had to be ended is replaced by the next compilation. Not for what is compiled (`rendering`), nor for
how the other process ties its own hands (`press`).
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault, Refused

_MIB = 1024 * 1024
_CHILD = Path(__file__).with_name("press.py")
_AT_ONCE = os.cpu_count() or 2
# A process never gives memory back: 80 MiB after common papers, 110 after 300 rows of a list,
# 1.3 GiB after 10,000. One that grew beyond this is not kept, or a later one would find no room.
_KEPT = 512 * _MIB


@dataclass(frozen=True)
class Limits:
    """What one compilation may use.

    Attributes:
        cpu_s: seconds of processor time, over all its threads.
        wall_s: seconds until it is ended although it waits.
        memory: bytes of address space, the fonts (about 300 MB) included.
    """

    cpu_s: int = 60
    wall_s: int = 240
    memory: int = 3072 * _MIB


class _Press:
    """One process and the pipes to it."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(_CHILD), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={},
            start_new_session=True,
        )
        assert self.process.stdin and self.process.stdout
        self.requests, self.answers = self.process.stdin, self.process.stdout
        self._unread = bytearray()

    def ask(self, request: Mapping[str, Any], wall_s: int) -> tuple[list[bytes], str]:
        """The parts of the answer and what the layout has wrong.

        Raises:
            EOFError: the process ended; TimeoutError: it did not answer in time.
        """
        until = clock.monotonic() + wall_s
        with suppress(BrokenPipeError):  # then there is no answer either
            self.requests.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
            self.requests.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.answers, selectors.EVENT_READ)
            while (end := self._unread.find(b"\n")) < 0:
                self._read(waiting, until)
            head = json.loads(self._taken(end + 1))
            while len(self._unread) < sum(head["parts"]):
                self._read(waiting, until)
        return [self._taken(length) for length in head["parts"]], head["error"]

    def _read(self, waiting: selectors.BaseSelector, until: float) -> None:
        if not waiting.select(max(0.0, until - clock.monotonic())):
            raise TimeoutError
        chunk = os.read(self.answers.fileno(), _MIB)
        if not chunk:
            raise EOFError
        self._unread += chunk

    def _taken(self, length: int) -> bytes:
        taken = bytes(self._unread[:length])
        del self._unread[:length]
        return taken

    def resident(self) -> int:
        """Bytes of memory it holds; 0 where that can't be told."""
        with suppress(OSError, ValueError, IndexError):
            pages = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1]
            return int(pages) * resource.getpagesize()
        return 0

    def end(self) -> int:
        """End it, whatever it does; its exit status (below 0: the signal)."""
        with suppress(OSError):
            self.requests.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=0.2)  # it may be on its way out by itself
        self.process.kill()
        self.answers.close()
        return self.process.wait()


_idle: list[_Press] = []
_lock = threading.Lock()
_room = threading.BoundedSemaphore(_AT_ONCE)


def pressed(request: Mapping[str, Any], limits: Limits) -> list[bytes]:
    """What the compiler makes of a request (arguments of `typst.compile`, `fonts` the folders).

    As many at once as there are processors; the others wait.

    Raises:
        Refused: `layout.too_much`, time or memory ran out.
        Fault: the layout does not compile, or the compiler broke.
    """
    with _room:
        press = _taken(limits.memory)
        is_whole = False
        try:
            told = {**request, "cpu_s": limits.cpu_s}
            parts, error = press.ask(told, limits.wall_s)
            is_whole = True
        except (EOFError, TimeoutError) as gone:
            raise _told(press.end(), gone) from gone
        finally:
            if is_whole and press.resident() <= _KEPT:
                with _lock:
                    _idle.append(press)
            else:
                press.end()
    if error:
        raise Fault(f"layout {Path(request['layout']).stem}: {error}")
    return parts


def _taken(memory: int) -> _Press:
    """A process that waits and lives, or a new one."""
    with _lock:
        for press in [one for one in _idle if one.memory == memory]:
            _idle.remove(press)
            if press.process.poll() is None:
                return press
            press.end()
    return _Press(memory)


def _told(status: int, gone: Exception) -> Exception:
    """Why there is no answer: limits, or something an operator must look at."""
    out_of_time = isinstance(gone, TimeoutError) or status == -signal.SIGXCPU
    if out_of_time or status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
        return Refused("layout.too_much")
    return Fault(f"the compiler of layouts ended with status {status}")


@atexit.register
def end_presses() -> None:
    """End the processes that wait."""
    while _idle:
        _idle.pop().end()


# A forked process has pipes to the same processes, which are its parent's.
os.register_at_fork(after_in_child=_idle.clear)
