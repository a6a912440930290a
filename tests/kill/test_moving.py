"""From the embedded database to the authority's own: all of it, or nothing and as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres import Cluster, throwaway_cluster
from liuhen.recovery.moving_rows import begin, content_of, is_free, open_line
from tests.host.outside import NAME, Accounts, execute, handed_out
from tests.kill.tree import copied_home, run_liuhen

TWO = ("stadt_owner", "stadt_server")
PLAIN = "CREATE DATABASE plain OWNER {} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
NO_INDEX = (
    "CREATE SCHEMA theirs",
    "CREATE FUNCTION theirs.refuse() RETURNS event_trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RAISE 'disk is full'; END $$",
    "CREATE EVENT TRIGGER no_index ON ddl_command_start WHEN TAG IN ('CREATE INDEX')"
    " EXECUTE FUNCTION theirs.refuse()",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Cluster]:
    with throwaway_cluster() as running:
        yield running


def test_a_home_goes_on_in_the_authoritys_own_database(
    engine: Cluster, pattern: Home, tmp_path: Path
) -> None:
    home = copied_home(pattern, tmp_path / "home")
    with handed_out(engine, *TWO) as accounts:
        _refused_where_something_is(home, accounts)
        _refused_where_not_every_character_is_kept(engine, home, accounts)
        _as_before_when_it_fails_half_way(engine, home, accounts)
        _broken_off(home, accounts)
        done = run_liuhen("move", "--home", home.path, "--json", **accounts.environment())
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout)["database"]
        assert told["tables"] > 100 and told["rows"] > 500 and told["to"].endswith("/stadt")
        with psycopg.connect(accounts.server) as server:
            asked = "SELECT count(*) FROM ledger_entry WHERE event = %s"
            assert server.execute(asked, ("home.moved",)).fetchone() == (1,)
            asked = "SELECT count(*) FROM ledger_pending"
            assert server.execute(asked).fetchone() == (0,)
            asked = "SELECT to_regclass('liuhen_moving'), to_regclass('half'), max(reltuples) > 100"
            assert server.execute(f"{asked} FROM pg_class").fetchone() == (None, None, True)
            asked = "SELECT max(last_value) > 100 FROM pg_sequences"
            assert server.execute(asked).fetchone() == (True,), "numbers go on where they stood"
        verified = run_liuhen("verify", "--home", home.path, **accounts.environment())
        assert verified.returncode == 0, verified.stdout + verified.stderr
        with psycopg.connect(accounts.server) as server, pytest.raises(psycopg.Error):
            server.execute("DELETE FROM ledger_entry")
    assert home.postgres_dir.exists(), "the old one stays"
    for command in ("serve", "verify", "move"):
        done = run_liuhen(command, "--home", home.path)
        assert done.returncode == 2 and "LIUHEN_DATABASE_URL" in done.stderr, done.stderr


def test_one_changed_value_gives_a_table_another_digest(engine: Cluster) -> None:
    with handed_out(engine, *TWO) as accounts, open_line(accounts.owner or "") as owner:
        owner.execute("CREATE TABLE one AS SELECT n, '\\xff'::bytea b FROM generate_series(1, 9) n")
        owner.execute("CREATE TABLE other AS SELECT * FROM one ORDER BY n DESC")
        same = content_of(owner, "one")
        assert same.rows == 9 and content_of(owner, "other") == same
        owner.execute("UPDATE other SET b = '\\xfe' WHERE n = 5")
        assert content_of(owner, "other") != same


def _as_before_when_it_fails_half_way(engine: Cluster, home: Home, accounts: Accounts) -> None:
    """The rows are there, and the server makes no index: what was brought is taken away again."""
    for statement in NO_INDEX:
        execute(engine, statement, dbname=NAME)
    done = run_liuhen("move", "--home", home.path, **accounts.environment())
    assert done.returncode == 2 and "disk is full" in done.stderr, done.stderr
    execute(engine, "DROP EVENT TRIGGER no_index", dbname=NAME)
    with psycopg.connect(accounts.owner or "") as owner:
        assert is_free(owner, "anybody")
    assert not home.moved_path.exists()


def _broken_off(home: Home, accounts: Accounts) -> None:
    """What a killed move leaves: free for the same home, nobody else's."""
    begin(accounts.owner or "", home.facts.origin)
    with psycopg.connect(accounts.owner or "") as owner:
        owner.execute("CREATE TABLE half (id int)")
        assert is_free(owner, home.facts.origin) and not is_free(owner, "another")


def _refused_where_something_is(home: Home, accounts: Accounts) -> None:
    with psycopg.connect(accounts.owner or "", autocommit=True) as owner:
        owner.execute("CREATE TABLE theirs (id int)")
        done = run_liuhen("move", "--home", home.path, **accounts.environment())
        assert done.returncode == 2 and "已经有表" in done.stderr, done.stderr
        owner.execute("DROP TABLE theirs")
    assert not home.moved_path.exists()


def _refused_where_not_every_character_is_kept(
    engine: Cluster, home: Home, accounts: Accounts
) -> None:
    execute(engine, PLAIN, TWO[0])
    told = {
        name: url.replace(f"/{NAME}?", "/plain?") for name, url in accounts.environment().items()
    }
    for command in ("move", "migrate"):
        done = run_liuhen(command, "--home", home.path, **told)
        assert done.returncode == 2 and "SQL_ASCII" in done.stderr, done.stderr
    execute(engine, "DROP DATABASE plain")
    assert not home.moved_path.exists()


def test_without_a_place_to_go_or_while_it_runs_nothing_is_moved(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    done = run_liuhen("move", "--home", home.path)
    assert done.returncode == 2 and "LIUHEN_DATABASE_URL" in done.stderr
