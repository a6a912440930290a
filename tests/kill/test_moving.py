"""From the embedded database to the authority's own: all of it, or nothing and as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres import Cluster, throwaway_cluster
from tests.host.outside import Accounts, handed_out
from tests.kill.tree import copied_home, run_liuhen

TWO = ("stadt_owner", "stadt_server")


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
        done = run_liuhen("move", "--home", home.path, "--json", **accounts.environment())
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout)["database"]
        assert told["tables"] > 100 and told["rows"] > 500 and told["to"].endswith("/stadt")
        with psycopg.connect(accounts.server) as server:
            asked = "SELECT count(*) FROM ledger_entry WHERE event = %s"
            assert server.execute(asked, ("home.moved",)).fetchone() == (1,)
            asked = "SELECT count(*) FROM ledger_pending"
            assert server.execute(asked).fetchone() == (0,)
        verified = run_liuhen("verify", "--home", home.path, **accounts.environment())
        assert verified.returncode == 0, verified.stdout + verified.stderr
        with psycopg.connect(accounts.server) as server, pytest.raises(psycopg.Error):
            server.execute("DELETE FROM ledger_entry")
    assert home.postgres_dir.exists(), "the old one stays"
    for command in ("serve", "verify", "move"):
        done = run_liuhen(command, "--home", home.path)
        assert done.returncode == 2 and "LIUHEN_DATABASE_URL" in done.stderr, done.stderr


def _refused_where_something_is(home: Home, accounts: Accounts) -> None:
    with psycopg.connect(accounts.owner or "", autocommit=True) as owner:
        owner.execute("CREATE TABLE theirs (id int)")
        done = run_liuhen("move", "--home", home.path, **accounts.environment())
        assert done.returncode == 2 and "已经有表" in done.stderr, done.stderr
        owner.execute("DROP TABLE theirs")
    assert not home.moved_path.exists()


def test_without_a_place_to_go_or_while_it_runs_nothing_is_moved(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    done = run_liuhen("move", "--home", home.path)
    assert done.returncode == 2 and "LIUHEN_DATABASE_URL" in done.stderr
