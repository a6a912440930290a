"""Acts with ledger entry per second, at one, eight and 32 writers.

The limit is the disk's fsync, for each act is one durable commit, and the processors, which
database and writers share; several writers' commits may go to disk together.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home

SECONDS = 8.0
# Writers are threads of at most so many processes, which set themselves up on few processors.
PROCESSES = 8
READY_SECONDS = 300.0
WRITERS = (1, 8, 32)
BESIDE = "fsync for one writer, processors for more"


def run() -> Iterator[Figure]:
    """Acts a second, and what the disk alone would allow."""
    with scratch_home() as home:
        for writers in WRITERS:
            name = f"acts with entry, {writers} writer(s)"
            yield Figure(name, _rate(home, writers), "acts/s", BESIDE)
        yield Figure("fsync of 8 KiB", _fsyncs(home), "fsync/s", "limit")


def _rate(home: Path, writers: int) -> float:
    spawn, processes = multiprocessing.get_context("spawn"), min(writers, PROCESSES)
    with spawn.Pool(processes, _meet_at, (spawn.Barrier(processes),)) as pool:
        work = [(str(home), number, writers // processes) for number in range(processes)]
        counts = pool.map(_write, work, chunksize=1)
    return sum(counts) / SECONDS


_all_ready: Barrier | None = None


def _meet_at(barrier: Barrier) -> None:
    """A writer begins when every other one is set up: that takes each a second or more."""
    global _all_ready
    _all_ready = barrier


def _write(work: tuple[str, int, int]) -> int:
    home, number, threads = work
    os.environ["LIUHEN_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "liuhen.settings"
    import django  # noqa: PLC0415 - a fresh process sets itself up

    django.setup()
    assert _all_ready is not None
    _all_ready.wait(READY_SECONDS)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(_acts, [f"{number}-{thread}" for thread in range(threads)]))


def _acts(writer: str) -> int:
    """One writer on a connection of its own, for as long as all write."""
    from liuhen.actions.people import register_device  # noqa: PLC0415 - models need Django
    from liuhen.people.models import Device, Person, Unit  # noqa: PLC0415

    actor, unit = Person.objects.get(username="system"), Unit.objects.get(code="ZD1")
    done, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        register_device(
            actor=actor,
            serial=f"B{os.getpid()}-{writer}-{done}",
            kind=Device.Kind.BODY_CAMERA,
            unit=unit,
        )
        done += 1
    return done


def _fsyncs(home: Path) -> float:
    with tempfile.NamedTemporaryFile(dir=home) as stream:
        done, end = 0, time.perf_counter() + 2
        while time.perf_counter() < end:
            stream.write(b"x" * 8192)
            stream.flush()
            os.fsync(stream.fileno())
            done += 1
        return done / 2
