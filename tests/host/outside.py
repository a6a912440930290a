"""A PostgreSQL in the hands of somebody else, and what its office hands out. Not a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql

from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SUPERUSER

PASSWORD = "Pä ss/wörd:@1"
NAME = "stadt"


def execute(engine: Cluster, statement: str, *names: str, dbname: str = "postgres") -> None:
    place = engine.dsn(dbname, SUPERUSER)
    with psycopg.connect(place, autocommit=True) as superuser:
        superuser.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True)
class Accounts:
    """What an authority's database office hands out."""

    server: str
    owner: str | None

    def environment(self) -> dict[str, str]:
        named = {"LIUHEN_DATABASE_URL": self.server}
        return named if self.owner is None else {**named, "LIUHEN_DATABASE_OWNER_URL": self.owner}


@contextmanager
def handed_out(engine: Cluster, *accounts: str) -> Iterator[Accounts]:
    """An empty database with its owner, and perhaps a second account; members of nothing."""
    for account in accounts:
        execute(engine, "CREATE ROLE {} LOGIN", account)
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(account), sql.Literal(PASSWORD)
        )
        with psycopg.connect(engine.dsn("postgres", SUPERUSER), autocommit=True) as superuser:
            superuser.execute(statement)
    execute(engine, "CREATE DATABASE {} OWNER {}", NAME, accounts[0])
    urls = [_url(engine, account) for account in accounts]
    yield Accounts(urls[-1], urls[0] if len(urls) == 2 else None)
    execute(engine, "DROP DATABASE {} WITH (FORCE)", NAME)
    for account in accounts:
        execute(engine, "DROP ROLE {}", account)


def _url(engine: Cluster, account: str) -> str:
    host = quote(engine.dsn().rpartition("host=")[2], safe="%")
    password = quote(PASSWORD, safe="")
    return f"postgresql://{account}:{password}@/{NAME}?host={host}&application_name=liuhen"
