"""A database with a synchronous standby under load: slow, stopped, killed, failed over.

What was answered is there afterwards, and the ledger verifies. By `make soak`.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.host.home import Home
from tests.kill.cycle import Workplace, made_video
from tests.kill.holding import holder
from tests.kill.standby import Pair, standing_by
from tests.kill.tree import made_home, run_liuhen, start, status_of, until
from tests.soak.measured import commit, record

SLOW_S = 6.0


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-failover-", dir="/tmp"))
    yield made_home(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def pair(home: Home) -> Iterator[Pair]:
    cluster = home.cluster()
    cluster.start()
    with standing_by(cluster) as found:
        yield found
    cluster.stop()


@pytest.fixture(scope="module")
def place(home: Home, pair: Pair) -> Iterator[Workplace]:
    video = made_video(home.path.parent / "footage.mp4")
    with holder(home, pair.environment()) as holding:
        found = Workplace(home, start(home, variables=pair.environment()), holding, video)
        try:
            found.tree.await_ready()
            yield found
        except BaseException:
            sys.stderr.write(found.tree.said())
            raise
        finally:
            found.tree.kill()


def answered(place: Workplace, more: int) -> None:
    """People were answered so many times more."""
    before = place.lines()
    until(lambda: place.lines() >= before + more, "people were answered")


def test_acts_wait_for_a_slow_standby_and_go_on(place: Workplace, pair: Pair) -> None:
    with place.people("acts", 1):
        answered(place, 20)
        pair.signal(signal.SIGSTOP, second=True)
        time.sleep(1)
        before = place.lines()
        time.sleep(SLOW_S)
        waited = place.lines() - before
        pair.signal(signal.SIGCONT, second=True)
        answered(place, 20)
        pair.signal(signal.SIGSTOP)
        time.sleep(SLOW_S)
        pair.signal(signal.SIGCONT)
        answered(place, 20)
        place.tree.interrupt()  # not `kill`: that would take the database as well
    assert waited < 20, "nothing is answered that one server alone has"
    place.tree = place.tree.again()
    place.tree.await_ready()
    assert place.holding.hold(place.notes()).problems == []


def test_after_a_fail_over_everything_that_was_answered_is_there(
    place: Workplace, pair: Pair
) -> None:
    with place.people("everything", 2):
        answered(place, 60)
        pair.signal(signal.SIGKILL)
        began = time.monotonic()
        pair.take_over()
    until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "pages are answered")
    away = time.monotonic() - began
    assert place.tree.process.poll() is None
    for user in ("officer", "officer2", "handler"):
        place.officer(user).resume()
    held = place.holding.hold(place.notes())
    assert held.problems == []
    verified = run_liuhen("verify", "--home", place.home.path, **pair.environment())
    assert verified.returncode == 0, verified.stdout + verified.stderr
    figures = {"Database failed over, pages away": f"{away:.1f} s"}
    figures |= {f"Held afterwards: {name}": str(count) for name, count in held.counts.items()}
    record("Fail-over", figures, commit())
