"""Set-up shared by all tests: a throwaway PostgreSQL per worker, a fresh database per test.

Tests commit for real, so each one that asks for `db` gets a database cloned from a template in
some tens of milliseconds. The cluster starts only when the first such test runs.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import HealthCheck, settings

_HOME = Path(tempfile.mkdtemp(prefix="liuhen-test-home-", dir="/tmp"))
os.environ["LIUHEN_HOME"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "liuhen.settings"
os.environ.pop("LIUHEN_DATABASE_URL", None)
# few people ask for many here; the limit has a test of its own
os.environ["LIUHEN_REQUESTS_PER_MINUTE"] = "1000000"

from liuhen.host.home import Home  # noqa: E402 - the home must exist before the settings are read

Home(_HOME).create()
django.setup()

from django.core.cache import cache  # noqa: E402 - needs the settings
from django.db import connection  # noqa: E402 - needs the settings

from liuhen.commands.migrate import migrate  # noqa: E402 - needs the settings
from liuhen.host.postgres import Cluster, throwaway_cluster  # noqa: E402 - beside its kin
from liuhen.host.postgres_roles import OWNER, SERVER  # noqa: E402 - beside its kin
from tests.database import TEMPLATE, clone, point_at  # noqa: E402 - needs the settings
from tests.filmed import footage  # noqa: E402, F401 - a fixture
from tests.scheduling import ByHome, place  # noqa: E402 - beside its kin
from tests.world import owner, world, world_template  # noqa: E402, F401 - fixtures

# A loaded machine is slow; that says nothing about the code under test.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> ByHome:
    return ByHome(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place(item.nodeid))


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the collector need not look through them all the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running cluster with a migrated, guarded template database."""
    with throwaway_cluster() as running:
        clone(running, "template0", TEMPLATE)
        point_at(running.dsn(TEMPLATE, OWNER), as_owner=True)
        migrate()
        connection.close()
        yield running
        connection.close()


@pytest.fixture
def db(cluster: Cluster) -> Iterator[str]:
    """A fresh database, as the server's own role sees it; yields the owner's URL to it."""
    name = "liuhen_one_test"
    clone(cluster, TEMPLATE, name)
    point_at(cluster.dsn(name, SERVER))
    cache.clear()
    yield cluster.dsn(name, OWNER)
    connection.close()
