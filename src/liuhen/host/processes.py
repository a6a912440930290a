"""Children that don't outlive us, and what an earlier tree of processes left behind.

Linux only. Not for the database's processes: those may outlive us and are adopted (`postgres`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from liuhen.kernel import clock

TREE_VARIABLE = "LIUHEN_TREE"
# Where `/proc/PID/stat` says it, counted from the state (proc(5): fields 22 and 3).
_BEGUN = 22 - 3


@dataclass(frozen=True)
class Child:
    """One process to keep running: its name in the log, its command, its extra environment.

    One that `yields` is first started when the others are ready, or have had their time for it.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 20.0
    yields: bool = False


def start(child: Child, tree: str) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, marked with `tree`, to be told when we die.

    Call it from the main thread: the kernel watches the thread, not the process.
    """
    setpriv = shutil.which("setpriv")
    tied = (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()
    return subprocess.Popen(
        [*tied, *child.command],
        env={**os.environ, "PYTHONUNBUFFERED": "1", TREE_VARIABLE: tree, **child.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # the terminal's Ctrl-C reaches only us; we tell the children in order
        start_new_session=True,
    )


def kill_group(group: int) -> None:
    """Kill whatever is left of a child's session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def stop_all(children: Sequence[tuple[Child, subprocess.Popen[bytes]]]) -> list[str]:
    """Ask all children to end, at once, and kill those that don't; the names of those killed."""
    for _, process in children:
        if process.poll() is None:
            process.terminate()
    began, killed = clock.monotonic(), []
    for child, process in children:
        left = max(0.1, child.stop_seconds - (clock.monotonic() - began))
        try:
            process.wait(timeout=left)
        except subprocess.TimeoutExpired:
            killed.append(child.name)
        kill_group(process.pid)
        process.wait()
    return killed


def marked_processes(tree: str) -> list[int]:
    """Ids of processes that carry the mark of `tree` in their environment; ours is not counted."""
    mark = f"{TREE_VARIABLE}={tree}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def paused(first: int) -> list[int]:
    """Ids of a process and its children that a signal has stopped, not ended."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                if state in "Tt" and first in (int(folder.name), int(parent)):
                    found.append(int(folder.name))
    return sorted(found)


def begun_at(pid: int) -> int | None:
    """When a process that lives began, in ticks since the machine did; with its id, who it is."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if told[0] in "ZX" else int(told[_BEGUN])


def end_leftovers(tree: str, seconds: float = 5.0) -> int:
    """End what an earlier tree left running (after `kill -9`); returns how many there were."""
    left = marked_processes(tree)
    first, deadline = len(left), clock.monotonic() + seconds
    how = signal.SIGTERM
    while left:
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, how)
        sleep(0.2)
        if clock.monotonic() > deadline:
            how = signal.SIGKILL
        left = marked_processes(tree)
    return first
