"""What a command needs and doesn't find is told in words with what to do, never as a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kill.tree import run_liuhen

from liuhen.host.home import Home

NEEDING_A_DATABASE = [
    ["verify"],
    ["check", "虚城管案〔2026〕0001号"],
    ["package", "虚城管案〔2026〕0001号", "--out", "/nowhere/package"],
]


@pytest.mark.parametrize("command", NEEDING_A_DATABASE, ids=lambda command: command[0])
def test_without_a_running_database_a_command_says_to_start_it(
    tmp_path: Path, command: list[str]
) -> None:
    home = Home(tmp_path / "home").create()
    done = run_liuhen(*command, "--home", home.path)
    assert done.returncode == 2
    assert f"liuhen serve --home {home.path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_none_is_told_as_such(tmp_path: Path) -> None:
    done = run_liuhen("verify", "--home", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "不是留痕的数据目录" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere").exists()
