"""Verifying the bytes of a vault beside `sha256sum -c` and bagit.py over the same files.

The limit is one pass of SHA-256 over everything. `BENCH_GB` says how much: 20 by default.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import scratch_home
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Fault

GIGABYTES = int(os.environ.get("BENCH_GB", "20"))
EACH = 200_000_000


def run() -> list[Figure]:
    """Megabytes a second of each."""
    with scratch_home() as home:
        write_originals(home, GIGABYTES * 10**9)
        bag, size = _bag(home), GIGABYTES * 10**9
        rates = {
            "verify originals": _rate(size, _verify),
            "sha256sum -c": _rate(size, lambda: _sha256sum(bag)),
            "bagit.py": _rate(size, lambda: _bagit(bag)),
        }
    ours, limit = rates["verify originals"], rates["sha256sum -c"]
    return [
        Figure(f"{name}, {GIGABYTES} GB", rate / 1e6, "MB/s", "" if rate is ours else "peer")
        for name, rate in rates.items()
    ] + [Figure("verify beside sha256sum -c", limit / ours, "times", "≤ 1.05")]


def write_originals(home: Path, size: int) -> None:
    """Originals of noise, `size` bytes together, registered by acts as a camera's would be."""
    from liuhen.actions.docking import dock_folder  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    for number in range(size // EACH):
        camera = home / f"camera-{new_id()}"
        camera.mkdir()
        with (camera / f"{number}.mp4").open("wb") as stream:
            for at in range(0, EACH, CHUNK):
                stream.write(os.urandom(min(CHUNK, EACH - at)))
        report = dock_folder(camera, "DEMO-0001", actor=system_person())
        if not report.of("taken"):
            raise Fault(f"not taken in: {report.outcomes}")
        (camera / f"{number}.mp4").unlink()


def _bag(home: Path) -> Path:
    """A bag over the very files of the vault, by hard links."""
    bag = home / "bag"
    (bag / "data").mkdir(parents=True)
    lines = []
    for original in sorted(path for path in (home / "vault").rglob("*") if path.is_file()):
        os.link(original, bag / "data" / original.name)
        lines.append(f"{original.name}  data/{original.name}\n")
    (bag / "manifest-sha256.txt").write_text("".join(lines), encoding="utf-8")
    declared = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    (bag / "bagit.txt").write_text(declared, encoding="utf-8")
    return bag


def _rate(size: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return size / (time.perf_counter() - started)


def _bagit(bag: Path) -> None:
    # the peer stands beside the tests; the product itself does not import it
    command = [sys.executable, "-m", "bagit", "--validate", "--quiet", str(bag)]
    subprocess.run(command, check=True)


def _verify() -> None:
    from liuhen.vault.verifying import originals  # noqa: PLC0415 - models

    for portion in originals():
        if portion.differences:
            raise Fault(f"a fresh vault differs: {portion.differences}")


def _sha256sum(bag: Path) -> None:
    command = ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"]
    subprocess.run(command, cwd=bag, check=True)
