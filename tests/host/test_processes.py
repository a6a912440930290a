"""What is done to a single process of the tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GIVES_WAY = """
import os, subprocess
from pathlib import Path
from liuhen.host.processes import give_way
give_way()
print(subprocess.check_output(["nice"], text=True).strip())
group = Path("/proc/self/autogroup")
print(group.read_text().strip().rpartition(" ")[2] if group.exists() else 10)
"""


@pytest.mark.parametrize("has_session", [True, False])
def test_what_gives_way_does_so_with_its_children_and_takes_no_terminal_along(
    has_session: bool,
) -> None:
    before = _group_of_ours()
    told = subprocess.run(
        [sys.executable, "-c", GIVES_WAY],
        start_new_session=has_session,
        capture_output=True,
        text=True,
        check=True,
    )
    own, group = told.stdout.split("\n")[:2]
    assert int(own) >= 10
    assert group == ("10" if has_session else before)
    assert _group_of_ours() == before


def _group_of_ours() -> str:
    """How far our scheduling group gives way; empty where the machine started us in none."""
    group = Path("/proc/self/autogroup")
    return group.read_text().strip().rpartition(" ")[2] if group.exists() else "10"
