"""Two workers on one queue while people hand in: each upload is read by one. `make soak`."""

from __future__ import annotations

from collections import Counter

from tests.kill.conftest import kill_folder, one_place, pattern, place  # noqa: F401 - fixtures
from tests.kill.cycle import Workplace
from tests.kill.test_workers import EXAMINE, queue  # noqa: F401 - a fixture
from tests.kill.tree import until
from tests.kill.workers import Queue, Worker

UPLOADS = 3


def test_with_two_workers_every_upload_is_read_once(
    place: Workplace,  # noqa: F811
    queue: Queue,  # noqa: F811
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
