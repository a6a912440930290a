"""50 and 200 people at work on one machine among 100,000 cases: pages, acts and uploads together.

Each has a browser of their own and goes round three kinds of work: reading (desk, lists, search,
a case), a case on the spot with all its forms, a film handed in. Their clicks begin and pause at
random. The limit is processor time, which the clients share. Not for how fast one page can be
made (`cases`), nor for acts as quick as hands allow (`handlers`).
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from liuhen.bench.figures import Figure, spread
from liuhen.bench.handlers import Handler, register_handlers
from liuhen.bench.scratch import empty_home, founded
from liuhen.bench.served import held_mb, served
from liuhen.bench.uploads import Ours, send
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video

CASES = 100_000
AT_WORK = (50, 200)
SECONDS = 240
# Everybody comes at some moment of the first minute; all at once is `tests/soak/test_morning`.
ARRIVING_S = 60.0
# Seconds somebody looks at a page before the next click, evenly spread.
PAUSE = (5.0, 25.0)
FILM_MS = 20_000
BESIDE = f"processor time; each pauses {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s before a click"


def run() -> Iterator[Figure]:
    """p50, p95 and errors of pages, acts and uploads by number of people; start-up and memory."""
    with empty_home() as home, tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        with founded(home):
            colleagues = register_handlers(max(AT_WORK))
            cases = _fill(home)
        film = Path(folder) / "film.mp4"
        make_video(film, Scene(started_at=clock.now()), duration_ms=FILM_MS)
        began = time.perf_counter()
        with served(home.path) as (port, tree):
            ready = time.perf_counter() - began
            beside = "all processes, the database's too"
            yield Figure("from start to the first answer", ready, "s", "the embedded database too")
            yield Figure("memory at rest", held_mb(tree), "MB", beside)
            people = [
                Person(
                    port, number, colleagues[number - 1], cases=cases[f"handler{number}"], film=film
                )
                for number in range(len(colleagues))
            ]
            for person in people:
                person.client.sign_in(f"handler{person.number}")
            for count in AT_WORK:
                yield from _day(people[:count])
                yield Figure(f"memory, {count} people at work", held_mb(tree), "MB", beside)


def _fill(home: Home) -> Mapping[str, Sequence[str]]:
    """The archive, and the pages of some of its cases by who handles them."""
    from liuhen.bench.generated import write_cases  # noqa: PLC0415 - models need a set-up Django
    from liuhen.cases.models import Case  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from liuhen.people.models import Person as Registered  # noqa: PLC0415
    from liuhen.people.models import Unit  # noqa: PLC0415
    from liuhen.search.indexing import rebuild  # noqa: PLC0415

    officers = list(Registered.objects.filter(username__startswith="handler"))
    with psycopg.connect(home.database_url(OWNER), autocommit=True) as owner:
        write_cases(owner, range(CASES), unit=Unit.objects.get(code="ZD1"), officers=officers)
    # else the sequencer and a worker would be at it while people work
    sequence_all()
    rebuild()
    pages: dict[str, list[str]] = {}
    newest = Case.objects.order_by("-started_at").values_list("handler__username", "id")
    for username, case in newest[: 10 * len(officers)]:
        pages.setdefault(username, []).append(f"/cases/{case}/")
    return pages


def _day(people: Sequence[Person]) -> list[Figure]:
    """Everybody works for a while; what it came to, and what was not answered as it should."""
    for person in people:
        person.begin(time.perf_counter() + SECONDS)
    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(person.work) for person in people]:
            done.result()
    count = len(people)
    figures: list[Figure] = []
    answered = 0
    for what in ("pages", "acts", "uploads"):
        seconds = [one for person in people for one in getattr(person, what)]
        answered += len(seconds)
        figures.append(
            Figure(f"{count} people, {what}", len(seconds) / SECONDS * 60, "a minute", BESIDE)
        )
        if seconds:
            figures += spread(f"{count} people, {what}", seconds, 0.95, BESIDE)
    errors = [error for person in people for error in person.errors]
    told = "; ".join(f"{many} {one}" for one, many in Counter(errors).most_common(3))[:400]
    told = told or f"of {answered}"
    return [*figures, Figure(f"{count} people, errors", len(errors), "answers", told)]


class _Evening(Exception):
    """Work is over."""


@dataclass
class Person(Handler):
    """One person with a browser; `uploads` are seconds, `errors` what was answered instead."""

    cases: Sequence[str] = ()
    film: Path = Path()
    uploads: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    until: float = 0.0
    sent: int = 0
    handled: int = 0

    def begin(self, until: float) -> None:
        """Forget what was measured; work until then."""
        self.until = until
        for told in (self.pages, self.acts, self.uploads):
            told.clear()
        self.errors.clear()

    def work(self) -> None:
        """Go round the kinds of work, from any of them."""
        kinds = (self._read, self._handle, self._hand_in)
        first = self.random.randrange(len(kinds))
        time.sleep(self.random.uniform(0, ARRIVING_S))
        with suppress(_Evening):
            for kind in itertools.islice(itertools.cycle(kinds), first, None):
                try:
                    kind()
                except Fault as fault:
                    self.errors.append(str(fault)[:200])

    def pause(self) -> None:
        """Look at what is there; in the evening go home."""
        seconds = self.random.uniform(*PAUSE)
        if time.perf_counter() + seconds > self.until:
            raise _Evening
        time.sleep(seconds)

    def _read(self) -> None:
        for path in self._places():
            self.see(path)

    def _places(self) -> Iterator[str]:
        number = self.random.randrange(CASES)
        yield "/"
        yield "/cases/"
        yield self.random.choice(self.cases)
        yield f"/search/?{urlencode({'q': f'样板路{number % 900}号'})}"
        yield "/recordings/"

    def _handle(self) -> None:
        # a party no other case has: whether one is fined twice for one act, a head would decide
        self.handled += 1
        self.work_on(iter([self.number * 1000 + self.handled]))

    def _hand_in(self) -> None:
        self.pause()
        self.sent += 1
        mark = f"{self.number}-{self.sent}".encode()
        started = time.perf_counter()
        send(Ours(self.client), self.film, self.film.stat().st_size, mark)
        self.uploads.append(time.perf_counter() - started)
