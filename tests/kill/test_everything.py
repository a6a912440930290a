"""Everything is killed with -9 at a random moment; what was acknowledged is there afterwards.

Five moments of each kind with fixed seeds, on one home and in one load: four take the processes
under load, the fifth everything, database and supervisor too. `make soak N=… SEED=…` takes
everything as often as you like. While disposals are under way: `test_disposal`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.cycle import ANSWERS, FOCI, STRIKES, Workplace
from tests.kill.officer import Notes
from tests.kill.tree import run_liuhen

HERE = [focus for focus in FOCI if focus != "disposal"]


@pytest.mark.parametrize("seed", range(len(HERE)))
def test_what_was_acknowledged_survives(place: Workplace, seed: int) -> None:
    result = place.cycle(seed, HERE, ANSWERS, STRIKES)
    assert result.held.problems == []
    assert result.killed > 10, "a whole tree was killed"
    assert len(result.struck) == STRIKES and all(result.struck)
    assert result.held.counts["acts"] > 0


def test_afterwards_the_home_verifies_and_work_goes_on(place: Workplace) -> None:
    done = run_liuhen("verify", "--home", place.home.path)
    assert done.returncode == 0, done.stdout + done.stderr
    before = place.lines()
    officer = place.officer("officer2")
    officer.resume()
    officer.upload()
    officer.case()
    assert place.lines() > before
    held = place.finish()
    assert held.problems == []
    assert held.counts["intake_unowned"] == 0, "what kills cut off is cleared in its time"


def test_the_holder_misses_what_was_never_done(place: Workplace, tmp_path: Path) -> None:
    """Whatever is invented is named; so a loss would be."""
    notes = Notes(tmp_path / "liar.notes")
    digest, nobody = "0" * 64, "00000000-0000-7000-8000-000000000000"
    notes.put("act", request="never", events=["case.closed"], activity=nobody)
    notes.put("upload", upload=f"/api/v1/uploads/{nobody}/")
    notes.put("recording", recording=nobody, sha256=digest, receipt="")
    notes.put("file", case=nobody, event="case.bound")
    notes.put("checkpoint", note="never.signed\n9999999\n\n— x AAAAAAAA\n")
    notes.put("wrong", what="an answer that should not have come")
    whole, new = place.holding.hold([notes.path]).problems, place.holding.hold_new({notes.path: 0})
    for word in (
        "act without entry",
        "case without entry",
        "no case.bound",
        "no row",
        "no copy",
        "its receipt is unknown",
        "the vault holds other bytes",
        "a checkpoint that was shown is gone",
        "an answer that should not have come",
    ):
        for problems in (whole, new):
            assert any(word in problem for problem in problems), word
