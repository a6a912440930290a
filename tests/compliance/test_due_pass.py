"""The due-only pass: judges what time has changed, notes each breach in the ledger once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.breaches import Rejudged, rejudge
from liuhen.bench.law import plan_of_due
from liuhen.compliance.judging import judge_case
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import case_ids, due_case_ids
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.jobs.judging import judge_all_cases, judge_due_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import entries_of_case
from liuhen.ledger.sequencing import sequence_all
from liuhen.tlog.entry import parse_entry
from tests.compliance.street import footage, outcomes, until_served
from tests.world import owner  # noqa: F401 - a fixture

FOOTAGE_RULES = {
    "simple_case_recorded_throughout",
    "penalty_activity_recorded",
    "service_recorded",
}


def breaches() -> list[dict[str, Any]]:
    entries = Entry.objects.filter(event="duty.breached").order_by("subject_id")
    return [json.loads(bytes(entry.body)) for entry in entries]


def test_nothing_is_due_before_its_time(world: World, stopped: FrozenClock) -> None:
    until_served(world, stopped)
    stopped.move(hours=23)
    with CaptureQueriesContext(connection) as queries:
        assert judge_due_cases() == Rejudged()
    assert len(queries) == 1
    assert breaches() == []


def test_a_clock_that_ran_out_is_judged_and_entered_with_its_due_instant(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    due_at = Finding.objects.get(rule="simple_case_recorded_throughout").due_at
    stopped.move(hours=24, seconds=1)
    assert judge_due_cases() == Rejudged(judged=1, busy=0, breaches=3)
    found = outcomes(simple)
    assert {found[rule] for rule in FOOTAGE_RULES} == {"breached"}
    noted = {body["subject"]["id"]: body for body in breaches()}
    assert set(noted) == FOOTAGE_RULES
    body = noted["simple_case_recorded_throughout"]
    assert body["actor"]["name"] == "系统"
    assert body["case"] == str(simple.case.id)
    assert body["data"] == {
        "clause": "27.3",
        "about": {"kind": "activity", "id": str(simple.activity.id)},
        "due_at": clock.iso(due_at or clock.now()),
    }
    assert body["via"] == {"door": "jobs"}


def test_running_twice_and_rebuilding_the_findings_enters_nothing_twice(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    judge_due_cases()
    before = breaches()
    assert judge_due_cases() == Rejudged()
    Finding.objects.all().delete()
    assert judge_all_cases() == Rejudged(judged=1)
    assert breaches() == before
    assert outcomes(simple)["service_recorded"] == "breached"


def test_an_act_that_comes_before_the_pass_hides_no_breach(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    simple.hand_in()
    assert outcomes(simple)["service_recorded"] == "breached"
    assert breaches() == []
    assert judge_due_cases().breaches == 3
    assert {body["subject"]["id"] for body in breaches()} == FOOTAGE_RULES


def test_footage_in_time_leaves_no_breach_behind(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=23)
    footage(world, simple.activity)
    stopped.move(hours=3)
    judge_due_cases()
    assert not {body["subject"]["id"] for body in breaches()} & FOOTAGE_RULES


def test_our_own_advice_running_out_is_no_breach_of_the_ledger(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    judge_due_cases()
    assert outcomes(simple)["product_synchronous"] == "breached"
    assert "product_synchronous" not in {body["subject"]["id"] for body in breaches()}


def test_a_new_clock_that_runs_out_is_a_new_breach(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    judge_due_cases()
    # Two working days for the money: a later clock of another duty, noted by itself.
    stopped.move(days=3)
    assert judge_due_cases() == Rejudged(judged=1, breaches=1)
    assert "fine_handed_in" in {body["subject"]["id"] for body in breaches()}
    assert outcomes(simple)["fine_handed_in"] == "breached"


def test_a_case_somebody_works_on_is_left_to_that_act(
    world: World,
    stopped: FrozenClock,
    owner: psycopg.Connection,  # noqa: F811
) -> None:
    busy, free = until_served(world, stopped), until_served(world, stopped)
    stopped.move(hours=25)
    with owner.transaction():
        owner.execute("SELECT id FROM cases_case WHERE id = %s FOR UPDATE", [busy.case.id])
        assert judge_due_cases() == Rejudged(judged=1, busy=1, breaches=3)
    assert outcomes(busy)["service_recorded"] == "pending"
    assert outcomes(free)["service_recorded"] == "breached"
    assert judge_due_cases() == Rejudged(judged=1, breaches=3)


def test_the_pass_takes_the_same_queries_for_one_case_and_for_many(
    world: World, stopped: FrozenClock
) -> None:
    cases = [until_served(world, stopped) for _ in range(4)]
    stopped.move(hours=25)
    ids = sorted(each.case.id for each in cases)
    counts = []
    for batch in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as queries:
            rejudge(batch, clock.now())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_due_cases_come_in_order_and_none_twice(world: World, stopped: FrozenClock) -> None:
    cases = [until_served(world, stopped) for _ in range(3)]
    cases[0].hand_in()
    stopped.move(hours=25)
    judge_case(cases[1].case, clock.now())  # breached and not noted; the others are pending
    ids = sorted(each.case.id for each in cases)
    now = clock.now()
    assert list(due_case_ids(now)) == ids
    assert list(due_case_ids(now - dt.timedelta(hours=2))) == []
    assert list(case_ids()) == ids


_QUIET = """
INSERT INTO compliance_finding (case_id, rule, clause, subject_kind, subject_id, outcome, "column",
    is_curable, due_at, changes_at, judged_at, digest, body)
SELECT (SELECT id FROM cases_case LIMIT 1), 'file_bound', '38.1', 'case', number::text, 'pending',
    'text', true, now(), now() + interval '30 days', now(), '', '{}'
FROM generate_series(%s::int, %s::int) AS number
"""
_LATE = """
UPDATE compliance_finding SET outcome = 'breached', noted_at = now(), changes_at = NULL
WHERE subject_id::bigint % 2 = 0
"""


def test_finding_what_is_due_reads_by_one_index_and_no_more_among_many_than_among_few(
    world: World,
    stopped: FrozenClock,
    owner: psycopg.Connection,  # noqa: F811
) -> None:
    until_served(world, stopped)
    Finding.objects.all().delete()
    read = []
    for first, last in ((1, 400), (401, 10_000)):
        owner.execute(_QUIET, [first, last])
        owner.execute(_LATE)  # half are breaches the ledger has, as in a house with a history
        owner.execute(
            "UPDATE compliance_finding SET changes_at = %s WHERE subject_id IN ('1', '3', '5')",
            [clock.now()],
        )
        owner.execute("ANALYZE compliance_finding")
        read.append(plan_of_due(owner))
    assert [figure.beside for figure in read] == ["by finding_changes"] * 2
    assert max(figure.value for figure in read) <= 3 + 5, read


def test_the_entries_are_sequenced_with_all_others_and_stand_in_the_case_history(
    world: World, stopped: FrozenClock
) -> None:
    simple: SimpleCase = until_served(world, stopped)
    stopped.move(hours=25)
    judge_due_cases()
    sequence_all()
    entries = entries_of_case(simple.case.id).filter(event="duty.breached")
    assert entries.count() == 3
    for entry in entries:
        assert parse_entry(bytes(entry.body)).id == entry.id
        assert entry.sequenced.index >= 0
