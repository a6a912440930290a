"""Runs benchmarks, each in a process of its own, and tells every figure when it is measured.

What was measured stands, whatever becomes of the rest: a benchmark that fails or is ended leaves
the figures before it. Not for what is measured (`acts`, `search` and their kin).
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
from collections.abc import Generator
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import FrameType

from liuhen.bench.figures import Figure, load
from liuhen.kernel.refusals import Fault

_PATIENCE_S = 120  # a large home takes its time to go


def measured(module: str) -> Generator[Figure]:
    """The figures of a benchmark's module as they come, the machine's load before and after them.

    A process has one Django, which has one home; so each module has a process of its own. It is
    ended, and clears up behind itself, when nobody asks for its figures any more.

    Raises:
        Fault: it ended before it was done.
    """
    context = multiprocessing.get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(module, telling))
    process.start()
    telling.close()
    try:
        with suppress(EOFError):
            while True:
                yield told.recv()
        process.join()
    finally:
        _end(process)
    if process.exitcode != 0:
        raise Fault(f"{module} ended with {process.exitcode}")


def _measure(module: str, telling: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_once)
    try:
        with telling:
            telling.send(load("before"))
            with closing(_figures(module)) as figures:
                for figure in figures:
                    telling.send(figure)
            telling.send(load("after"))
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None


def _figures(module: str) -> Generator[Figure]:
    yield from importlib.import_module(module).run()


def _end_once(number: int, frame: FrameType | None) -> None:
    """End what runs; what clears up behind it is left in peace."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stay)
    raise KeyboardInterrupt


def _stay(number: int, frame: FrameType | None) -> None:
    pass


def _end(process: BaseProcess) -> None:
    if process.is_alive() and process.pid is not None:
        os.kill(process.pid, signal.SIGINT)
        process.join(_PATIENCE_S)
    process.kill()
    process.join()
