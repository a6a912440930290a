"""After an upgrade every case is judged once by the rules of this version, and nobody waits for
chance; what is killed goes on, what is through does nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.breaches import Rejudged
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding, Sweep
from liuhen.compliance.sweeps import judging_version, next_of, open_sweep, sweep_progress, went_on
from liuhen.demo.people import World
from liuhen.jobs import judging
from liuhen.jobs.judging import judge_after_upgrade, judge_due_cases
from liuhen.kernel import clock, portions
from liuhen.kernel.clock import FrozenClock
from liuhen.law.version import ENGINE_VERSION
from liuhen.upkeep.signs import record_signs
from tests.compliance.street import until_served
from tests.waiting import until
from tests.world import owner  # noqa: F401 - a fixture

# What an earlier version said of every duty, and that it went through all cases.
_EARLIER = """
UPDATE compliance_finding SET outcome = 'unknown', digest = md5(rule),
    body = jsonb_set(jsonb_set(body, '{engine_version}', '"1"'), '{outcome}', '"unknown"')
"""


@pytest.fixture
def earlier(world: World, stopped: FrozenClock) -> Iterator[list[Case]]:
    """Three cases as an earlier version judged them."""
    cases = [until_served(world, stopped).case for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER)
    now = clock.now()
    Sweep.objects.create(version="0" * 64, cases=3, judged=3, started_at=now, ended_at=now)
    yield cases


def versions() -> set[str]:
    return {body["engine_version"] for body in Finding.objects.values_list("body", flat=True)}


def sign() -> list[str]:
    return [one.words for one in record_signs() if one.name == "sweep"]


def test_what_an_earlier_version_found_is_found_anew_once(earlier: list[Case]) -> None:
    assert versions() == {"1"} and set(outcomes_of(earlier)) == {"unknown"}
    assert judge_after_upgrade() == Rejudged(judged=3)
    assert versions() == {ENGINE_VERSION}
    assert {"met", "pending"} <= set(outcomes_of(earlier))
    done = Sweep.objects.get()
    assert (done.version, done.cases, done.judged) == (judging_version(), 3, 3)
    assert done.ended_at is not None and sign() == []
    with CaptureQueriesContext(connection) as queries:
        assert judge_after_upgrade() == Rejudged()
    assert len(queries) == 1


def outcomes_of(cases: list[Case]) -> list[str]:
    return [*Finding.objects.filter(case__in=cases).values_list("outcome", flat=True)]


def test_a_pass_whose_worker_ends_stops_behind_a_batch_and_the_next_goes_on(
    earlier: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "BATCH", 1)
    monkeypatch.setattr(portions, "_ending", Event())
    portions.end_soon()
    assert judge_after_upgrade() == Rejudged(judged=1) and sweep_progress() == (1, 3)
    assert judge_due_cases(clock.now() + dt.timedelta(days=3650)) == Rejudged()
    portions._ending.clear()
    assert judge_after_upgrade() == Rejudged(judged=2)


def test_a_pass_that_was_killed_goes_on_and_tells_how_far_it_is(earlier: list[Case]) -> None:
    sweep = open_sweep()
    assert sweep is not None and sweep_progress() == (0, 3)
    first = next_of(sweep, 1)
    went_on(sweep, first)
    assert sign() == ["升级以后按新的规则重新判断：1 / 3 件"]
    again = open_sweep()
    assert again is not None and next_of(again, 5) == sorted(each.id for each in earlier)[1:]
    assert judge_after_upgrade() == Rejudged(judged=2)
    assert versions() == {"1", ENGINE_VERSION}  # the first was not judged, only said to be


def test_a_case_somebody_works_on_is_waited_for(
    earlier: list[Case],
    owner: psycopg.Connection,  # noqa: F811
) -> None:
    # whoever holds it may be refused in the end, and then judges nothing
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as pool:
        with owner.transaction():
            owner.execute("SELECT id FROM cases_case WHERE id = %s FOR UPDATE", [earlier[1].id])
            found = pool.submit(swept)
            until(lambda: found.done() or told(waits) == (1,))
            assert not found.done()
        assert json.loads(found.result()) == [3, 0]
    assert versions() == {ENGINE_VERSION}
    assert sweep_progress() is None


def told(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def swept() -> str:
    try:
        done = judge_after_upgrade()
        return json.dumps([done.judged, done.busy])
    finally:
        connection.close()


def test_a_new_home_has_nothing_to_judge(world: World) -> None:
    assert judge_after_upgrade() == Rejudged()
    assert Sweep.objects.get().ended_at is not None
