"""A home backed up, backed up again, read back and restored: megabytes a second of each.

Everything is encrypted, written and read back; the limit is one pass each of SHA-256 and of the
cipher, and the disk's durable write (beside: `cp` + `sync` of the same originals). `BENCH_GB`
says how much is in the vault: 4 by default.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.bench.scratch import empty_home, founded
from liuhen.bench.served import SCRIPT
from liuhen.bench.verify import write_originals

GIGABYTES = int(os.environ.get("BENCH_GB", "4"))
BESIDE = "hashed, encrypted, durable, read back"


def run() -> Iterator[Figure]:
    """Rates of a first set, of reading back and of a restore; seconds of a set of nothing new."""
    size = GIGABYTES * 10**9
    with empty_home() as home, tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        with founded(home):
            write_originals(home.path, size)
        place = Path(folder)
        target, key = place / "repository" / "sets", place / "key"
        backup = ["backup", str(target), "--home", str(home.path), "--key", str(key)]
        first = _seconds(*backup, "--new-key")
        yield Figure(f"first set, {GIGABYTES} GB", size / first / 1e6, "MB/s", BESIDE)
        again = _seconds(*backup)
        yield Figure("a set with nothing new", again, "s", "the database's log alone")
        check = _seconds(*backup, "--check")
        yield Figure("everything read back", size / check / 1e6, "MB/s", "one pass")
        copying = _copy(home.path / "vault", place / "copy")
        yield Figure("cp + sync of the vault", size / copying / 1e6, "MB/s", "peer")
        restored = _seconds(
            *("restore", "--backup", str(target), "--key", str(key)),
            *("--home", str(place / "restored")),
        )
        beside = "read, written, verified"
        yield Figure("restored and verified", size / restored / 1e6, "MB/s", beside)


def _seconds(*words: str) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "LIUHEN_HOME"}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def _copy(source: Path, target: Path) -> float:
    started = time.perf_counter()
    subprocess.run(["sh", "-c", 'cp -r "$0" "$1" && sync -f "$1"', source, target], check=True)
    return time.perf_counter() - started
