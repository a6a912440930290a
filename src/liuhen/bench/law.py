"""Judging: one case, all cases after a change of law, the cases that are due, beside OpenFisca.

The limit of judging is processor time of one process; the sweep uses as many processes as there
are processors. The nightly pass must cost what is due, not what there is. Aims: 5 ms a case at
p99, 100,000 cases in under 5 minutes, 1 % of a million in under 1 minute.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from liuhen.bench.figures import Figure, spread
from liuhen.bench.law_beside import beside_openfisca
from liuhen.bench.scratch import scratch_home
from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER

SWEEP = tuple(map(int, os.environ.get("BENCH_CASES", "10000,100000").split(",")))
DUE = tuple(map(int, os.environ.get("BENCH_DUE", "100000,1000000").split(",")))
DUE_SHARE = 100  # one case of so many
ROUNDS = 400
ONE = "processor time of one process; aim 5 ms at p99"


def run(
    sweep: tuple[int, ...] = SWEEP, due: tuple[int, ...] = DUE, rounds: int = ROUNDS
) -> Iterator[Figure]:
    """One case, the sweep and the due-only pass at each size, ten rules beside openfisca-core."""
    yield from beside_openfisca()
    with scratch_home() as home:
        yield from _one_case(rounds)
        written = 0
        for size in sorted({*sweep, *due}):
            _write(home, range(written, size))
            written = size
            if size in sweep:
                yield from _sweep(home, size)
            if size in due:
                yield from _due_pass(home, size)


# -- one case ------------------------------------------------------------------------------------


def _one_case(rounds: int) -> list[Figure]:
    """An ordinary case that went all its way to the decision: every duty, read and judged."""
    from django.db import transaction  # noqa: PLC0415 - models need a set-up Django

    from liuhen.compliance.facts import facts_from, judged  # noqa: PLC0415
    from liuhen.compliance.judging import judge_cases  # noqa: PLC0415
    from liuhen.compliance.present import present_rows  # noqa: PLC0415
    from liuhen.kernel import clock  # noqa: PLC0415

    case_id = _ordinary_case()
    rows, at = present_rows([case_id])[case_id], clock.now()

    def pure() -> None:
        judged(rows, facts_from(rows), at)

    def whole() -> None:
        with transaction.atomic():
            judge_cases([case_id], at)

    return [
        *_timed("one ordinary case, all duties", pure, rounds),
        *_timed("the same, read from the database and kept", whole, rounds),
    ]


def _timed(name: str, call: Callable[[], None], rounds: int) -> list[Figure]:
    """By the wall and by this process's own processor time."""
    wall, own = [], []
    for _ in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - begun)
        own.append(time.process_time() - used)
    return [*spread(name, wall, 0.99, ONE), *spread(f"{name}: own processor", own, 0.99, ONE)]


def _ordinary_case() -> UUID:
    from liuhen.demo.ordinary_case import OrdinaryCase  # noqa: PLC0415 - models
    from liuhen.demo.people import known_world  # noqa: PLC0415
    from liuhen.kernel import clock  # noqa: PLC0415

    with clock.frozen(clock.now()) as stopped:
        case = OrdinaryCase(known_world(), stopped)
        for step in (
            *(case.until_initiated, case.until_notified, case.hear, case.review_defence),
            *(case.ask_review, case.review, case.discuss, case.until_decided),
        ):
            step()
        case_id: UUID = case.case.id
    return case_id


# -- many cases ----------------------------------------------------------------------------------


def _write(home: Path, numbers: range) -> None:
    from liuhen.bench.generated import write_cases  # noqa: PLC0415 - models
    from liuhen.people.models import Person, Unit  # noqa: PLC0415

    officers = list(Person.objects.filter(username__in=("officer", "officer2")))
    unit = Unit.objects.get(code="ZD1")
    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        write_cases(owner, numbers, unit=unit, officers=officers)


