"""Findings for pages: lamps, words, groups, next steps, and the desk within what one may see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.explanations import acknowledge_explanation
from liuhen.compliance import queries
from liuhen.compliance.queries import (
    cases_by_rule,
    desk_counts,
    desk_findings,
    findings_of_case,
    grouped_findings,
    next_steps,
)
from liuhen.compliance.shown import SETTLED, article_of, lamp_of
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.clock import FrozenClock
from liuhen.law.registry import packaged_registry
from tests.compliance.street import (
    done_but_for_closing,
    explain,
    footage,
    never_filmed,
    until_served,
)
from tests.world import MORNING

TICK = dt.timedelta(microseconds=1)
DUE = MORNING + dt.timedelta(hours=24)
WARN = MORNING + dt.timedelta(hours=16)


@pytest.mark.parametrize(
    ("outcome", "column", "at", "lamp"),
    [
        ("met", "text", DUE + TICK, "green"),
        ("not_applicable", "text", MORNING, "grey"),
        ("unknown", "text", MORNING, "unknown"),
        ("judgement", "text", MORNING, "blue"),
        ("breached", "text", MORNING, "red"),
        ("breached", "product", MORNING, "open"),
        ("pending", "text", WARN - TICK, "open"),
        ("pending", "text", WARN, "yellow"),
        ("pending", "text", DUE, "yellow"),
        ("pending", "text", DUE + TICK, "red"),
        ("pending", "product", DUE + TICK, "open"),
    ],
)
def test_the_lamp_follows_outcome_column_and_clock(
    outcome: str, column: str, at: dt.datetime, lamp: str
) -> None:
    assert lamp_of(outcome, column, DUE, WARN, at) == lamp


def test_without_a_clock_a_pending_duty_is_open_for_ever() -> None:
    assert lamp_of("pending", "text", None, None, DUE) == "open"


@pytest.mark.parametrize(
    ("clause", "article"),
    [("27.1(3)", "27"), ("8.1(2)", "8"), ("38", "38"), ("penalty_law:51", "penalty_law:51")],
)
def test_findings_belong_to_articles(clause: str, article: str) -> None:
    assert article_of(clause) == article


def test_findings_of_a_case_take_two_queries_and_are_grouped_in_the_order_of_the_law(
    world: World, stopped: FrozenClock
) -> None:
    case = until_served(world, stopped).case
    with CaptureQueriesContext(connection) as captured:
        groups = grouped_findings(case)
    assert len(captured) == 2
    articles = [group.article for group in groups.open]
    assert articles == sorted(articles, key=lambda a: (":" in a, int(a.rpartition(":")[2])))
    assert "27" in articles and "12" in {group.article for group in groups.settled}
    for group in groups.settled:
        assert {duty.lamp for duty in group.duties} <= SETTLED
    for group in (*groups.open, *groups.settled):
        assert group.title


def test_every_finding_says_in_chinese_what_is_asked_why_and_by_when(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    footage(world, simple.activity)
    for found in findings_of_case(simple.case):
        assert found.text and found.reason and found.citation.endswith(("条", "款", "项"))
        assert "{" not in found.reason
        assert all(fact.label and fact.value for fact in found.facts)
        assert not found.missing or found.lamp == "unknown"
    (money,) = [one for one in findings_of_case(simple.case) if one.rule == "fine_handed_in"]
    assert money.length_words == "2个工作日"
    assert money.started_at is not None and money.due_at is not None and money.warn_at is not None
    assert money.started_at < money.warn_at < money.due_at
    assert money.act_text == "将罚款交机关"


def test_the_lamps_of_a_case_move_with_the_clock_without_any_judging(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)

    def lamp() -> str:
        found = {one.rule: one.lamp for one in findings_of_case(simple.case)}
        return found["simple_case_recorded_throughout"]

    assert lamp() == "open"
    stopped.move(hours=17)
    assert lamp() == "yellow"
    stopped.move(hours=8)
    assert lamp() == "red"


def test_the_next_step_is_the_most_urgent_and_each_step_stands_once(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    steps = next_steps(findings_of_case(simple.case))
    assert steps[0].act == "upload_recording"
    (film,) = [step for step in steps if step.subject_id == str(simple.activity.id)]
    assert {one.rule for one in film.findings} >= {
        "simple_case_recorded_throughout",
        "penalty_activity_recorded",
    }
    assert len({(step.act, step.subject_id) for step in steps}) == len(steps)
    clocks = [step.due_at for step in steps if step.due_at and step.findings[0].column == "text"]
    assert clocks == sorted(clocks)
    footage(world, simple.activity)
    simple.hand_in()
    steps = next_steps(findings_of_case(simple.case))
    assert steps[0].act == "file_with_authority"


def test_a_closed_case_is_next_bound(world: World, stopped: FrozenClock) -> None:
    simple = done_but_for_closing(world, stopped)
    simple.close()
    steps = [s.act for s in next_steps(findings_of_case(simple.case)) if s.lamp != "unknown"]
    assert steps[:3] == ["bind_case", "hand_over_case", "keep_unit_copy"]


def test_the_desk_shows_for_each_lamp_what_the_case_page_shows(
    world: World, stopped: FrozenClock
) -> None:
    cases = [until_served(world, stopped), done_but_for_closing(world, stopped)]
    person = world["officer"]
    for hours in (0, 17, 8, 60):
        stopped.move(hours=hours)
        shown = [one for simple in cases for one in findings_of_case(simple.case)]
        counts = desk_counts(person)
        for lamp in ("red", "yellow", "open", "blue", "unknown"):
            wanted = sorted(
                (one.rule, one.subject_id)
                for one in shown
                if one.lamp == lamp and one.column == "text"
            )
            page = desk_findings(person, lamp)
            found = sorted((row.finding.rule, row.finding.subject_id) for row in page.rows)
            assert found == wanted
            assert counts[lamp] == len(wanted)
            assert {row.finding.lamp for row in page.rows} <= {lamp}


def test_the_desk_keeps_to_the_cases_a_person_may_see(world: World, stopped: FrozenClock) -> None:
    until_served(world, stopped)
    for who in ("officer", "officer2", "unit_head", "deputy", "supervisor"):
        assert desk_findings(world[who], "open").rows, who
    for who in ("handler", "legal", "archivist", "operator"):
        assert desk_findings(world[who], "open").rows == (), who


def test_the_desk_is_paged_with_the_same_queries_for_any_number_of_cases(
    world: World, stopped: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 4)
    counts = []
    for _ in range(2):
        until_served(world, stopped)
        with CaptureQueriesContext(connection) as captured:
            first = desk_findings(world["supervisor"], "open")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(first.rows) == 4 and first.has_next
    seen: list[tuple[str, str]] = []
    page, number = first, 1
    while True:
        seen += [(row.finding.rule, row.finding.subject_id) for row in page.rows]
        if not page.has_next:
            break
        number += 1
        page = desk_findings(world["supervisor"], "open", page=number)
        assert page.number == number
    assert len(seen) == len(set(seen)) == desk_counts(world["supervisor"])["open"]
    dues = [row.finding.due_at for row in first.rows if row.finding.due_at]
    assert dues == sorted(dues)


def test_what_a_leader_acknowledged_leaves_the_desk(world: World, stopped: FrozenClock) -> None:
    simple = never_filmed(world, stopped)
    before = desk_counts(world["unit_head"])["red"]
    written = explain(world, simple)
    assert desk_counts(world["unit_head"])["red"] == before
    acknowledge_explanation(actor=world["unit_head"], explanation_id=written.id)
    assert desk_counts(world["unit_head"])["red"] == before - 1
    (shown,) = [one for one in findings_of_case(simple.case) if one.is_acknowledged]
    assert (shown.rule, shown.lamp) == ("simple_case_recorded_throughout", "red")


def test_cases_are_counted_by_rule_and_outcome_and_each_once(
    world: World, stopped: FrozenClock
) -> None:
    SimpleCase(world).start()
    until_served(world, stopped)
    counts = cases_by_rule()
    assert counts["two_officers"] == {"met": 2}
    assert counts["fine_handed_in"] == {"pending": 1}
    assert counts["simple_case_recorded_throughout"] == {"pending": 2}
    assert set(counts) <= {duty.name for duty in packaged_registry().base}
