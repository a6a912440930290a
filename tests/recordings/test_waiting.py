"""What jobs look for every few minutes is found without reading all that was recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liuhen.demo.people import World
from liuhen.jobs.examining import made_by_earlier_versions
from liuhen.recordings.queries import read_with_less, unread_recordings


@pytest.mark.parametrize(
    ("index", "look"),
    [
        ("recording_unread", unread_recordings),
        ("recording_read_with_less", lambda: read_with_less(32)),
        ("derivative_made_with_less", lambda: made_by_earlier_versions(32)),
    ],
)
def test_what_waits_stands_in_an_index_of_its_own(
    world: World, index: str, look: Callable[[], list[object]]
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert look() == []
    (query,) = asked.captured_queries
    with transaction.atomic(), connection.cursor() as cursor:
        # without rows any way is as good: the costliest is taken away
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f" {index} " in plan, plan
