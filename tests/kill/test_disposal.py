"""Everything is killed while what was ordered destroyed goes: nothing else goes, nothing halfway.

Lists of old records on this machine, on other disks, in a bucket and at a replica. Moments as in
`test_everything`, where all other kinds of kills are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.cycle import ANSWERS, STRIKES, Workplace, with_old_records, workplace
from tests.kill.disposer import MOST
from tests.kill.officer import Notes
from tests.kill.tree import MORE_THAN_A_YEAR, made_home, run_liuhen
from tests.vault.weed import engine

SEED = 0


@pytest.fixture(scope="module")
def place(kill_folder: Path) -> Iterator[Workplace]:
    """A home of more than a year, with lists enough."""
    beside = kill_folder / "disposal"
    beside.mkdir()
    home = made_home(beside / "home", MORE_THAN_A_YEAR)
    (beside / "weed").mkdir()
    with engine(beside / "weed") as weed:
        variables = with_old_records(home, weed, MOST * (STRIKES + 1))
        with workplace(home, variables) as found:
            yield found


def test_nothing_goes_but_what_was_ordered(place: Workplace) -> None:
    result = place.cycle(SEED, ["disposal"], ANSWERS, STRIKES)
    assert result.held.problems == []
    assert len(result.struck) == STRIKES and all(result.struck)
    assert result.held.counts["disposals"] > STRIKES, "a list was ordered before each kill"


def test_afterwards_every_order_is_followed_to_its_certificate(place: Workplace) -> None:
    held = place.finish()
    assert held.problems == []
    done = run_liuhen("verify", "--home", place.home.path, **place.tree.variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_holder_misses_what_was_never_ordered_or_kept(place: Workplace, tmp_path: Path) -> None:
    notes = Notes(tmp_path / "liar.notes")
    notes.put("kept", sha256=["0" * 64])
    notes.put("ordered", disposal="00000000-0000-7000-8000-000000000000")
    problems = place.holding.hold([notes.path]).problems
    for word in (
        "and it isn't kept",
        "the order was acknowledged and is gone",
        "nobody ordered it",
    ):
        assert any(word in problem for problem in problems), word
