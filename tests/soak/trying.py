"""Whether the tests of the law notice a change, asked thousands of times: `Trier`.

A server that runs in the changed tree has all imported that is not the law. For each question it
forks a child, which imports the law, or its rules, anew and runs `tests.law.quick`; a child that
takes too much time or memory has noticed. Not for making changes (`mutants.py`).
"""

from __future__ import annotations

import gc
import importlib
import math
import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

from liuhen.kernel.refusals import Fault

# What the law, its tables and its tests import that is not the law.
_BEFOREHAND = (
    *("chinese_calendar", "click", "hypothesis", "hypothesis.strategies", "pytest"),
    *("liuhen.kernel.canonical", "liuhen.kernel.clock", "liuhen.kernel.refusals"),
)
ROWS = Path("rows.pickle")
_CPU_S = 60
_BYTES = 4 << 30


class Trier:
    """The server, started in a tree with `rows.pickle`; leave it to end it.

    Of rules alone, it has the rest of the law imported as well.
    """

    def __init__(self, tree: Path, environment: Mapping[str, str], *, of_rules: bool) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", __name__, "rules" if of_rules else "law"],
            cwd=tree, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.unchanged = cache(self._unchanged)

    def passes(self, *asked: str) -> bool:
        """Whether `quick` is content, in about twice the time it took with the law unchanged."""
        most = 2 + 2 * sum(self.unchanged(each) for each in asked)
        return self._run(math.ceil(most), *asked)[0] == 0

    def _unchanged(self, asked: str) -> float:
        status, seconds = self._run(_CPU_S, asked)
        if status:
            raise Fault(f"the law as it stands does not pass: {asked}")
        return seconds

    def _run(self, *line: object) -> tuple[int, float]:
        assert self._server.stdin and self._server.stdout
        print(*line, file=self._server.stdin, flush=True)
        status, seconds = self._server.stdout.readline().split()
        return int(status), float(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait()


def serve(what: str) -> None:
    """Answer each line, a limit and arguments for `quick`, with a child's status and its time."""
    for name in _BEFOREHAND:
        importlib.import_module(name)
    if what == "rules":
        importlib.import_module("tests.law.quick").beforehand(ROWS)
    anew = "liuhen.law.measures.", "liuhen.law.statutes."
    early = anew if what == "rules" else "liuhen.law"
    assert not [name for name in sys.modules if name.startswith(early)]
    gc.freeze()
    for line in sys.stdin:
        most, *asked = shlex.split(line)
        child = os.fork()
        if child == 0:
            _try(int(most), [f"--rows={ROWS}", *asked])
        _, status, used = os.wait4(child, 0)
        sys.stdout.write(f"{status} {used.ru_utime + used.ru_stime}\n")
        sys.stdout.flush()


def _try(most: int, arguments: list[str]) -> None:
    """Become one run of `quick` of so many seconds at most."""
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in range(3):
        os.dup2(nowhere, place)
    status = 1
    try:
        importlib.import_module("tests.law.quick").main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve(sys.argv[1])
