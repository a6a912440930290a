"""The list of cases as other systems ask for it, at a million cases, by one and by sixteen.

The measure Open Zaak publishes of its own: 150 to 200 ms at one user, 320 to 430 ms at sixteen on
ten replicas. Here two processors serve and ask. The limit is one index walk of a page's rows, and
one page made in Python.
"""

from __future__ import annotations

import datetime as dt
import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import psycopg

from liuhen.bench.figures import Figure, spread
from liuhen.bench.scratch import empty_home, founded
from liuhen.bench.served import served
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault

CASES = 1_000_000
AT_ONCE = {1: "Open Zaak publishes 150 to 200 ms", 16: "Open Zaak: 320 to 430 ms, ten replicas"}
ASKED = 100
PAGE = 100
FILTERS = {f"newest {PAGE}": "", f"{PAGE} open": "&is_open=true"}


def run() -> Iterator[Figure]:
    """p50 and p95 of a page of the list, by people asking at once; answers a second."""
    with empty_home() as home:
        with founded(home):
            token = _fill(home)
        with served(home.path) as (port, _):
            for told, asked in FILTERS.items():
                for people in AT_ONCE:
                    yield from _measure(port, token, f"{told} of {CASES:,} cases", asked, people)


def _fill(home: Home) -> str:
    """The cases, and a token that reads them for somebody who may see them all."""
    from liuhen.actions.tokens import issue_token  # noqa: PLC0415
    from liuhen.bench.generated import write_cases  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.models import ApiToken, Person, Unit  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415

    officers = list(Person.objects.filter(username__in=("officer", "officer2")))
    unit = Unit.objects.get(code="ZD1")
    with psycopg.connect(home.database_url(OWNER), autocommit=True) as owner:
        write_cases(owner, range(CASES), unit=unit, officers=officers)
    issued = issue_token(
        actor=system_person(),
        person_id=Person.objects.get(username="supervisor").id,
        name="对接系统",
        scope=ApiToken.Scope.READING,
        until=clock.now() + dt.timedelta(days=1),
    )
    return issued.secret


def _measure(port: int, token: str, name: str, asked: str, people: int) -> list[Figure]:
    path = f"/api/v1/cases/?limit={PAGE}{asked}"
    began = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        each = [
            pool.submit(_ask, port, token, path, max(1, ASKED // people)) for _ in range(people)
        ]
        seconds = [second for one in each for second in one.result()]
    rate = len(seconds) / (time.perf_counter() - began)
    told = f"{name}, {people} at once"
    return [
        *spread(told, seconds, 0.95, AT_ONCE[people]),
        Figure(f"{told}: answers", rate, "a second", "two processors, the clients too"),
    ]


def _ask(port: int, token: str, path: str, times: int) -> list[float]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        content = answer.read()
        seconds.append(time.perf_counter() - started)
        if answer.status != HTTPStatus.OK:
            raise Fault(f"{path} answered {answer.status}: {content[:300].decode()}")
    return seconds
