"""Sequencers on two machines against one database: one is killed, the other goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from liuhen.host.home import Home
from tests.kill.tree import LIUHEN, copied_home, environment, in_home, run_liuhen, until

REGISTER = """
from liuhen.actions.people import register_unit
from liuhen.people.queries import system_person
register_unit(actor=system_person(), code="{0}", name="{0}", kind="department")
"""


@contextmanager
def sequencer(home: Home, url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(LIUHEN), "sequencer", "--home", str(home.path)]
    with subprocess.Popen(command, env=environment(LIUHEN_DATABASE_URL=url)) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_sequencer_with_nothing_but_the_keys_takes_over(pattern: Home, tmp_path: Path) -> None:
    home = copied_home(pattern, tmp_path / "one" / "home")
    with home.cluster().running():
        url = home.cluster().dsn()
        other = _with_keys_only(home, tmp_path / "two")
        in_home(home, REGISTER.format("甲"))
        with sequencer(home, url) as first:
            until(lambda: _waiting(url) == 0, "the first works")
            with sequencer(other, url):
                os.kill(first.pid, signal.SIGKILL)
                first.wait()
                in_home(home, REGISTER.format("乙"))
                until(lambda: _waiting(url) == 0, "the second took over")
        verified = run_liuhen("verify", "--home", home.path)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def _with_keys_only(home: Home, path: Path) -> Home:
    other = Home(path)
    shutil.copytree(home.secrets.folder, other.secrets.folder)
    for one in (home.path / "home.toml", home.policy_path):
        if one.exists():
            shutil.copy(one, other.path)
    return Home(path).open()


def _waiting(url: str) -> int:
    with psycopg.connect(url) as server:
        row = server.execute("SELECT count(*) FROM ledger_pending").fetchone()
        return int(row[0]) if row else -1