def _sweep(home: Path, size: int) -> list[Figure]:
    """Every case anew, as after a change of the law, shared out among the processors."""
    from liuhen.cases.models import Case  # noqa: PLC0415 - models

    ids = list(Case.objects.order_by("id").values_list("id", flat=True))
    workers = os.cpu_count() or 1
    begun = time.perf_counter()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        judged = sum(pool.map(_rejudged, [str(home)] * workers, _shares(ids, workers)))
    seconds = time.perf_counter() - begun
    beside = f"{workers} processes; a slope of 1 keeps the time of one case"
    return [
        Figure(f"sweep of {judged:,} cases", seconds, "s", beside),
        Figure(f"sweep of {judged:,}: one case", seconds / judged * 1000, "ms", beside),
    ]


def _shares(ids: list[UUID], workers: int) -> list[list[UUID]]:
    return [ids[number::workers] for number in range(workers)]


def _rejudged(home: str, ids: list[UUID]) -> int:
    """In a process of its own: the batches the job takes."""
    import django  # noqa: PLC0415 - a new process

    os.environ["LIUHEN_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "liuhen.settings"
    django.setup()
    from liuhen.actions.breaches import rejudge  # noqa: PLC0415
    from liuhen.jobs.judging import BATCH  # noqa: PLC0415
    from liuhen.kernel import clock  # noqa: PLC0415

    at, done = clock.now(), 0
    for first in range(0, len(ids), BATCH):
        done += rejudge(ids[first : first + BATCH], at).judged
    return done


_QUIET = """
INSERT INTO compliance_finding (case_id, rule, clause, subject_kind, subject_id, outcome, "column",
    is_curable, due_at, changes_at, judged_at, digest, body)
SELECT id, 'file_bound', '38.1', 'case', id::text, 'pending', 'text', true,
    now() + interval '30 days', now() + interval '30 days', now(), '', '{}'
FROM cases_case ON CONFLICT DO NOTHING
"""
_RIPE = """
UPDATE compliance_finding SET changes_at = now() - interval '1 minute'
WHERE rule = 'file_bound' AND case_id IN (
    SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM cases_case) numbered
    WHERE place %% %(share)s = 0)
"""


def _due_pass(home: Path, size: int) -> list[Figure]:
    """The pass that follows the clock: a hundredth is due; then as many as at the least size."""
    shares = dict.fromkeys((DUE_SHARE, DUE_SHARE * size // min(DUE)))
    return [figure for share in shares for figure in _pass_of(home, size, share)]


def _pass_of(home: Path, size: int, share: int) -> list[Figure]:
    """One case of `share` is due, the others are not read."""
    from liuhen.jobs.judging import judge_due_cases  # noqa: PLC0415 - models

    with psycopg.connect(Home(home).database_url(OWNER), autocommit=True) as owner:
        owner.execute(_QUIET)
        owner.execute(_RIPE, {"share": share})
        owner.execute("VACUUM ANALYZE compliance_finding")  # as autovacuum does
        plan = plan_of_due(owner)
    begun = time.perf_counter()
    done = judge_due_cases()
    seconds = time.perf_counter() - begun
    beside = "one process; the cost must follow the due ones"
    return [
        Figure(f"due-only pass, {done.judged:,} of {size:,} due", seconds, "s", beside),
        Figure(
            f"due-only pass, {done.judged:,} of {size:,}: one due case",
            seconds / done.judged * 1000,
            "ms",
            beside,
        ),
        plan,
    ]


def plan_of_due(owner: psycopg.Connection) -> Figure:
    """Pages the database touches to find the due cases, and by which indexes."""
    from django.db import connection  # noqa: PLC0415 - needs a set-up Django
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from liuhen.compliance.queries import due_case_ids  # noqa: PLC0415 - models
    from liuhen.kernel import clock  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        found = list(due_case_ids(clock.now()))
    query = asked.captured_queries[-1]["sql"].replace("%", "%%")
    row = owner.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}").fetchone()
    assert row is not None
    top = row[0][0]["Plan"]
    pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    nodes = sorted(set(_indexes(top)))
    return Figure(
        f"finding {len(found)} due cases", float(pages), "pages", f"by {', '.join(nodes)}"
    )


def _indexes(node: dict[str, Any]) -> Iterator[str]:
    """What a plan reads: names of indexes, and tables it goes through from end to end."""
    if "Index Name" in node:
        yield node["Index Name"]
    elif node["Node Type"] == "Seq Scan":
        yield f"the whole of {node['Relation Name']}"
    for inner in node.get("Plans", ()):
        yield from _indexes(inner)
