"""Whether the tests of the law notice a change, asked thousands of times: `Trier`.

A server that runs in the changed tree has all imported that is not the law. For each question it
forks a child, which imports the law, or its rules, anew and runs `tests.law.quick`; a child that
takes too much time or memory has noticed. Not for making changes (`mutants.py`).
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

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
        self.passes_unchanged = cache(self.passes)

    def passes(self, *asked: str) -> bool:
        """Whether `quick` is content with the tree as it stands."""
        assert self._server.stdin and self._server.stdout
        print(*asked, file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline()) == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait()


def serve(what: str) -> None:
    """Answer each line of arguments for `quick` with how its child ended."""
    for name in _BEFOREHAND:
        importlib.import_module(name)
    if what == "rules":
        importlib.import_module("tests.law.quick").beforehand(ROWS)
    anew = "liuhen.law.measures.", "liuhen.law.statutes."
    early = anew if what == "rules" else "liuhen.law"
    assert not [name for name in sys.modules if name.startswith(early)]
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _try([f"--rows={ROWS}", *shlex.split(line)])
        sys.stdout.write(f"{os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


def _try(arguments: list[str]) -> None:
    """Become one run of `quick`."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
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
