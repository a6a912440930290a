"""Several may sequence; one works at a time, and who needs everything in order waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection
from tests.kill.tree import until

from liuhen.demo.people import World
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.ledger.queries import waiting_count
from liuhen.ledger.sequencing import _LOCK, sequence_all, sequence_batch

WAITS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def all_of_it() -> int:
    try:
        return sequence_all()
    finally:
        connection.close()


def test_while_another_sequences_a_stand_by_goes_on_and_who_needs_it_done_waits(
    cluster: Cluster, world: World
) -> None:
    waiting = waiting_count()
    dsn = cluster.dsn(connection.settings_dict["NAME"], SERVER)
    with psycopg.connect(dsn) as elsewhere, ThreadPoolExecutor(1) as aside:
        elsewhere.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        assert sequence_batch() == 0
        done = aside.submit(all_of_it)
        until(lambda: elsewhere.execute(WAITS).fetchone(), "waiting for the other sequencer")
        assert waiting_count() == waiting > 0
        elsewhere.rollback()
        assert done.result() == waiting
    assert waiting_count() == 0
