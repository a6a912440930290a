"""The roles and the database every cluster of ours has. Not for rights on tables: migrations grant.

- `liuhen_owner` logs in for migrations and owns the database and its tables;
- `liuhen_app` can't log in; migrations grant it what the running product may do;
- `liuhen_server` logs in for everything else, owns nothing, is a member of `liuhen_app`.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from liuhen.host.secret_files import SecretFiles
from liuhen.kernel.refusals import Refused

DATABASE = "liuhen"
SUPERUSER = "postgres"
OWNER = "liuhen_owner"
SERVER = "liuhen_server"
APP = "liuhen_app"
ENCODING = "UTF8"
# A server that vanishes says nothing: over a network we find out within half a minute.
LIVELY: dict[str, object] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def ensure_roles(socket_dir: Path, secrets: SecretFiles) -> None:
    """Make roles and database where they are missing and set the passwords kept in `secrets`.

    Raises:
        Refused: `postgres.not_started`: the server answers with an error.
    """
    place = make_conninfo(host=str(socket_dir), user=SUPERUSER, dbname="postgres")
    try:
        with psycopg.connect(place, autocommit=True) as connection:
            _ensure_role(connection, APP, "NOLOGIN")
            _ensure_role(connection, OWNER, "LOGIN")
            _ensure_role(connection, SERVER, "LOGIN")
            _execute(connection, "GRANT {} TO {}", APP, SERVER)
            for role in (OWNER, SERVER):
                _set_password(connection, role, secrets.password(role))
            _ensure_database(connection)
    except psycopg.Error as error:
        raise Refused("postgres.not_started", said=str(error)) from error


def refuse_encoding(connection: psycopg.Connection) -> None:
    """Refuse a database that does not keep every character as it is, whoever made it.

    Raises:
        Refused: `postgres.encoding`.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != ENCODING:
        raise Refused("postgres.encoding", encoding=encoding or "")


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _has(connection: psycopg.Connection, statement: str, name: str) -> bool:
    return connection.execute(statement, (name,)).fetchone() is not None


def _ensure_role(connection: psycopg.Connection, role: str, rights: str) -> None:
    found = _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    verb = "ALTER" if found else "CREATE"
    _execute(connection, f"{verb} ROLE {{}} {rights} NOSUPERUSER NOCREATEDB NOCREATEROLE", role)


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    # hashed here, so that the plain password never reaches the server or its log
    hashed = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode("ascii")
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed))
    )


def _ensure_database(connection: psycopg.Connection) -> None:
    if not _has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        _execute(connection, "CREATE DATABASE {} OWNER {}", DATABASE, OWNER)
    _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", DATABASE)
    _execute(connection, "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", DATABASE, APP)
