"""Everything is killed with -9 at as many random moments as are asked for; resumable.

`make soak N=1000 SEED=1 FOCI="uploads everything"`: each kill has a seed of its own, its result
is put down in `.build/soak/` before the next one begins, and a second run goes on where the first
one ended. Without FOCI the kills go round over everything.
kill -9 takes every process but leaves the kernel's memory of files; `test_power` takes that too.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from liuhen.bench.figures import percentile
from liuhen.host.home import Home
from tests.kill.cycle import FOCI, Result, Workplace, with_old_records, workplace
from tests.kill.disposer import MOST
from tests.kill.officer import Notes
from tests.kill.tree import AN_HOUR, MORE_THAN_A_YEAR, copied_home, made_home, run_liuhen
from tests.soak.measured import ROOT, commit, record
from tests.vault.weed import engine

COUNT = int(os.environ.get("SOAK_N") or 100)
SEED = int(os.environ.get("SOAK_SEED") or 1)
# A home grows with each kill, and is held against everything that was ever told on it.
KILLS_A_HOME = 20
CHOSEN = tuple(os.environ.get("SOAK_FOCI", "").replace(",", " ").split()) or FOCI
NAME = "-".join(("kills", *(() if CHOSEN == FOCI else CHOSEN), str(SEED)))
PROGRESS = ROOT / ".build" / "soak" / f"{NAME}.jsonl"
WHAT = "Kills" if CHOSEN == FOCI else f"Kills while {', '.join(CHOSEN)}"
KEPT = (
    "acts",
    "files",
    "disposals",
    "offsets",
    "recordings",
    "checkpoints",
    "vault_unowned",
    "intake_unowned",
)


def done() -> list[dict[str, Any]]:
    """The kills put down so far."""
    if not PROGRESS.exists():
        return []
    return [json.loads(line) for line in PROGRESS.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the homes stand; one in which something was lost stays."""
    made = Path(tempfile.mkdtemp(prefix="liuhen-soak-", dir="/tmp"))
    yield made
    with suppress(OSError):
        shutil.rmtree(made / "pattern")
        made.rmdir()


@pytest.fixture(scope="module")
def pattern(folder: Path) -> Home:
    hours = MORE_THAN_A_YEAR if "disposal" in CHOSEN else AN_HOUR
    return made_home(folder / "pattern" / "home", hours)


@contextmanager
def fresh_place(pattern: Home, folder: Path) -> Iterator[Workplace]:
    """A new home, served; it stays where it is when something was lost."""
    home, variables = copied_home(pattern, folder / "home"), dict[str, str]()
    with ExitStack() as ending:
        if "disposal" in CHOSEN:
            (folder / "weed").mkdir()
            weed = ending.enter_context(engine(folder / "weed"))
            variables = with_old_records(home, weed, MOST * KILLS_A_HOME)
        yield ending.enter_context(workplace(home, variables))
    shutil.rmtree(folder)


def put_down(result: Result, home: int, at: str) -> None:
    kill = {**asdict(result), "home": home, "commit": at}
    Notes(PROGRESS).put("kill", **kill)


def leaves_no_orphan(place: Workplace) -> bool:
    """Whether, once uploads are ended, no bytes in the vault are without a row."""
    held = place.finish()
    assert held.problems == [], place.home.path
    assert held.counts["intake_unowned"] == 0, "what kills cut off is cleared in its time"
    assert not list(place.home.intake_dir.glob("dock-*")), place.home.path
    return not held.counts["vault_unowned"]


def test_nothing_acknowledged_is_lost_in_any_kill(pattern: Home, folder: Path) -> None:
    assert set(CHOSEN) <= set(FOCI), f"the foci are {FOCI}"
    PROGRESS.parent.mkdir(parents=True, exist_ok=True)
    while (number := len(done())) < COUNT:
        last = min(COUNT, number + KILLS_A_HOME)
        with fresh_place(pattern, folder / f"from-{number}") as place:
            for seed in range(number, last):
                result = place.cycle(SEED * 1_000_000 + seed, CHOSEN)
                put_down(result, number, commit())
                assert result.held.problems == [], f"seed {result.seed}: {place.home.path.parent}"
            # a paper that a kill cut off leaves its bytes; footage must not
            assert leaves_no_orphan(place) or set(CHOSEN) != {"uploads"}, place.home.path
            verified = run_liuhen("verify", "--home", place.home.path, **place.tree.variables)
            assert verified.returncode == 0, verified.stdout
        write()
    write()


def write() -> None:
    """Put the figures of all kills so far into docs/measured.md."""
    kills = done()
    lost = sum(bool(kill["held"]["problems"]) for kill in kills)
    foci = Counter(kill["focus"] for kill in kills)
    homes = {kill["home"]: kill["held"]["counts"] for kill in kills}
    held = {name: sum(counts.get(name, 0) for counts in homes.values()) for name in KEPT}
    back = [kill["back_after"] for kill in kills]
    figures = {
        "kills of the whole tree at a random moment": f"{len(kills)}, seed {SEED}",
        "of these with anything acknowledged lost or wrong": str(lost),
        "kills while": ", ".join(f"{focus} {foci[focus]}" for focus in CHOSEN),
        "processes killed": str(sum(kill["killed"] for kill in kills)),
        "acknowledged acts, all with entry and rows": str(held["acts"]),
        "files bound, all in the vault": str(held["files"]),
        "lists ordered destroyed, each whole on its side of the order": str(held["disposals"]),
        "acknowledged pieces of uploads, all held": str(held["offsets"]),
        "finished recordings, all in the vault once, with receipt": str(held["recordings"]),
        "checkpoints shown, all still standing": str(held["checkpoints"]),
        "whole files in the vault without a row (cut-off papers)": str(held["vault_unowned"]),
        "files in the intake folder without a row": str(held["intake_unowned"]),
        "from start to first answer after a kill, p50 and p95": (
            f"{percentile(back, 0.5):.1f} s, {percentile(back, 0.95):.1f} s"
        ),
    }
    record(f"{WHAT} (`make soak`)", figures, ", ".join(sorted({kill["commit"] for kill in kills})))
