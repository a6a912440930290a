"""Databases for tests: cloning a template, pointing Django at a clone. Not a test."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection, connections

from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SUPERUSER

TEMPLATE = "liuhen_template"


def clone(cluster: Cluster, template: str, name: str) -> None:
    """Make database `name` a fresh copy of `template`.

    By the superuser: what a server's thread left open a moment ago is ended, whoever's it was.
    """
    connection.close()
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        superuser.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER} STRATEGY FILE_COPY"
        )


def point_at(url: str, *, as_owner: bool = False) -> None:
    """Let Django's default connection go to another database."""
    connection.close()
    parts = urlsplit(url)
    settings = connections["default"].settings_dict
    settings["NAME"] = unquote(parts.path.lstrip("/"))
    settings["USER"] = unquote(parts.username or "")
    settings["PASSWORD"] = unquote(parts.password or "")
    settings["HOST"] = unquote(parts.query.removeprefix("host="))
    settings["OPTIONS"] = {"options": "" if as_owner else "-c role=liuhen_app"}
