"""One kill after the other on one home, while its people work. Not a test: suites call it.

A cycle: people work, at a moment of the seed's choice everything is killed with -9 at once, it is
started again, and the home is held against what was acknowledged. Before that, the processes under
load alone may be struck as often as one likes (`strikes`), which costs no start of everything.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.host.home import Home
from liuhen.kernel import clock
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from tests.kill.binder import CLOSED_CASES
from tests.kill.disposer import WHO, Disposer
from tests.kill.docking import Docking
from tests.kill.following import Following
from tests.kill.holding import Held, Holder, holder
from tests.kill.officer import Officer
from tests.kill.strikes import STARTS_WITHIN, Striking
from tests.kill.tree import ROOT, Tree, environment, free_port, in_home, start, until
from tests.vault.weed import Engine

CAMERA_FILES = 24
FOCI = (
    *("acts", "uploads", "sequencing", "starting", "publishing", "replicating", "binding"),
    *("disposal", "everything"),
)
PEOPLE = {
    "acts": {"officer": "case", "officer2": "case", "handler": "case"},
    "uploads": {"officer": "upload", "officer2": "upload", "handler": "upload"},
    "publishing": {"officer": "case", "officer2": "case"},
    "replicating": {"officer": "case", "officer2": "upload"},
    "binding": {"officer": "bind", "officer2": "case"},
    "disposal": {"records": "dispose", "officer2": "upload"},
    "everything": {"officer": "case", "officer2": "upload", "handler": "case,upload"},
}
NOTHING: Mapping[str, str] = {}
PROGRAMS = {"bind": "tests.kill.binder", "dispose": "tests.kill.disposer"}
# A camera is docked beside what people do.
DOCKED = ("uploads", "everything")
# A kill comes after so many answers and so many seconds more.
MOST_ANSWERS = 80
# The quick suite waits for so many at most, and strikes the processes under load so often before.
ANSWERS, STRIKES = 8, 4
LONGEST_WAIT = 1.0
# Closed cases that wait to be bound and handed over, and how many answers they bring at least.
CLOSED, MOST_ANSWERS_OF_BINDING = 6, 12
_CLOSED = """
import datetime as dt
from liuhen.demo.people import known_world
from liuhen.kernel import clock
from tests.web.conftest import closed
with clock.frozen(clock.now() - dt.timedelta(minutes=2 * {count})) as stopped:
    who = known_world()
    for _ in range({count}):
        print(closed(who, stopped, seconds=1).case.id, who["unit_head"].id)
"""
# A round of the job, and how many lists it left; the worker may be at one of them.
_ROUND = """
from contextlib import suppress
from liuhen.actions.destroying import destroy_ordered
from liuhen.archive.models import Disposal
from liuhen.kernel.refusals import Refused
with suppress(Refused):
    destroy_ordered()
