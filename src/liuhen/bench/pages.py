"""How long a page takes to make, and how many questions it asks the database.

In one process without a line in between. Not for pages under load (`handlers`, `uploads`).
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from liuhen.bench.figures import Figure, percentile, spread
from liuhen.kernel.refusals import Fault

if TYPE_CHECKING:
    from django.test import Client

TIMES = 30
BESIDE = "processor time of one process; queries may not grow"


def signed_in(username: str) -> Client:
    """A client of this process's pages, signed in."""
    from django.test import Client  # noqa: PLC0415 - needs a set-up Django

    from liuhen.people.models import Person  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(Person.objects.get(username=username), backend=backend)
    return client


def page_figures(client: Client, name: str, path: str) -> list[Figure]:
    """p50 and p95 of making a page that has been made before; its processor time and queries.

    Processor time is this process's own, so that it says something on a busy machine too.
    """
    from django.db import connection  # noqa: PLC0415 - needs a set-up Django
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    # Counted now: the next request empties the log of queries.
    asked = Figure(f"{name}: queries", len(queries), "queries", BESIDE)
    if answer.status_code != HTTPStatus.OK:
        raise Fault(f"{path} answered {answer.status_code}")
    times, worked = [], []
    for _ in range(TIMES):
        started, before = time.perf_counter(), time.process_time()
        client.get(path)
        times.append(time.perf_counter() - started)
        worked.append(time.process_time() - before)
    own = Figure(f"{name}: own processor time, p50", percentile(worked, 0.5) * 1000, "ms", BESIDE)
    return [*spread(name, times, 0.95, BESIDE), own, asked]
