"""The power is cut while people work: the disk forgets what was never made durable. `make soak`.

Files, journal and database lose what the kernel held in memory, and the machine's next start is
another boot; everything that was acknowledged has to be there.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from liuhen.host.home import Home
from tests.kill.cycle import Workplace, made_video
from tests.kill.holding import holder
from tests.kill.power import PowerDisk, another_boot, power_disk
from tests.kill.tree import made_home, run_liuhen, start, until
from tests.soak.measured import commit, record

SEED = int(os.environ.get("SOAK_SEED") or 1)
CUTS = min(int(os.environ.get("SOAK_N") or 10), 10)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="liuhen-power-", dir="/tmp"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def disk(folder: Path) -> Iterator[PowerDisk]:
    """A home of the fictional authority, on a disk of its own."""
    pattern = made_home(folder / "pattern" / "home")
    with power_disk(folder / "place") as found:
        subprocess.run(["cp", "-a", f"{pattern.path}/.", str(found.path)], check=True)
        subprocess.run(["sync", "--file-system", str(found.path)], check=True)
        yield found


def cut(disk: PowerDisk, place: Workplace, seed: int) -> list[str]:
    """People work, the power is cut, the machine starts anew; what is not as was acknowledged."""
    chance, before = random.Random(seed), place.lines()
    with place.people("everything", seed):
        until(lambda: place.lines() >= before + chance.randint(6, 60), "people were answered")
        time.sleep(chance.uniform(0.0, 1.0))
        place.tree.kill(meanwhile=disk.cut)
    disk.off()
    disk.on()
    place.tree = start(place.home, place.tree.port, before=another_boot(place.home.path.parent))
    place.tree.await_ready()
    with holder(place.home) as holding:
        return holding.hold(place.notes()).problems


def test_what_was_acknowledged_is_there_after_each_cut(folder: Path, disk: PowerDisk) -> None:
    home, video = Home(disk.path), made_video(folder / "footage.mp4")
    with holder(home) as holding:
        place = Workplace(home, start(home), holding, video)
    try:
        place.tree.await_ready()
        for seed in range(CUTS):
            assert cut(disk, place, SEED * 1000 + seed) == [], f"seed {seed}"
        for notes in place.notes():
            place.officer(notes.stem).resume()
        verified = run_liuhen("verify", "--home", home.path)
        assert verified.returncode == 0, verified.stdout
    except BaseException:
        sys.stderr.write(place.tree.said())
        raise
    finally:
        with suppress(ProcessLookupError):
            place.tree.kill()
    figures = {
        f"Cuts of the power while {place.lines()} answers were noted": f"{CUTS}, nothing lost"
    }
    record("Power cuts", figures, commit())
