"""How long a page waits for the database, and how many threads wait for somebody else."""

from __future__ import annotations

import pytest

from liuhen.host import server
from liuhen.recordings.streams import streams
from liuhen.web import bodies, draining
from liuhen.web.patience import BEYOND_S, STATEMENT_LIMIT, limit_of

OURS = f"-c statement_timeout={STATEMENT_LIMIT} "


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (OURS, 60),
        (OURS + "-c role=liuhen_app", 60),
        (OURS + "-c statement_timeout=5s -c role=liuhen_app", 5),
        (OURS + "-c statement_timeout=2min", 120),
        (OURS + "-c statement_timeout=1500", 1.5),
        (OURS + "-cstatement_timeout=250ms", 0.25),
    ],
)
def test_what_the_address_says_last_counts(options: str, seconds: float) -> None:
    assert limit_of(options) == pytest.approx(seconds + BEYOND_S)


@pytest.mark.parametrize("options", ["", "-c role=liuhen_app", OURS + "-c statement_timeout=0"])
def test_without_a_limit_there_is_none_on_our_side_either(options: str) -> None:
    assert limit_of(options) is None


def test_whoever_waits_for_senders_leaves_threads_for_pages() -> None:
    assert streams.places == server.STREAMS
    assert (bodies.places.most, bodies.places.most_of_one) == (server.BODIES, server.BODIES_OF_ONE)
    assert draining.places.places == server.DRAINED
    waiting = server.STREAMS + server.BODIES + server.DRAINED
    assert server.BLOCKING_THREADS - waiting >= 8
