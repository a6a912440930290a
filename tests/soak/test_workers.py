"""Two workers on one queue while people hand in: each job is one's. `make soak`.

What the dead one had begun is the other's.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.kill.conftest import kill_folder, one_place, pattern, place  # noqa: F401 - fixtures
from tests.kill.cycle import Workplace
from tests.kill.tree import until
from tests.kill.workers import Queue, Worker

EXAMINE = "liuhen.jobs.examining.examine"
UPLOADS = 3


@pytest.fixture
def queue(place: Workplace) -> Iterator[Queue]:  # noqa: F811
    found = Queue(place.home)
    with found.watched():
        yield found


def test_what_a_killed_worker_had_begun_is_done_by_the_other_and_nothing_else_again(
    place: Workplace,  # noqa: F811
    queue: Queue,
) -> None:
    until(lambda: place.tree.child("worker"), "the served worker runs")
    served = place.tree.child("worker")
    assert served is not None
    os.kill(served, signal.SIGSTOP)
    try:
        before = queue.workers()
        with queue.held():
            # earlier work left more than a worker has places for
            queue.put([(EXAMINE, {"sha256": f"{which:064x}"}) for which in range(10, 30)], 0)
            begun = queue.put([(EXAMINE, {"sha256": f"{which:064x}"}) for which in range(4)])
            second = Worker(place.home, 4)
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


def test_with_two_workers_every_upload_is_read_once(
    place: Workplace,  # noqa: F811
    queue: Queue,
) -> None:
    before = queue.workers()
    second = Worker(place.home)
    try:
        queue.sign_on(before)
        officer = place.officer("officer2")
        officer.resume()
        for _ in range(UPLOADS):
            officer.upload()
        until(lambda: EXAMINE not in queue.left(), "everything was looked at")
        told = Counter(one.job for one in queue.taken())
        assert max(told.values()) == 1, "no job was begun twice"
        assert len([one for one in queue.taken() if one.task == EXAMINE]) >= UPLOADS
        assert len({one.worker for one in queue.taken()}) == 2, "both were at work"
    finally:
        second.stop()
    assert place.holding.hold(place.notes()).problems == []
