"""The authority's own PostgreSQL takes the embedded one's place, and nothing else changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.host.outside import Accounts, handed_out
from tests.kill.officer import Line
from tests.kill.tree import Tree, founded, free_port, run_liuhen, sockets_of, start

from liuhen.host.home import Home
from liuhen.host.postgres import Cluster, throwaway_cluster
from liuhen.settings import database


@pytest.fixture(scope="module")
def engine() -> Iterator[Cluster]:
    """A second PostgreSQL, in the hands of somebody else."""
    with throwaway_cluster() as running:
        yield running


@dataclass(frozen=True)
class City:
    """A home served on a database of the authority's own."""

    home: Home
    tree: Tree
    accounts: Accounts

    def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        told = {**self.accounts.environment(), **more}
        return run_liuhen(*arguments, "--home", self.home.path, **told)


@pytest.fixture(scope="module")
def city(
    engine: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """Served with `LIUHEN_DATABASE_URL` (and the owner's) set, and nothing else changed."""
    home = Home(tmp_path_factory.mktemp("city") / "home")
    with handed_out(engine, *request.param) as accounts:
        tree = start(home, variables=accounts.environment())
        try:
            tree.await_ready()
            founded(home, **accounts.environment())
            yield City(home, tree, accounts)
        finally:
            code = tree.interrupt()
        assert code == 0
        assert not sockets_of(home)


TWO, ONE = ("stadt_owner", "stadt_server"), ("stadt_owner",)
with_two = pytest.mark.parametrize("city", [TWO], ids=["two"], indirect=True, scope="module")
with_one = pytest.mark.parametrize("city", [ONE], ids=["one"], indirect=True, scope="module")


def rights(url: str, table: str) -> set[str]:
    """What the account of a URL may do with a table."""
    asked = "SELECT has_table_privilege(%s, %s)"
    with psycopg.connect(url) as account:
        return {
            right
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if account.execute(asked, (table, right)).fetchone() == (True,)
        }


def sign_in_and_verify(city: City) -> None:
    line = Line(city.tree.port)
    answer = line.sign_in("officer")
    assert answer.status == 302, answer.body.decode()
    assert line.ask("GET", "/").status == 200
    with psycopg.connect(city.accounts.server) as server:
        asked = "SELECT count(*) FROM ledger_entry WHERE event = 'session.started'"
        assert server.execute(asked).fetchone() == (1,)
    done = city.command("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not city.home.postgres_dir.exists()


@with_two
def test_two_plain_accounts_are_all_that_is_asked_for(city: City) -> None:
    sign_in_and_verify(city)


@with_two
def test_the_servers_account_may_do_no_more_than_in_the_embedded_database(city: City) -> None:
    for _ in range(2):
        assert rights(city.accounts.server, "ledger_entry") == {"SELECT", "INSERT"}
        assert rights(city.accounts.server, "ledger_rowimage") == {"SELECT"}
        assert rights(city.accounts.server, "cases_case") == {"SELECT", "INSERT", "UPDATE"}
        # nor after the next start
        done = city.command("migrate", LIUHEN_AS_OWNER="1")
        assert done.returncode == 0, done.stderr


@with_two
def test_what_serves_strangers_does_not_hold_the_owners_password(city: City) -> None:
    web = city.tree.child("web")
    environment = Path(f"/proc/{web}/environ").read_bytes()
    assert b"stadt_server" in environment
    assert b"stadt_owner" not in environment


@with_one
def test_one_account_for_everything_is_enough(city: City) -> None:
    sign_in_and_verify(city)


@with_one
def test_one_account_for_everything_is_still_held_by_the_triggers(city: City) -> None:
    with (
        psycopg.connect(city.accounts.server) as owner,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        owner.execute("DELETE FROM ledger_entry")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_database_that_does_not_answer_ends_the_start_with_its_words(home: Home) -> None:
    url = "postgresql://a@/b?host=/nowhere"
    place = ["--home", str(home.path), "--port", str(free_port())]
    done = run_liuhen("serve", *place, LIUHEN_DATABASE_URL=url)
    assert done.returncode == 2
    assert "启动前的准备" in done.stderr
    assert "/nowhere" in done.stderr


@pytest.mark.parametrize(
    "url", ["somewhere", "postgresql://host/database", "postgresql://account@host"]
)
def test_an_address_that_names_no_account_or_database_is_refused(home: Home, url: str) -> None:
    home.create()
    done = run_liuhen("verify", "--home", home.path, LIUHEN_DATABASE_URL=url)
    assert done.returncode == 2
    assert "LIUHEN_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_an_address_says_beyond_its_place_reaches_the_driver() -> None:
    told = database(
        "postgresql://u:p%40@one:5432,two:5433/d?sslmode=require&target_session_attrs=any"
    )
    assert (told["USER"], told["PASSWORD"], told["NAME"]) == ("u", "p@", "d")
    assert (told["HOST"], told["PORT"]) == ("one,two", "5432,5433")
    options = told["OPTIONS"]
    assert isinstance(options, dict)
    assert options["sslmode"] == "require"
    assert options["target_session_attrs"] == "any"
    assert options["options"] == ""


def test_a_role_is_taken_beside_the_options_an_address_brings() -> None:
    told = database("postgresql://u@/d?options=-c%20statement_timeout%3D5s", "liuhen_app")
    options = told["OPTIONS"]
    assert isinstance(options, dict)
    assert options["options"] == "-c statement_timeout=5s -c role=liuhen_app"
