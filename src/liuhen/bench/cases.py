"""The case page at 1,000 and at 100,000 cases: time and number of queries.

The limit is the query plan: every list is paged and every lookup goes by an index, so neither
figure may grow with the archive.
"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg

from liuhen.bench.figures import Figure, percentile
from liuhen.bench.scratch import scratch_home
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER

SIZES = (1_000, 100_000)
TIMES = 30


def run() -> list[Figure]:
    """Time and queries of the case page, the list and the desk at each size."""
    figures: list[Figure] = []
    with scratch_home() as home:
        case_id = _rich_case()
        written = 0
        for size in SIZES:
            _fill(home, size - written)
            written = size
            figures += _measure(size, case_id)
    return figures


def _rich_case() -> str:
    """One whole simple case by real acts."""
    from liuhen.demo.people import known_world  # noqa: PLC0415 - models need a set-up Django
    from liuhen.demo.simple_case import SimpleCase  # noqa: PLC0415

    simple = SimpleCase(known_world())
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    simple.sign()
    simple.issue_and_serve()
    simple.collect()
    simple.end()
    return str(simple.activity.case_id)


def _fill(home: Path, count: int) -> None:
    from liuhen.bench.generated import write_cases  # noqa: PLC0415 - models
    from liuhen.people.models import Person, Unit  # noqa: PLC0415

    officers = list(Person.objects.filter(username__in=("officer", "officer2")))
    unit = Unit.objects.get(code="ZD1")
    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        write_cases(owner, count, unit=unit, officers=officers)


def _measure(size: int, case_id: str) -> list[Figure]:
    from django.db import connection  # noqa: PLC0415 - needs the set-up
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from liuhen.people.models import Person  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        Person.objects.get(username="officer"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    figures = []
    for name, path in (
        ("case page", f"/cases/{case_id}/"),
        ("case list", "/cases/"),
        ("desk", "/"),
    ):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        times = []
        for _ in range(TIMES):
            started = time.perf_counter()
            client.get(path)
            times.append(time.perf_counter() - started)
        where = f"{name}, {size:,} cases"
        figures.append(Figure(f"{where}: p50", percentile(times, 0.5) * 1000, "ms"))
        figures.append(Figure(f"{where}: p95", percentile(times, 0.95) * 1000, "ms"))
        figures.append(Figure(f"{where}: queries", len(queries), "queries"))
    return figures
