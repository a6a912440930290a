"""Two workers on one queue: each job is one's, and what the dead one had begun is the other's."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.kill.cycle import Workplace
from tests.kill.tree import until
from tests.kill.workers import Queue, Worker

EXAMINE = "liuhen.jobs.examining.examine"


@pytest.fixture
def queue(place: Workplace) -> Iterator[Queue]:
    found = Queue(place.home)
    with found.watched():
        yield found


def test_what_a_killed_worker_had_begun_is_done_by_the_other_and_nothing_else_again(
    place: Workplace, queue: Queue
) -> None:
    until(lambda: place.tree.child("worker"), "the served worker runs")
    served = place.tree.child("worker")
    assert served is not None
    os.kill(served, signal.SIGSTOP)
    try:
        before = queue.workers()
        with queue.held():
            begun = queue.put([(EXAMINE, {"sha256": f"{which:064x}"}) for which in range(4)])
            # room for all that is due every minute as well, which may stand before these
            second = Worker(place.home, 30)
            number = queue.sign_on(before)
            until(lambda: set(begun) <= set(queue.doing(number)), "it is in the middle of them")
            place.tree.kill_all_of(second.processes())
        second.process.wait()
        (other,) = queue.put([(EXAMINE, {"sha256": f"{9:064x}"})])
        queue.long_silent()
    finally:
        os.kill(served, signal.SIGCONT)
    until(lambda: not queue.states([*begun, other]), "everything is done")
    taken = [one for one in queue.taken() if one.job in {*begun, other}]
    times = Counter(one.job for one in taken)
    assert times == {**dict.fromkeys(begun, 2), other: 1}
    assert len({one.worker for one in taken}) == 2
