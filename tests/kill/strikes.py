"""kill -9 of the processes under load, one time after the other, while the same people work on.

The database and the supervisor live. What was killed is started again, by the supervisor or here;
meanwhile what was told since the strike before is held against the home. The whole of it is held
once the power fails (`cycle`). Not a test.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill.docking import Docking
from tests.kill.following import Following
from tests.kill.holding import Holder
from tests.kill.tree import Tree, below, kill_all, until

_EVERY_CHILD = ("web", "worker", "sequencer", "recorder")
# What works while people do so; a camera being taken in and a replica are struck as well.
STRUCK = {
    "acts": ("web",),
    "uploads": ("web",),
    "sequencing": ("sequencer",),
    "starting": _EVERY_CHILD,
    "publishing": ("web", "sequencer"),
    "replicating": ("web",),
    "binding": ("web",),
    "disposal": ("web", "worker"),
    "everything": _EVERY_CHILD,
}
# What is starting is struck within so many seconds of its start.
STARTS_WITHIN = 3.0


@dataclass
class Striking:
    """The strikes of one load: what they killed, and what was missing afterwards."""

    tree: Tree
    holding: Holder
    focus: str
    docking: Docking
    following: Following
    killed: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _held: dict[Path, int] = field(default_factory=dict)

    @property
    def is_starting(self) -> bool:
        """Whether the next strike is to meet what the one before has had started again."""
        return self.focus == "starting" and bool(self.killed)

    def strike(self, chance: random.Random) -> None:
        """Once, now; returns when everything runs again, or begins to when starting is struck."""
        if self.is_starting:
            time.sleep(chance.uniform(0.0, STARTS_WITHIN))
        before = {name: self.tree.child(name) for name in STRUCK[self.focus]}
        struck = {*self.docking.processes(), *self.following.processes()}
        for pid in before.values():
            struck |= below(pid) if pid is not None else set()
        kill_all(struck)
        self.killed.append(len(struck))
        self._hold()
        self.docking.go_on()
        self.following.go_on()
        until(lambda: self._is_back(before), "what was killed is started again")
        if self.focus != "starting":
            self.tree.await_ready()

    def _is_back(self, before: dict[str, int | None]) -> bool:
        now = {name: self.tree.child(name) for name in before}
        return all(pid is not None and pid != before[name] for name, pid in now.items())

    def _hold(self) -> None:
        """Hold what was told since the strike before."""
        notes = sorted(self.tree.home.path.parent.glob("*.notes"))
        sizes = {one: one.read_bytes().rfind(b"\n") + 1 for one in notes}
        self.problems += self.holding.hold_new({one: self._held.get(one, 0) for one in notes})
        self._held = sizes
