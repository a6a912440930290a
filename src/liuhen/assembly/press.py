"""The process that runs the compiler of layouts: one compilation after another, within limits.

Started by path, so that it loads nothing of the product. It leaves the network before the compiler
is loaded; the compiler itself keeps to the folder of the layout. Memory is limited for good, the
processor time anew for each compilation. Ends with its standard input. Never imported by the
product (`pressing` is its other side).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from contextlib import suppress
from typing import Any, BinaryIO

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NO_PACKAGES = "/dev/null/packages"  # nothing is found there, nothing can be put there


def leave_network() -> bool:
    """Enter a network of one's own, which leads nowhere; false where the kernel refuses."""
    with suppress(OSError):
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        return any(unshare(how) == 0 for how in (_CLONE_NEWNET, _CLONE_NEWNET | _CLONE_NEWUSER))
    return False


def main(memory: int) -> None:
    """Serve requests from standard input until it ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not spoil an answer
    leave_network()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while line := requests.readline():
        told = json.loads(line)
        _grant(told.pop("cpu_s"))
        _answer(answers, told)


def _grant(cpu_s: int) -> None:
    """So much processor time from now on; then the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + cpu_s + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _answer(answers: BinaryIO, told: dict[str, Any]) -> None:
    """One line of JSON, `parts` the lengths of what follows; `error` what the layout has wrong."""
    import typst  # noqa: PLC0415 - its threads begin in the network that leads nowhere

    parts: list[bytes] = []
    error = ""
    try:
        made = typst.compile(
            told.pop("layout"),
            font_paths=_fonts(typst, tuple(told.pop("fonts"))),
            package_path=_NO_PACKAGES,
            package_cache_path=_NO_PACKAGES,
            **told,
        )
        parts = made if isinstance(made, list) else [made]
    except typst.TypstError as wrong:
        error = str(wrong.diagnostic)
    head = {"parts": [len(part) for part in parts], "error": error}
    answers.write(json.dumps(head).encode() + b"\n" + b"".join(parts))
    answers.flush()


_KNOWN: dict[tuple[str, ...], Any] = {}


def _fonts(typst: Any, folders: tuple[str, ...]) -> Any:
    if folders not in _KNOWN:
        _KNOWN[folders] = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
        )
    return _KNOWN[folders]


if __name__ == "__main__":
    main(int(sys.argv[1]))
