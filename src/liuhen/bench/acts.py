"""Acts with ledger entry per second, at one and at eight writers.

The limit is the disk's fsync, for each act is one durable commit, and the processors, which
database and writers share; several writers' commits may go to disk together.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home

SECONDS = 8.0
WRITERS = (1, 8)
BESIDE = "fsync for one writer, processors for eight"


def run() -> list[Figure]:
    """Acts a second, and what the disk alone would allow."""
    with scratch_home() as home:
        figures = [
            Figure(f"acts with entry, {writers} writer(s)", _rate(home, writers), "acts/s", BESIDE)
            for writers in WRITERS
        ]
        return [*figures, Figure("fsync of 8 KiB", _fsyncs(home), "fsync/s", "limit")]


def _rate(home: Path, writers: int) -> float:
    with multiprocessing.get_context("spawn").Pool(writers) as pool:
        counts = pool.map(_write, [(str(home), number, SECONDS) for number in range(writers)])
    return sum(counts) / SECONDS


def _write(work: tuple[str, int, float]) -> int:
    home, number, seconds = work
    os.environ["LIUHEN_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "liuhen.settings"
    import django  # noqa: PLC0415 - a fresh process sets itself up

    django.setup()
    from liuhen.actions.people import register_device  # noqa: PLC0415
    from liuhen.people.models import Device, Person, Unit  # noqa: PLC0415

    actor, unit = Person.objects.get(username="system"), Unit.objects.get(code="ZD1")
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        register_device(
            actor=actor,
            serial=f"B{os.getpid()}-{number}-{done}",
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