print(Disposal.objects.filter(state="destroying").count())
"""


@dataclass
class Result:
    """What one cycle came to. `back_after` is from the start to the first answer, seconds.

    `killed` processes when everything was, `struck` by each strike before.
    """

    seed: int
    focus: str
    killed: int
    back_after: float
    held: Held = field(default_factory=Held)
    struck: list[int] = field(default_factory=list)


class Workplace:
    """A home, the tree that serves it, its people and their notes."""

    def __init__(self, home: Home, tree: Tree, holding: Holder, video: Path) -> None:
        self.home, self.tree, self.holding, self.video = home, tree, holding, video

    def notes(self) -> list[Path]:
        """Everything that was ever noted on this home."""
        return sorted(self.home.path.parent.glob("*.notes"))

    def lines(self) -> int:
        """How much has been noted."""
        return sum(path.read_bytes().count(b"\n") for path in self.notes())

    def officer(self, username: str) -> Officer:
        """Somebody at work in this very process; what they film, nobody has filmed before."""
        notes = self.home.path.parent / f"{username}.notes"
        return Officer(self.tree.port, username, notes, self.video, 10**9 + self.lines())

    @contextmanager
    def people(self, focus: str, seed: int, *, are_back: bool = False) -> Iterator[Path]:
        """People at work for the block, until nobody answers them any more.

        When they `are_back` after that, they are until the file that is given is there.
        """
        roles = PEOPLE.get(focus, PEOPLE["everything"])
        over = self.home.path.parent / "over"
        over.unlink(missing_ok=True)
        staying = ["--over", str(over)] if are_back else []
        at_work = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", PROGRAMS.get(work, "tests.kill.officer")),
                    *("--user", user, "--work", work),
                    *("--port", str(self.tree.port), "--seed", str(seed * 10 + place)),
                    *("--notes", str(self.home.path.parent / f"{user}.notes")),
                    *("--video", str(self.video)),
                    *staying,
                ],
                env=environment(),
                cwd=ROOT,
            )
            for place, (user, work) in enumerate(roles.items())
        ]
        try:
            yield over
            for person in at_work:
                person.wait(180)
        finally:
            for person in at_work:
                if person.poll() is None:
                    person.kill()
                    person.wait()

    def cycle(
        self, seed: int, foci: Sequence[str] = FOCI, most: int = MOST_ANSWERS, strikes: int = 0
    ) -> Result:
        """Work until so many answers at most, kill, start again, hold."""
        chance, focus = random.Random(seed), foci[seed % len(foci)]
        if focus == "binding":
            self._close_cases()
            most = MOST_ANSWERS_OF_BINDING // (strikes + 1)
        following = Following(self.home, self.tree.port, focus)
        docking = Docking(
            self.home, self.video.read_bytes(), seed, CAMERA_FILES if focus in DOCKED else 0
        )
        striking = Striking(self.tree, self.holding, focus, docking, following)
        with self.people(focus, seed, are_back=bool(strikes)) as over:
            docking.begin()
            following.begin()
            for _ in range(strikes):
                if not striking.is_starting:
                    self._until_the_moment(chance, most, striking)
                striking.strike(chance)
            self._until_the_moment(chance, most, striking)
            over.touch()
            killed = self.tree.kill([*docking.processes(), *following.processes()])
        if focus == "starting":
            self.tree = self.tree.again()
            time.sleep(chance.uniform(0.0, STARTS_WITHIN))
            killed += self.tree.kill()
        began = time.monotonic()
        self.tree = self.tree.again()
        self.tree.await_ready()
        back_after = time.monotonic() - began
        docking.again()
        contradictions = following.again()
        held = self.holding.hold(self.notes())
        held.problems += [*contradictions, *striking.problems]
        return Result(seed, focus, killed, back_after, held, striking.killed)

    def _until_the_moment(self, chance: random.Random, most: int, striking: Striking) -> None:
        """Let people work until so many answers at most, and a moment longer."""
        focus, before, ordered = striking.focus, self.lines(), self._ordered()
        answers = chance.randint(1 if focus == "binding" else 2, most)
        until(lambda: self.lines() >= before + answers, "people were answered")
        until(striking.docking.is_under_way, "the camera is being taken in")
        if focus == "disposal":
            until(lambda: self._ordered() > ordered, "a list is ordered destroyed")
        if focus == "sequencing":
            self._hold_back_sequencer(chance.uniform(0.5, 2.0))
        time.sleep(chance.uniform(0.0, 0.4 if focus == "sequencing" else LONGEST_WAIT))

    def finish(self) -> Held:
        """People end what they began; afterwards no bytes wait and every upload is a recording."""
        for notes in self.notes():
            if notes.stem in PEOPLE["uploads"]:
                self.officer(notes.stem).resume()
        if self._ordered():
            self._end_disposals()
        return self.holding.hold(self.notes(), is_over=True)

    def _ordered(self) -> int:
        """How many lists of old records have been ordered destroyed."""
        notes = self.home.path.parent / f"{WHO}.notes"
        return notes.read_text("utf-8").count('"kind": "ordered"') if notes.exists() else 0

    def _end_disposals(self) -> None:
        """Order what was begun; the replica hears of it all, and the job goes its rounds."""
        disposer = Disposer(
            self.tree.port, WHO, self.home.path.parent / f"{WHO}.notes", self.video, 0
        )
        disposer.resume()
        following = Following(self.home, self.tree.port, "disposal")
        until(lambda: following.has_all(), "the replica has followed every order")
        until(lambda: not int(in_home(self.home, _ROUND, **self.tree.variables)), "all is gone")

    def _close_cases(self) -> None:
        """Bring so many cases to the day on which they are bound that some wait."""
        told = self.home.path.parent / CLOSED_CASES
        told.touch()
        begun = "".join(one.read_text("utf-8") for one in self.notes())
        cases = [line.split()[0] for line in told.read_text("utf-8").splitlines()]
        waiting = sum(f'"kind": "bind", "case": "{case}"' not in begun for case in cases)
        if waiting < CLOSED:
            with told.open("a") as closed:
                closed.write(in_home(self.home, _CLOSED.format(count=CLOSED - waiting)))

    def _hold_back_sequencer(self, seconds: float) -> None:
        """Let entries pile up, so that the kill meets a large batch."""
        until(lambda: self.tree.child("sequencer"), "the sequencer runs")
        sequencer = self.tree.child("sequencer")
        assert sequencer is not None
        os.kill(sequencer, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(sequencer, signal.SIGCONT)


def with_old_records(home: Home, engine: Engine, lists: int) -> dict[str, str]:
    """Give a home that isn't served lists to order destroyed; what its environment names then.

    Their records lie on other disks and in a bucket as well.
    """
    beside = home.path.parent
    (beside / "second").mkdir()
    bucket = engine.bucket(f"old-{free_port()}").bucket
    variables = engine.environment(bucket) | {"LIUHEN_SECOND_STORE": str(beside / "second")}
    code = f"from tests.kill.old_records import set_up\nset_up({str(beside)!r}, {lists})"
    with home.cluster().running():
        in_home(home, code, **variables)
    return variables


def made_video(path: Path) -> Path:
    """A small real recording."""
    make_video(path, Scene(started_at=clock.now()), duration_ms=2000)
    return path


@contextmanager
def workplace(home: Home, variables: Mapping[str, str] = NOTHING) -> Iterator[Workplace]:
    """A home of the fictional authority, served for the block and killed at its end.

    `variables` name its engines outside.
    """
    video = made_video(home.path.parent / "footage.mp4")
    with holder(home, variables) as holding:
        place = Workplace(home, start(home, variables=variables), holding, video)
        try:
            place.tree.await_ready()
            yield place
        except BaseException:
            sys.stderr.write(place.tree.said())
            raise
        finally:
            with suppress(ProcessLookupError):
                place.tree.kill()
