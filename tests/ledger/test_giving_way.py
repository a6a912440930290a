"""A version is brought in while people work: nobody waits long, and what was cut off goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from tests.database import TEMPLATE, clone, point_at
from tests.kill.tree import until

from liuhen.commands.migrate import migrate
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SUPERUSER
from liuhen.kernel.refusals import Refused
from liuhen.ledger import giving_way as module
from liuhen.ledger.giving_way import giving_way

NAME = "liuhen_giving_way"
INDEX = "original_received_by"
WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted"
VALID = f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{INDEX}'::regclass"


@pytest.fixture
def owner(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """Somebody else in a database of its own; Django is its owner and waits briefly."""
    clone(cluster, TEMPLATE, NAME)
    point_at(cluster.dsn(NAME, OWNER), as_owner=True)
    monkeypatch.setattr(module, "WAIT", "200ms")
    monkeypatch.setattr(module, "PAUSE_S", 0.05)
    with psycopg.connect(cluster.dsn(NAME, OWNER), autocommit=True) as somebody:
        yield somebody
    connection.close()


def back_before(owner: psycopg.Connection) -> str:
    """Bring the tables to the version before the index; returns the statement that builds it."""
    (built,) = owner.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
    call_command("migrate", "vault", "0008", verbosity=0)
    return str(built[0])


def alter() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case ADD COLUMN wanted integer")


def test_who_holds_a_table_is_given_way_and_then_it_is_changed(owner: psycopg.Connection) -> None:
    tries = []

    def change() -> None:
        tries.append(1)
        if len(tries) == 3:
            owner.execute("ROLLBACK")
        alter()

    owner.execute("BEGIN")
    owner.execute("SELECT count(*) FROM cases_case")
    giving_way(change)
    assert len(tries) == 3
    owner.execute("SELECT wanted FROM cases_case")


def test_a_table_held_all_the_while_is_told_and_left_as_it_was(
    owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 0.0)
    owner.execute("BEGIN")
    owner.execute("SELECT count(*) FROM cases_case")
    with pytest.raises(Refused, match=r"tables\.held"):
        giving_way(alter)
    owner.execute("ROLLBACK")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_an_index_built_beside_a_writer_waits_for_it_as_long_as_it_takes(
    cluster: Cluster, owner: psycopg.Connection
) -> None:
    back_before(owner)
    owner.execute("BEGIN")
    owner.execute("LOCK TABLE vault_original IN ROW EXCLUSIVE MODE")

    def ends() -> None:
        with psycopg.connect(cluster.dsn(NAME, OWNER), autocommit=True) as other:
            until(lambda: other.execute(WAITS).fetchone(), "the index waits for the writer")
        time.sleep(0.5)  # longer than a change of a table would wait
        owner.execute("COMMIT")

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(ends)
        migrate()
        ended.result()
    assert owner.execute(VALID).fetchone() == (True,)


@pytest.mark.parametrize("is_valid", [False, True])
def test_a_version_cut_off_while_an_index_was_built_is_brought_in_by_the_next_start(
    cluster: Cluster, owner: psycopg.Connection, is_valid: bool
) -> None:
    owner.execute(back_before(owner))
    with psycopg.connect(cluster.dsn(NAME, SUPERUSER), autocommit=True) as superuser:
        superuser.execute(
            f"UPDATE pg_index SET indisvalid = {is_valid} WHERE indexrelid = '{INDEX}'::regclass"
        )
    migrate()
    assert owner.execute(VALID).fetchone() == (True,)
    migrate()
