"""Next steps and lamps: what to do, in order, and how pressing it is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from liuhen.law import Lamp, judge, lamp, next_steps
from liuhen.law.findings import Column, Finding, Outcome
from liuhen.law.parameters import Override, with_overrides
from tests.law.case_tables import case_named, changed, facts_from


def found(
    case: str, at: datetime | None = None, /, **change: Any
) -> tuple[list[Finding], datetime]:
    """Findings of a changed case."""
    plain = changed(case_named(case), change)
    instant = at or plain["at"]
    return judge(facts_from(plain), instant), instant


def acts(case: str, at: datetime | None = None, /, **change: Any) -> list[str]:
    """The acts proposed, in order."""
    findings, instant = found(case, at, **change)
    return [each.act for each in next_steps(findings, instant)]


def test_a_case_done_by_the_book_proposes_nothing() -> None:
    assert acts("simple") == []


def test_what_is_late_comes_first_then_clocks_soonest_first_then_the_order_of_a_case() -> None:
    proposed = acts(
        "simple",
        datetime(2026, 3, 9, 4, 0, tzinfo=UTC),
        **{
            "collections.cash.banked_at": "not yet",
            "case.stage": "collection",
            "case.filed_with_authority_at": "not yet",
            "case.closed_at": "not yet",
            "papers.report": "absent",
            "approvals.closing": "absent",
            "services.handed.proofs.received_date_noted": False,
        },
    )
    assert proposed == [
        "complete_service_receipt",
        "bank_fine",
        "bind_case",
        "hand_over_case",
        "keep_unit_copy",
        "file_with_authority",
        "issue_closing_report",
        "approve_closing",
    ]


def test_each_step_names_article_reason_and_clock() -> None:
    findings, at = found(
        "simple", datetime(2026, 3, 9, 4, 0, tzinfo=UTC),
        **{"collections.cash.banked_at": "not yet"},
    )  # fmt: skip
    step = next(each for each in next_steps(findings, at) if each.act == "bank_fine")
    assert step.citation == "《行政处罚法》第七十一条"
    assert step.due_at == datetime(2026, 3, 9, 15, 59, 59, 999999, tzinfo=UTC)
    assert step.text == "将罚款缴银行" and "2026年3月9日 24:00" in step.reason


def test_a_question_is_asked_once_however_many_rules_wait_for_it() -> None:
    proposed = acts("simple", None, **{"recordings": "unknown"})
    assert proposed.count("supply_facts") <= 2


def test_what_a_person_decides_comes_before_what_is_only_asked() -> None:
    findings, at = found("simple")
    one = next(each for each in findings if each.column is Column.TEXT)
    asked, decided = (
        replace(one, outcome=outcome, act=act, is_curable=True, due_at=None, clause="7")
        for outcome, act in (
            (Outcome.UNKNOWN, "supply_facts"),
            (Outcome.JUDGEMENT, "decide_judgement"),
        )
    )
    waits = replace(decided, outcome=Outcome.PENDING, act="none_of_the_list")
    steps = next_steps([asked, decided, waits], at)
    assert [each.act for each in steps] == ["none_of_the_list", "decide_judgement", "supply_facts"]


def test_what_cannot_be_made_good_is_not_proposed() -> None:
    assert "assign_officers" not in acts("simple", None, **{"activities.street.officers": ["o1"]})


def test_advice_comes_last_and_is_marked() -> None:
    findings, at = found(
        "simple",
        None,
        **{"recordings.video.kind": "audio", "papers.ticket.fields.remedies": False},
    )
    steps = next_steps(findings, at)
    assert [each.is_advice for each in steps] == [False, True]


@pytest.mark.parametrize(
    ("left", "colour"),
    [
        (timedelta(days=20), Lamp.GREEN),
        (timedelta(days=11), Lamp.GREEN),
        (timedelta(days=10), Lamp.YELLOW),
        (timedelta(0), Lamp.YELLOW),
        (-timedelta(microseconds=1), Lamp.RED),
    ],
)
def test_a_lamp_turns_yellow_in_the_last_third_and_red_after_the_end(
    left: timedelta, colour: Lamp
) -> None:
    due = datetime(2026, 4, 5, 15, 59, 59, 999999, tzinfo=UTC)
    findings, _ = found(
        "simple",
        datetime(2026, 3, 7, 1, 0, tzinfo=UTC),
        **{"case.bound_at": "not yet"},
    )
    (bound,) = [each for each in findings if each.rule == "file_bound"]
    assert bound.outcome is Outcome.PENDING and bound.due_at == due
    assert lamp(bound, due - left) is colour


@pytest.mark.parametrize(
    ("change", "rule", "colour"),
    [
        ({}, "two_officers", Lamp.GREEN),
        ({"activities.street.officers": ["o1"]}, "two_officers", Lamp.RED),
        ({"activities.street.officers": "unknown"}, "two_officers", Lamp.YELLOW),
        ({"recordings.video.kind": "audio"}, "product_synchronous", Lamp.YELLOW),
    ],
)
def test_breaches_are_red_questions_and_advice_yellow_the_rest_green(
    change: dict[str, Any], rule: str, colour: Lamp
) -> None:
    findings, at = found("simple", None, **change)
    assert {lamp(each, at) for each in findings if each.rule == rule} == {colour}


def test_without_a_fraction_set_a_lamp_turns_yellow_in_the_last_third() -> None:
    unset = with_overrides([Override("product.lamp_yellow_fraction", None, date(2026, 1, 1))])
    findings, at = found(
        "simple", datetime(2026, 3, 7, 1, 0, tzinfo=UTC), **{"case.bound_at": "not yet"}
    )
    (bound,) = [each for each in findings if each.rule == "file_bound"]
    assert bound.due_at is not None
    assert lamp(bound, at, unset) is Lamp.GREEN
    assert lamp(bound, bound.due_at - timedelta(days=10), unset) is Lamp.YELLOW
    assert lamp(bound, bound.due_at - timedelta(days=19), unset) is Lamp.GREEN


@pytest.mark.parametrize(
    ("seconds", "colour"), [(-1, Lamp.GREEN), (0, Lamp.YELLOW), (1, Lamp.YELLOW)]
)
def test_a_lamp_turns_yellow_to_the_second_where_the_last_third_begins(
    seconds: int, colour: Lamp
) -> None:
    findings, at = found(
        "simple", datetime(2026, 3, 7, 1, 0, tzinfo=UTC), **{"case.bound_at": "not yet"}
    )
    (bound,) = [each for each in findings if each.rule == "file_bound"]
    of_three_hours = replace(bound, clock_started_at=at, due_at=at + timedelta(hours=3))
    assert lamp(of_three_hours, at + timedelta(hours=2, seconds=seconds)) is colour


@pytest.mark.parametrize(("left", "colour"), [(25, Lamp.GREEN), (19, Lamp.YELLOW)])
def test_a_lamp_turns_yellow_in_the_last_two_thirds_where_the_authority_says_so(
    left: int, colour: Lamp
) -> None:
    two = with_overrides([Override("product.lamp_yellow_fraction", 2, date(2026, 1, 1))])
    at = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
    findings, _ = found("simple", at, **{"case.bound_at": "not yet"})
    (bound,) = [each for each in findings if each.rule == "file_bound"]
    assert bound.due_at is not None
    assert lamp(bound, bound.due_at - timedelta(days=left), two) is colour


def test_the_most_pressing_is_proposed_first() -> None:
    findings, at = found("simple")
    one = replace(
        next(each for each in findings if each.column is Column.TEXT),
        is_curable=True, due_at=None, clause="7", act="bind_case",
    )  # fmt: skip
    ordered = [
        replace(one, outcome=Outcome.BREACHED),
        replace(one, outcome=Outcome.PENDING, due_at=at + timedelta(days=1)),
        replace(one, outcome=Outcome.PENDING),
        replace(one, outcome=Outcome.JUDGEMENT),
        replace(one, outcome=Outcome.UNKNOWN, missing=("case:case.cause",)),
        replace(one, outcome=Outcome.BREACHED, column=Column.PRODUCT),
    ]
    apart = [
        replace(each, subject=replace(each.subject, key=str(number)))
        for number, each in enumerate(ordered)
    ]
    steps = next_steps(reversed(apart), at)
    assert [each.subject.key for each in steps] == ["0", "1", "2", "3", "4", "5"]
