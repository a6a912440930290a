"""What gives way on the processors does so with what it starts; so does a reader of media."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.waiting import until

GIVES_WAY = """
import os, subprocess
from pathlib import Path
from liuhen.kernel.precedence import give_way
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


@pytest.mark.parametrize(("whose", "degree"), [(0, 5), (10, 10)], ids=["a door's", "a worker's"])
def test_a_reader_of_media_gives_way_in_its_own_session(whose: int, degree: int) -> None:
    """Otherwise two readers would have twice what all pages have together."""
    command = ["nice", "-n", str(whose), sys.executable, "-I", "-m", "liuhen.media.worker"]
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    group = Path(f"/proc/{reader.pid}/autogroup")
    try:
        until(lambda: os.getpriority(os.PRIO_PROCESS, reader.pid) == degree)
        if group.exists():
            until(lambda: group.read_text().strip().rpartition(" ")[2] == str(degree))
    finally:
        reader.kill()
        reader.communicate()
