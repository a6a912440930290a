"""Eight in the morning: two hundred officers hand in at once; and clients that never get done.

Meanwhile somebody asks for pages. By `make soak`.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from liuhen.bench.figures import percentile
from liuhen.recordings.streams import streams
from tests.kill.cycle import Workplace, workplace
from tests.kill.officer import PIECE_TYPE, Answer, GoneError, Line, Officer, footage
from tests.kill.tree import made_home
from tests.soak.measured import commit, record

OFFICERS, SIZE, PIECE = 200, 3 << 20, 1 << 20
SLOW = 300
# How much longer than on a quiet machine, in the same run, half of all pages may take while
# everybody hands in, and how much the longest: a page has at most so many streams beside it, each
# of which takes its turn on the processors; the longest waits for the disk as well.
HALF = streams.places
LONGEST = 5 * HALF
QUIET_S = 10.0
# How long an officer tries before the file counts as not handed in.
PATIENCE_S = 900.0
NEW = {"Upload-Metadata": "filename YS5tcDQ="}


@pytest.fixture(scope="module")
def place() -> Iterator[Workplace]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-morning-", dir="/tmp"))
    with workplace(made_home(folder / "home")) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def officer(place: Workplace) -> Officer:
    found = place.officer("officer")
    found.resume()
    return found


def line_of(officer: Officer) -> Line:
    return Line(officer.line.port, dict(officer.line.cookies))


class HandingIn:
    """One officer's file by tus: after any answer but a good one the server is asked how much it
    has, and the file goes on from there. Every other answer is counted.
    """

    def __init__(self, officer: Officer, number: int, base: bytes) -> None:
        self.line, self.whole = line_of(officer), footage(base, number, SIZE)
        self.sha256 = hashlib.sha256(self.whole).hexdigest()
        self.other = Counter[str]()
        self.until = time.monotonic() + PATIENCE_S

    def run(self) -> tuple[str | None, Counter[str]]:
        """What the last answer lacks or says wrongly, None when nothing; and the other answers."""
        path = self._begun()
        while (answer := self._next(path)).headers["Liuhen-Sha256"] is None:
            if time.monotonic() > self.until:
                return f"{path}: still {answer.status} {dict(answer.headers)}", self.other
        told = answer.headers["Liuhen-Sha256"]
        return (None if told == self.sha256 else f"{path}: {told}, not {self.sha256}"), self.other

    def _begun(self) -> str:
        told = NEW | {"Upload-Length": str(len(self.whole))}
        while (answer := self._ask("POST", "/api/v1/uploads/", None, **told)).status != 201:
            pass
        return str(answer.headers["Location"])

    def _next(self, path: str) -> Answer:
        """The rest from where the server is, until it is whole or something else was answered."""
        answer = self._ask("HEAD", path, None)
        while answer.status in (200, 204) and answer.headers["Liuhen-Sha256"] is None:
            offset = int(answer.headers["Upload-Offset"])
            sent = {"Upload-Offset": str(offset), "Content-Type": PIECE_TYPE}
            answer = self._ask("PATCH", path, self.whole[offset : offset + PIECE], **sent)
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        """One answer; one that is not as hoped is counted and waited for as it says."""
        while True:
            try:
                answer = self.line.ask(method, path, body, **headers)
            except GoneError:
                self.other[f"{method} line broken"] += 1
                time.sleep(1)
                continue
            if answer.status >= 400:
                self.other[f"{method} {answer.status}"] += 1
                time.sleep(float(answer.headers.get("Retry-After", "1")))
            return answer


@contextmanager
def somebody_at_work(officer: Officer) -> Iterator[list[tuple[int, float]]]:
    """Asks for pages for the block: status and seconds of each."""
    seen, is_over = list[tuple[int, float]](), threading.Event()

    def ask() -> None:
        line = line_of(officer)
        while not is_over.is_set():
            for path in ("/", "/recordings/", "/cases/"):
                began = time.monotonic()
                seen.append((line.ask("GET", path).status, time.monotonic() - began))

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        try:
            yield seen
        finally:
            is_over.set()
        asking.result()


@pytest.fixture(scope="module")
def quiet(officer: Officer) -> float:
    """How long half of all pages take at most while nobody else is there, seconds."""
    with somebody_at_work(officer):
        time.sleep(QUIET_S)  # whatever a process does but once
    with somebody_at_work(officer) as seen:
        time.sleep(QUIET_S)
    return percentile(sorted(one for _, one in seen), 0.5)


def refuse_slow(waited: list[float], quiet: float) -> None:
    """Hold pages, in order, against those of the quiet machine."""
    times = percentile(waited, 0.5) / quiet, waited[-1] / quiet
    assert times[0] < HALF and times[1] < LONGEST, f"{times} times as long as {quiet:.3f} s"


def test_two_hundred_hand_in_at_once_and_pages_are_answered(
    place: Workplace, officer: Officer, quiet: float
) -> None:
    base, began = place.video.read_bytes(), time.monotonic()
    with somebody_at_work(officer) as seen, ThreadPoolExecutor(OFFICERS) as officers:
        done = list(officers.map(lambda n: HandingIn(officer, n, base).run(), range(OFFICERS)))
    seconds = time.monotonic() - began
    other = sum((counted for _, counted in done), Counter[str]())
    assert [wrong for wrong, _ in done if wrong is not None] == [], other
    assert {status for status, _ in seen} == {200}
    waited = sorted(one for _, one in seen)
    refuse_slow(waited, quiet)
    assert place.holding.hold(place.notes()).problems == []
    spread = (percentile(waited, 0.5), percentile(waited, 0.95), waited[-1])
    pages = " / ".join(f"{one * 1000:.0f}" for one in spread)
    told = ", ".join(f"{what} {count}" for what, count in sorted(other.items())) or "none"
    figures = {
        f"{OFFICERS} files of {SIZE >> 20} MiB handed in at once": f"{seconds:.0f} s",
        "Answers after which a client came again": told,
        "Pages meanwhile, p50 / p95 / longest": f"{pages} ms, {len(seen)} asked",
        "Pages before, with nobody there, p50": f"{quiet * 1000:.0f} ms",
    }
    record("Eight in the morning", figures, commit())


@pytest.mark.parametrize(
    ("what", "beginning"),
    [
        ("headers that never end", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
        (
            "forms that never end",
            b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 100000\r\n\r\nlogin=",
        ),
    ],
    ids=["headers", "forms"],
)
def test_slow_clients_do_not_keep_others_from_their_pages(
    place: Workplace, officer: Officer, quiet: float, what: str, beginning: bytes
) -> None:
    with ExitStack() as held:
        slow = [
            held.enter_context(socket.create_connection(("127.0.0.1", place.tree.port)))
            for _ in range(SLOW)
        ]
        for one in slow:
            one.sendall(beginning)
        with somebody_at_work(officer) as seen:
            for _ in range(5):
                time.sleep(1)
                for one in slow:
                    with suppress(OSError):  # the server has given this one up
                        one.sendall(b"x")
        assert {status for status, _ in seen} == {200}, what
        refuse_slow(sorted(seconds for _, seconds in seen), quiet)
