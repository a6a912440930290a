"""The fictional authority as a fixture: everybody registered by real acts. Not a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection

from liuhen.demo.people import World, found_world, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SERVER
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from tests.database import TEMPLATE, clone, point_at

# A Tuesday morning in Tianjin: 2026-03-10 09:00.
MORNING = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
WORLD_TEMPLATE = "liuhen_world"


@pytest.fixture(scope="session")
def world_template(cluster: Cluster) -> str:
    """A template database with the authority in it, made once by acts."""
    clone(cluster, TEMPLATE, WORLD_TEMPLATE)
    point_at(cluster.dsn(WORLD_TEMPLATE, SERVER))
    with clock.frozen(MORNING - dt.timedelta(days=30)):
        found_world()
    connection.close()
    return WORLD_TEMPLATE


@pytest.fixture
def world(cluster: Cluster, world_template: str) -> Iterator[World]:
    """A fresh database with the authority; the clock stands at `MORNING`."""
    name = "liuhen_one_world"
    clone(cluster, world_template, name)
    point_at(cluster.dsn(name, SERVER))
    with clock.frozen(MORNING):
        yield known_world()
    connection.close()


@dataclass(frozen=True)
class Lived:
    """What happened once, kept as a template database, and the instant at which it ended."""

    template: str
    instant: dt.datetime


def live(
    cluster: Cluster,
    world_template: str,
    template: str,
    happen: Callable[[World, FrozenClock], object],
) -> Lived:
    """Let something happen to the authority, from `MORNING` on, for tests that begin after it."""
    clone(cluster, world_template, template)
    point_at(cluster.dsn(template, SERVER))
    with clock.frozen(MORNING) as stopped:
        happen(known_world(), stopped)
        connection.close()
        return Lived(template, stopped.instant)


@contextmanager
def after(cluster: Cluster, lived: Lived) -> Iterator[FrozenClock]:
    """A fresh database as it stood then; the clock stands still."""
    name = "liuhen_one_world"
    clone(cluster, lived.template, name)
    point_at(cluster.dsn(name, SERVER))
    with clock.frozen(lived.instant) as stopped:
        yield stopped
    connection.close()


@pytest.fixture
def owner(cluster: Cluster, world: World) -> Iterator[psycopg.Connection]:
    """A connection of the database's owner to the world's database: the attacker's hands."""
    with psycopg.connect(cluster.dsn("liuhen_one_world", OWNER), autocommit=True) as connection:
        yield connection
