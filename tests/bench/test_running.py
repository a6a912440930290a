"""What a benchmark measured is told at once, and stands when the rest is never measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = """
from liuhen.commands.bench import tell
tell(["ended"], as_json=True, package="tests.bench")
"""
PATIENCE_S = 120


@pytest.mark.parametrize("end", ["interrupted", "failed"])
def test_each_figure_is_told_when_it_is_measured_and_stands_whatever_comes_after(
    tmp_path: Path, end: str
) -> None:
    if end == "failed":
        (tmp_path / "fail").touch()
    told = []
    with subprocess.Popen(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        env={**os.environ, "LIUHEN_ENDED": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            told.append(line.split("  ")[0])
            if line.startswith("second"):
                break
        if end == "interrupted":
            assert run.poll() is None
            run.terminate()
        printed, _ = run.communicate(timeout=PATIENCE_S)
    names = ["load average before", "first", "second"]
    # the process in which it goes wrong says so as well, whenever it gets to
    assert [one for one in told if one in names] == names
    assert [one["name"] for one in json.loads(printed)["ended"]] == names
    assert (tmp_path / "cleared").exists()
    assert run.returncode != 0
