"""Findings are stored by difference: judging again writes only what has changed."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.judging import STORED_COLUMNS, is_kept, judge_case, judge_cases, warning_of
from liuhen.compliance.models import Finding
from liuhen.compliance.stored import body_text, finding_from
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.engine import judge
from liuhen.law.findings import Column, Explanation, Outcome, Severity, Subject
from liuhen.law.findings import Finding as Found
from liuhen.law.parameters import packaged_parameters
from tests.compliance.street import done_but_for_closing, footage, outcomes, until_served
from tests.world import MORNING


def versions(simple: SimpleCase) -> dict[tuple[str, str], Any]:
    """The database's own mark of each stored row: it changes whenever the row is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule, subject_id, xmin::text FROM compliance_finding WHERE case_id = %s",
            [simple.case.id],
        )
        return {(rule, subject): mark for rule, subject, mark in cursor.fetchall()}


def test_an_act_stores_every_finding_that_bites_on_its_case(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    facts = facts_of_case(simple.case.id)
    kept = {
        (each.rule, each.subject.key): each
        for each in judge(facts, clock.now())
        if is_kept(each, facts)
    }
    stored = Finding.objects.filter(case=simple.case)
    assert {(row.rule, row.subject_id) for row in stored} == set(kept)
    for row in stored:
        found = kept[row.rule, row.subject_id]
        assert row.outcome == found.outcome.value
        assert row.due_at == found.due_at
        assert row.body["clause"] == found.clause


def test_judging_again_writes_nothing_and_takes_five_queries(
    world: World, stopped: FrozenClock
) -> None:
    simple = done_but_for_closing(world, stopped)
    before, case = versions(simple), simple.case
    stopped.move(minutes=5)
    with CaptureQueriesContext(connection) as queries:
        judge_case(case, clock.now())
    assert len(queries) == 5
    assert versions(simple) == before


def test_only_the_findings_that_changed_are_written(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    before = versions(simple)
    simple.hand_in()
    after = versions(simple)
    changed = {key[0] for key in after if before.get(key) != after[key]}
    assert changed == {"fine_handed_in", "fine_banked"}


def test_a_finding_whose_subject_is_gone_goes_with_it(world: World, stopped: FrozenClock) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    first = simple.decide()
    assert Finding.objects.filter(subject_id=str(first.id)).exists()
    second = simple.decide(penalty=["warning"])
    assert not Finding.objects.filter(subject_id=str(first.id)).exists()
    assert Finding.objects.filter(subject_id=str(second.id)).exists()


def test_many_cases_are_judged_in_the_queries_of_one(world: World, stopped: FrozenClock) -> None:
    cases = [SimpleCase(world) for _ in range(3)]
    for each in cases:
        each.start()
        each.violation()
    Finding.objects.all().delete()
    ids = [each.case.id for each in cases]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        judge_cases(ids, clock.now())
    assert len(queries) == 6
    assert len({repr(sorted(outcomes(each).items())) for each in cases}) == 1
    assert outcomes(cases[0])["two_officers"] == "met"


def test_a_duty_that_does_not_bite_has_no_row(world: World) -> None:
    simple = SimpleCase(world)
    simple.start()
    assert "decided_in_time" not in outcomes(simple)  # ordinary procedure only
    judged = judge(facts_of_case(simple.case.id), clock.now())
    assert any(each.rule == "decided_in_time" for each in judged)


def test_time_alone_turns_a_pending_finding_into_a_breach(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    (row,) = Finding.objects.filter(rule="simple_case_recorded_throughout")
    assert row.due_at is not None and row.changes_at is not None
    judge_case(simple.case, row.due_at)
    assert outcomes(simple)[row.rule] == "pending"
    judge_case(simple.case, row.changes_at)
    assert outcomes(simple)[row.rule] == "breached"
    stopped.set(row.changes_at)
    footage(world, simple.activity)
    assert outcomes(simple)[row.rule] == "met"


def test_a_stored_finding_comes_back_as_it_was(world: World, stopped: FrozenClock) -> None:
    simple = done_but_for_closing(world, stopped)
    rows = list(Finding.objects.filter(case=simple.case))
    assert len(rows) > 20
    for row in rows:
        found = finding_from(row.body, row.judged_at)
        assert json.loads(body_text(found)) == row.body
        assert (found.rule, found.outcome.value) == (row.rule, row.outcome)


INSTANTS = st.integers(0, 760 * 86_400).map(
    lambda seconds: dt.datetime(2024, 12, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
)


def with_clock(started_at: dt.datetime | None, due_at: dt.datetime | None) -> Found:
    return Found(
        clause="39.2",
        rule="recording_stored_in_time",
        column=Column.TEXT,
        severity=Severity.BREACH,
        subject=Subject("recording", "1"),
        outcome=Outcome.PENDING,
        explanation=Explanation("recording_stored_in_time.pending"),
        judged_at=MORNING,
        clock_started_at=started_at,
        due_at=due_at,
    )


@given(start=INSTANTS, length=st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=90)))
def test_the_warning_comes_at_the_last_third_of_a_clock(
    start: dt.datetime, length: dt.timedelta
) -> None:
    warn_at = warning_of(with_clock(start, start + length), packaged_parameters())
    assert warn_at is not None
    assert abs((start + length - warn_at) * 3 - length) <= dt.timedelta(microseconds=3)


def test_without_a_clock_there_is_no_warning() -> None:
    assert warning_of(with_clock(None, MORNING), packaged_parameters()) is None
    assert warning_of(with_clock(MORNING, None), packaged_parameters()) is None


def test_every_column_of_a_finding_is_stored() -> None:
    held = {field.column for field in Finding._meta.concrete_fields}
    assert set(STORED_COLUMNS) | {"id"} == held
