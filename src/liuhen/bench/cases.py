"""The case page at 1,000 and at 100,000 cases: time and number of queries.

The limit is the query plan: every list is paged and every lookup goes by an index, so neither
figure may grow with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg

from liuhen.bench.figures import Figure
from liuhen.bench.pages import page_figures, signed_in
from liuhen.bench.scratch import scratch_home
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER

SIZES = (1_000, 100_000)


def run() -> Iterator[Figure]:
    """Time and queries of the case page, the list and the desk at each size."""
    with scratch_home() as home:
        case_id = _rich_case()
        written = 0
        for size in SIZES:
            _fill(home, range(written, size))
            written = size
            yield from _measure(size, case_id)


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


def _fill(home: Path, numbers: range) -> None:
    from liuhen.bench.generated import write_cases  # noqa: PLC0415 - models
    from liuhen.people.models import Person, Unit  # noqa: PLC0415

    officers = list(Person.objects.filter(username__in=("officer", "officer2")))
    unit = Unit.objects.get(code="ZD1")
    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        write_cases(owner, numbers, unit=unit, officers=officers)


def _measure(size: int, case_id: str) -> list[Figure]:
    client = signed_in("officer")
    pages = (("case page", f"/cases/{case_id}/"), ("case list", "/cases/"), ("desk", "/"))
    return [
        figure
        for name, path in pages
        for figure in page_figures(client, f"{name}, {size:,} cases", path)
    ]
