"""An installation of two machines without a shared disk, as processes on this one. Not a test.

PostgreSQL of somebody else, a bucket with Object Lock, and homes that share nothing but keys.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from liuhen.host.home import Home
from tests.kill.tree import ROOT, Tree, environment, in_home, run_liuhen, start

# Reads code, a line of JSON each, and answers with what it printed; set up once, which takes as
# long as all that is asked.
_ASKED = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connection
for line in sys.stdin:
    out, wrong = io.StringIO(), ""
    with contextlib.redirect_stdout(out):
        try:
            exec(json.loads(line), {})
        except Exception:
            wrong = traceback.format_exc()
    connection.close()
    print(json.dumps([out.getvalue(), wrong]), flush=True)
"""
_VERIFY = """
from liuhen.vault.checks import differences
print(*map(str, differences()), sep="\\n")
"""

# What stands in a home before it moves: one original, and one upload that got half way.
BEFORE = """
import sys
from pathlib import Path
from liuhen.actions.taking_in import take_in_file
from liuhen.people.models import Person
from liuhen.recordings.receiving import receive
from liuhen.recordings.uploads import begin_upload, take_turn

officer = Person.objects.get(username="officer")
first, second = Path("{first}"), Path("{second}").read_bytes()
print(take_in_file(first, actor=officer).original_id)
upload = begin_upload(officer, len(second), {{"filename": "途中.mp4"}})
turn = take_turn(upload)
half = iter([second[: len(second) // 2]])
receive(turn, lambda size: next(half, b""), len(second), turn.digest())
turn.close()
print(upload.id)
"""


class Interpreter:
    """Python with the product set up on one machine, for as long as the tests ask it."""

    def __init__(self, home: Home, variables: Mapping[str, str]) -> None:
        named = {"LIUHEN_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "liuhen.settings"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _ASKED],
            env=environment(**named, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def run(self, code: str) -> str:
        """Run code; what it printed."""
        put, told = _pipes(self.process)
        put.write(json.dumps(code) + "\n")
        put.flush()
        said, wrong = json.loads(told.readline())
        assert not wrong, wrong[-3000:]
        return str(said)


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


@dataclass(frozen=True)
class Nodes:
    """The homes of two machines, and what both are told by their environment."""

    homes: tuple[Home, Home]
    environment: Mapping[str, str]
    original: str
    upload: str
    interpreters: tuple[Interpreter, Interpreter]

    def start(self, which: int, parts: str = "web,worker") -> Tree:
        """`liuhen serve --only …` on one of them, not awaited."""
        home = self.homes[which]
        return start(home, variables=self.environment, more=("--only", parts))

    def run(self, which: int, *arguments: str) -> str:
        """A command on one of them, which has to succeed; what it printed."""
        home = self.homes[which]
        done = run_liuhen(*arguments, "--home", home.path, **self.environment)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout

    def inside(self, which: int, code: str) -> str:
        """Python with the product set up on one of them; what it printed."""
        return self.interpreters[which].run(code).strip()

    def differences(self, which: int) -> str:
        """What `liuhen verify` finds there, a line each."""
        return self.inside(which, _VERIFY)


@contextmanager
def moved(home: Home, variables: Mapping[str, str], footage: tuple[Path, Path]) -> Iterator[Nodes]:
    """Move a home's database and originals, and give a second machine the keys."""
    with home.cluster().running():
        told = in_home(home, BEFORE.format(first=footage[0], second=footage[1])).split()
    done = run_liuhen("move", "--home", home.path, **variables)
    assert done.returncode == 0, done.stderr[-3000:]
    homes = (home, second_machine(home))
    with ExitStack() as ending:
        first, second = (Interpreter(one, variables) for one in homes)
        for one in (first, second):
            ending.enter_context(one.process)
            ending.callback(one.process.kill)
        yield Nodes(homes, variables, told[0], told[1], (first, second))


def second_machine(home: Home) -> Home:
    """A home with nothing but the keys of another."""
    path = home.path.parent.parent / "other" / "home"
    path.mkdir(parents=True)
    shutil.copytree(home.secrets.folder, path / "secrets")
    for one in (home.path / "home.toml", home.policy_path):
        shutil.copy(one, path)
    return Home(path).open()
