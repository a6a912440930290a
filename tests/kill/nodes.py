"""An installation of two machines without a shared disk, as processes on this one. Not a test.

PostgreSQL of somebody else, a bucket with Object Lock, and homes that share nothing but keys.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liuhen.host.home import Home
from tests.kill.tree import Tree, in_home, run_liuhen, start

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


@dataclass(frozen=True)
class Nodes:
    """The homes of two machines, and what both are told by their environment."""

    homes: tuple[Home, Home]
    environment: Mapping[str, str]
    original: str
    upload: str

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
        return in_home(self.homes[which], code, **self.environment).strip()


def moved(home: Home, environment: Mapping[str, str], footage: tuple[Path, Path]) -> Nodes:
    """Move a home's database and originals, and give a second machine the keys."""
    before = {name: value for name, value in environment.items() if name != "LIUHEN_STORE"}
    with home.cluster().running():
        told = in_home(home, BEFORE.format(first=footage[0], second=footage[1])).split()
    for more in ((), ("--originals",)):
        done = run_liuhen("move", "--home", home.path, *more, **before)
        assert done.returncode == 0, done.stderr[-3000:]
    return Nodes((home, second_machine(home)), environment, *told)


def second_machine(home: Home) -> Home:
    """A home with nothing but the keys of another."""
    path = home.path.parent.parent / "other" / "home"
    path.mkdir(parents=True)
    shutil.copytree(home.secrets.folder, path / "secrets")
    for one in (home.path / "home.toml", home.policy_path):
        shutil.copy(one, path)
    return Home(path).open()
