"""Taking in a camera of 2,000 files beside `cp`, `sync` and `sha256sum` of the same files.

The limit is reading, writing durably and hashing every byte once. Beyond that a docking writes
rows, ledger entries and a signed receipt for each file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

FILES, SIZE, ROUNDS = 2_000, 1 << 20, 3
SERIAL = "DEMO-0001"


def run() -> list[Figure]:
    """Seconds of each, the best of some rounds turn and turn about."""
    ours, peer = [], []
    with scratch_home() as home, tempfile.TemporaryDirectory(dir=home) as beside:
        for round_ in range(ROUNDS):
            camera = Path(beside) / f"camera-{round_}"
            _fill(camera)
            peer.append(_copied(camera, Path(beside) / "copy"))
            ours.append(_docked(camera))
            shutil.rmtree(camera)
    name = f"{FILES:,} files of {SIZE >> 20} MiB"
    return [
        Figure(f"dock {name}", min(ours), "s", "reading, hashing and writing each byte once"),
        Figure(f"cp + sync + sha256sum of {name}", min(peer), "s", "limit"),
        Figure("dock beside cp + sync + sha256sum", min(ours) / min(peer), "times", "≤ 1.15"),
    ]


def _fill(camera: Path) -> None:
    """A real short video, then noise that differs from file to file."""
    camera.mkdir()
    first = camera / f"{SERIAL}_20260310000000.mp4"
    make_video(first, Scene(started_at=clock.now()), duration_ms=2000)
    head = first.read_bytes()
    first.unlink()
    for number in range(FILES):
        name = f"{SERIAL}_2026031{number // 500}{number % 500 // 60:02d}{number % 60:02d}00.mp4"
        (camera / name).write_bytes(head + os.urandom(SIZE - len(head)))


def _copied(camera: Path, target: Path) -> float:
    _settle()
    script = f"cp -r '{camera}' '{target}' && sync -f '{target}' && cd '{target}' && sha256sum *"
    started = time.perf_counter()
    subprocess.run(["sh", "-c", script], check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - started
    shutil.rmtree(target)
    return taken


def _docked(camera: Path) -> float:
    from liuhen.actions.docking import dock_folder  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    _settle()
    started = time.perf_counter()
    report = dock_folder(camera, SERIAL, actor=system_person())
    taken = time.perf_counter() - started
    if len(report.of("taken")) != FILES:
        raise Fault(f"taken in: {len(report.of('taken'))} of {FILES}")
    return taken


def _settle() -> None:
    """Nobody pays for what was written before."""
    os.sync()
