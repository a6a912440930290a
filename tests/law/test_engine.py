"""The engine: pure, deterministic, honest about what it doesn't know, never stopped by a rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liuhen.kernel.clock import local_date
from liuhen.law import judge
from liuhen.law.calendar import packaged_calendar
from liuhen.law.duties import Duty
from liuhen.law.engine import outcomes
from liuhen.law.errors import ClauseError, ParameterError
from liuhen.law.explanations import explain
from liuhen.law.facts import Case, CaseFacts, Certificate, PersonalDecision
from liuhen.law.findings import Column, Finding, Outcome
from liuhen.law.parameters import Override, packaged_parameters
from liuhen.law.registry import duties_by_module, packaged_registry, registry_of
from liuhen.law.subjects import CASE
from liuhen.law.verdicts import Verdict, met, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import NOT_YET, Office
from tests.law.alterations import forgettings, reordered, shifted
from tests.law.case_tables import TableTest, case_named, changed, facts_from, table_tests
from tests.law.quick import found_at

TESTS = table_tests()
CASES = ("simple", "ordinary", "licensing", "measure", "enforcement", "levy", "inspection")
_UNMET = {Outcome.BREACHED, Outcome.PENDING, Outcome.UNKNOWN, Outcome.JUDGEMENT}


def clean(name: str, **change: object) -> tuple[CaseFacts, datetime]:
    """A case in which every duty is met, with changes by path, and the instant to judge it."""
    plain = changed(case_named(name), change)
    return facts_from(plain), plain["at"]


def canonical(findings: list[Finding]) -> bytes:
    """All findings as canonical bytes."""
    return b"\n".join(finding.canonical() for finding in findings)


@pytest.mark.parametrize("name", CASES)
def test_a_case_done_by_the_book_shows_nothing_unmet(name: str) -> None:
    facts, at = clean(name)
    unmet_here = [explain(each) for each in judge(facts, at) if each.outcome in _UNMET]
    assert unmet_here == []


@pytest.mark.parametrize("name", CASES)
def test_judging_twice_gives_the_same_bytes_in_any_order_of_facts(name: str) -> None:
    facts, at = clean(name)
    expected = canonical(judge(facts, at))
    assert canonical(judge(facts, at)) == expected
    for seed in range(5):
        assert canonical(judge(reordered(facts, seed), at)) == expected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(TESTS) - 1), st.integers(0, 10_000))
def test_the_order_of_facts_never_matters_in_any_row_of_the_tables(index: int, seed: int) -> None:
    test = TESTS[index]
    mixed = judge(reordered(test.facts, seed), test.at)
    assert canonical(mixed) == canonical(judge(test.facts, test.at))


@pytest.mark.parametrize("name", CASES)
def test_adding_a_fact_never_turns_met_into_unknown(name: str) -> None:
    facts, at = clean(name)
    whole = {(each.rule, each.subject): each.outcome for each in judge(facts, at)}
    for path, less in forgettings(facts):
        for finding in judge(less, at):
            if finding.outcome is Outcome.MET:
                known = whole.get((finding.rule, finding.subject))
                assert known is not Outcome.UNKNOWN, (path, finding.rule)


@pytest.mark.parametrize("name", CASES)
def test_a_fact_that_is_not_known_is_never_taken_for_a_breach(name: str) -> None:
    facts, at = clean(name)
    for path, less in forgettings(facts):
        for finding in judge(less, at):
            broken = finding.outcome is Outcome.BREACHED or "engine" in finding.explanation.code
            assert not broken, (path, finding.rule, explain(finding))


_RANK = {Outcome.MET: 0, Outcome.PENDING: 1, Outcome.BREACHED: 2}


@pytest.mark.parametrize(
    ("rule", "case", "field", "due"),
    [
        ("file_bound", "simple", "case.bound_at", "2026-04-05T15:59:59.999999+00:00"),
        ("original_handed_over", "simple", "case.original_handed_over_at",
         "2026-04-05T15:59:59.999999+00:00"),
        ("recording_stored_in_time", "simple", "recordings.video.stored_at",
         "2026-03-05T03:00:00+00:00"),
        ("fine_handed_in", "simple", "collections.cash.handed_in_at",
         "2026-03-06T15:59:59.999999+00:00"),
        ("fine_banked", "simple", "collections.cash.banked_at",
         "2026-03-09T15:59:59.999999+00:00"),
        ("decided_in_time", "ordinary", "decisions.d1.decided_at",
         "2026-05-31T15:59:59.999999+00:00"),
        ("decision_served_in_time", "ordinary", "services.served.made_at",
         "2026-05-11T15:59:59.999999+00:00"),
    ],
)  # fmt: skip
@settings(max_examples=15, deadline=None)
@given(
    late=st.integers(-2 * 86400, 20 * 86400),
    more=st.integers(1, 5 * 86400),
    seen=st.integers(0, 40 * 86400),
)
def test_missing_a_deadline_by_more_never_improves_the_outcome(
    rule: str, case: str, field: str, due: str, late: int, more: int, seen: int
) -> None:
    last = datetime.fromisoformat(due)
    ranks = []
    for seconds in (late, late + more):
        change: dict[str, object] = {field: last + timedelta(seconds=seconds)}
        if rule == "fine_handed_in":
            change["collections.cash.banked_at"] = "not yet"
        facts, _ = clean(case, **change)
        found = judge(facts, last + timedelta(seconds=seen))
        ranks.append([_RANK[outcome] for _, outcome in outcomes(found, rule)])
    assert ranks[0] <= ranks[1]


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=20, deadline=None)
@given(hours=st.integers(0, 24 * 160))
@example(hours=510)
def test_time_alone_changes_a_pending_finding_at_its_instant_and_not_before(
    name: str, hours: int
) -> None:
    facts, _ = clean(name)
    at = datetime(2026, 3, 4, 1, 0, tzinfo=UTC) + timedelta(hours=hours)
    for finding in judge(facts, at):
        if finding.changes_at is None or finding.outcome is not Outcome.PENDING:
            continue
        assert finding.changes_at > at
        if finding.due_at is not None:
            assert finding.changes_at - finding.due_at == timedelta(microseconds=1)
            continue
        # nobody has to act by then: waiting alone brings it, as a party's silence
        found = [one for one in judge(facts, finding.changes_at) if one.rule == finding.rule]
        (same,) = (one for one in found if one.subject == finding.subject)
        assert same.outcome is not Outcome.PENDING


@pytest.mark.parametrize("rule", [duty.name for duty in packaged_registry().base])
def test_before_its_text_was_in_force_a_rule_applies_to_nothing(rule: str) -> None:
    duty = packaged_registry().named(rule)
    test = next(each for each in TESTS if each.rule == rule)
    by = timedelta(days=-366 * (test.at.year - duty.in_force_since.year + 1))
    found = judge(shifted(test.facts, by), test.at + by)
    assert {each.outcome for each in found if each.rule == rule} == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(("day", "applies"), [(28, False), (29, True)])
def test_the_measures_bite_from_the_day_of_their_issue(day: int, applies: bool) -> None:
    by = datetime(2024, 11, day, 9, 0, tzinfo=UTC) - datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    facts, at = clean("simple")
    found = judge(shifted(facts, by), at + by)
    (finding,) = [each for each in found if each.rule == "two_officers"]
    assert (finding.outcome is Outcome.MET) is applies


def test_an_empty_case_is_unknown_all_over_and_names_what_is_missing() -> None:
    nothing = CaseFacts(Case("c"), prolongations=None, suspensions=None, remedies=None)
    found = judge(nothing, datetime(2026, 3, 4, tzinfo=UTC))
    assert {each.outcome for each in found} == {Outcome.UNKNOWN}
    assert all(each.missing for each in found)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        judge(CaseFacts(case=Case("c")), datetime(2026, 3, 4))  # noqa: DTZ001


def _duty(name: str, satisfied: object, **more: object) -> Duty[Case]:
    return Duty(name=name, clause="38.1", over=CASE, satisfied=satisfied, **more)  # type: ignore[arg-type]


def _broken(view: View, case: Case) -> Verdict:
    raise KeyError("no such thing")


def _fine(view: View, case: Case) -> Verdict:
    return met()


def _not_done(view: View, case: Case) -> Verdict:
    return unmet()


def error_of(finding: Finding) -> str:
    """What went wrong, for who maintains the system; people are told that it did."""
    return dict(finding.explanation.data)["error"]


def test_a_rule_that_raises_gives_unknown_naming_the_clause_and_stops_nothing() -> None:
    facts, at = clean("simple")
    registry = registry_of([_duty("broken", _broken), _duty("fine", _fine)])
    broken, fine = judge(facts, at, registry=registry)
    assert (broken.outcome, broken.clause, broken.missing) == (
        Outcome.UNKNOWN,
        "38.1",
        ("engine",),
    )
    assert "第三十八条" in explain(broken) and "KeyError" in error_of(broken)
    assert fine.outcome is Outcome.MET


def test_two_live_exceptions_that_disagree_are_an_engine_error_naming_them() -> None:
    facts, at = clean("simple")
    registry = registry_of(
        [
            _duty("base", _not_done),
            _duty("one", _fine, exception_to="base"),
            _duty("two", _not_done, exception_to="base"),
        ]
    )
    (finding,) = judge(facts, at, registry=registry)
    assert finding.outcome is Outcome.UNKNOWN
    assert "one, two disagree" in error_of(finding)


def test_two_live_exceptions_that_agree_decide_and_the_finding_names_one() -> None:
    facts, at = clean("simple")
    registry = registry_of(
        [
            _duty("base", _not_done),
            _duty("one", _fine, exception_to="base"),
            _duty("two", _fine, exception_to="base"),
        ]
    )
    (finding,) = judge(facts, at, registry=registry)
    assert (finding.outcome, finding.rule, finding.exception) == (Outcome.MET, "base", "one")


def test_what_is_met_needs_no_exception() -> None:
    facts, at = clean("simple")
    base, one = _duty("base", _fine), _duty("one", _not_done, exception_to="base")
    (finding,) = judge(facts, at, registry=registry_of([base, one]))
    assert (finding.outcome, finding.exception) == (Outcome.MET, None)


def test_an_exception_out_of_force_leaves_the_next_one_to_decide() -> None:
    facts, at = clean("simple")
    ended = _duty("one", _not_done, exception_to="base", until=date(2025, 1, 1))
    live = _duty("two", _fine, exception_to="base")
    (finding,) = judge(facts, at, registry=registry_of([_duty("base", _not_done), ended, live]))
    assert (finding.outcome, finding.exception) == (Outcome.MET, "two")


def test_a_choice_of_subjects_that_raises_gives_unknown_and_stops_nothing() -> None:
    def pick(view: View) -> list[Case]:
        raise KeyError("no such thing")

    facts, at = clean("simple")
    broken = replace(_duty("broken", _fine), over=replace(CASE, pick=pick))
    found, fine = judge(facts, at, registry=registry_of([broken, _duty("fine", _fine)]))
    assert (found.outcome, found.missing) == (Outcome.UNKNOWN, ("engine",))
    assert fine.outcome is Outcome.MET


@pytest.mark.parametrize(
    "duties",
    [
        [_duty("a", _fine), _duty("a", _fine)],
        [replace(_duty("a", _fine), clause="99.1")],
        [_duty("a", _fine, exception_to="nothing")],
        [_duty("a", _fine), _duty("b", _fine, exception_to="a"),
         _duty("c", _fine, exception_to="b")],
    ],
)  # fmt: skip
def test_duties_that_do_not_fit_together_are_refused_at_load(duties: list[Duty[Case]]) -> None:
    with pytest.raises(ClauseError):
        registry_of(duties)


def test_a_repealed_rule_ends_with_its_day() -> None:
    facts, at = clean("simple")
    ended = _duty("old", _fine, until=date(2026, 3, 4))
    live = _duty("new", _fine, until=date(2026, 3, 5))
    new, old = judge(facts, at, registry=registry_of([ended, live]))
    assert (old.outcome, new.outcome) == (Outcome.NOT_APPLICABLE, Outcome.MET)


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"activities.street.ended_at": datetime(2026, 3, 4, 0, 0, tzinfo=UTC)}, "street"),
        ({"recordings.video.ended_at": datetime(2026, 3, 4, 0, 0, tzinfo=UTC)}, "video"),
        ({"collections.cash.handed_in_at": datetime(2026, 3, 1, tzinfo=UTC)}, "cash"),
    ],
)
def test_facts_that_run_backwards_are_unknown_and_never_judged(
    change: dict[str, object], subject: str
) -> None:
    facts, at = clean("simple", **change)
    about = [each for each in judge(facts, at) if each.subject.key == subject]
    assert about and {each.outcome for each in about} == {Outcome.UNKNOWN}
    assert "矛盾" in explain(about[0])


def test_a_certificate_that_expired_mid_case_counts_until_its_last_day_only() -> None:
    facts, at = clean("ordinary")
    scenes = [each for each in facts.activities or () if each.officers]
    last = max(scenes, key=lambda each: str(each.started_at))
    assert isinstance(last.started_at, datetime)
    until = local_date(last.started_at)
    officers = tuple(
        replace(each, certificates=(Certificate("1", date(2024, 1, 1), until),))
        for each in facts.officers or ()
    )
    found = dict(
        outcomes(judge(replace(facts, officers=officers), at), "officers_hold_certificates")
    )
    assert len(found) > 1
    assert found.pop(last.key) is Outcome.BREACHED
    assert set(found.values()) == {Outcome.MET}


@pytest.mark.parametrize("parties", [None, ()])
@pytest.mark.parametrize("name", CASES)
def test_a_case_without_its_parties_is_judged_all_the_same(name: str, parties: object) -> None:
    facts, at = clean(name)
    whole = {(each.rule, each.subject) for each in judge(facts, at)}
    found = judge(replace(facts, parties=parties), at)  # type: ignore[arg-type]
    assert not [each for each in found if each.explanation.code == "engine_error"]
    assert {(each.rule, each.subject) for each in found} == whole


def test_the_same_key_twice_is_a_contradiction() -> None:
    facts, at = clean("simple")
    assert facts.recordings is not None
    doubled = replace(facts, recordings=facts.recordings * 2)
    about = [each for each in judge(doubled, at) if each.subject.key == "video"]
    assert {each.outcome for each in about} == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("fulfilled", "applicable", "outcome"),
    [
        (True, True, Outcome.MET),
        (False, True, Outcome.BREACHED),
        (None, True, Outcome.JUDGEMENT),
        (None, False, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_persons_decision_answers_a_judgement(
    fulfilled: bool | None, applicable: bool, outcome: Outcome
) -> None:
    row = next(each for each in TESTS if each.expect == "judgement")
    decision = PersonalDecision(
        key="d",
        rule=row.rule,
        subject="inspection",
        is_fulfilled=fulfilled,
        is_applicable=applicable,
        reason="seen",
        office=Office.COMMISSION_LEADER,
        decided_at=row.at - timedelta(hours=1),
    )
    facts = replace(row.facts, personal_decisions=(decision,))
    (found,) = [
        each
        for each in judge(facts, row.at)
        if each.rule == row.rule and each.subject.key == "inspection"
    ]
    assert found.outcome is outcome
    assert found.decider is (Office.COMMISSION_LEADER if outcome is Outcome.JUDGEMENT else None)
    if outcome is Outcome.BREACHED:
        assert found.is_curable is True, "what a person finds wanting can be made good"


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "another"},
        {"rule": "two_officers"},
        {"decided_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"decided_at": NOT_YET},
    ],
)
def test_a_decision_on_something_else_or_not_yet_made_answers_nothing(
    other: dict[str, Any],
) -> None:
    row = next(each for each in TESTS if each.expect == "judgement")
    made = PersonalDecision(
        "d", row.rule, "inspection", is_fulfilled=True, decided_at=row.at - timedelta(hours=1)
    )
    for decision, outcome in ((made, Outcome.MET), (replace(made, **other), Outcome.JUDGEMENT)):
        found = judge(replace(row.facts, personal_decisions=(decision,)), row.at)
        assert dict(outcomes(found, row.rule))["inspection"] is outcome


def test_as_of_a_past_instant_later_events_have_not_happened() -> None:
    facts, _ = clean("simple")
    found = judge(facts, datetime(2026, 3, 4, 1, 5, tzinfo=UTC))
    states = dict(outcomes(found, "simple_case_filed"))
    assert states == {"case": Outcome.PENDING}
    assert {each.outcome for each in found if each.rule == "fine_handed_in"} == {
        Outcome.NOT_APPLICABLE
    }


def test_an_override_changes_the_outcome_and_is_shown_in_the_finding() -> None:
    facts, at = clean("simple")
    lower = [Override("penalty_law.simple_fine_person", 49, date(2026, 1, 1), reason="x")]
    found = judge(facts, at, overrides=lower)
    (finding,) = [each for each in found if each.rule == "spot_fine_within_limit"]
    assert finding.outcome is Outcome.BREACHED
    used = {each.name: each for each in finding.parameters_used}
    assert used["penalty_law.simple_fine_person"].is_overridden
    as_the_law_is = [used for each in judge(facts, at) for used in each.parameters_used]
    assert as_the_law_is and not any(each.is_overridden for each in as_the_law_is)
    with pytest.raises(ParameterError):
        judge(facts, at, overrides=lower * 2)


def test_a_filing_period_set_by_the_authority_gives_advice_and_never_a_breach() -> None:
    facts, at = clean("simple", **{"case.filed_with_authority_at": "not yet"})
    period = [Override("measures.simple_case_filing", 5, date(2026, 1, 1), reason="x")]
    found = {each.rule: each for each in judge(facts, at, overrides=period)}
    finding = found["simple_case_filed_in_period"]
    assert (finding.outcome, finding.column) == (Outcome.BREACHED, Column.PRODUCT)
    early = judge(facts, datetime(2026, 3, 11, 15, 59, 59, tzinfo=UTC), overrides=period)
    assert dict(outcomes(early, "simple_case_filed_in_period")) == {"case": Outcome.PENDING}


def test_the_thirty_days_run_from_closing_when_the_authority_says_so() -> None:
    facts, at = clean("simple", **{"case.bound_at": NOT_YET})
    start = [Override("measures.bind_start", "case_closed", date(2026, 1, 1), reason="x")]
    (finding,) = [each for each in judge(facts, at, overrides=start) if each.rule == "file_bound"]
    assert finding.due_at == datetime(2026, 4, 9, 15, 59, 59, 999999, tzinfo=UTC)


def test_an_open_suspension_stops_the_clock() -> None:
    change = {
        "decisions.d1": "absent",
        "suspensions.s": {"clock": "penalty_law.decision", "started_on": date(2026, 4, 1)},
    }
    facts, at = clean("ordinary", **change)
    (finding,) = [each for each in judge(facts, at) if each.rule == "decided_in_time"]
    assert (finding.outcome, finding.due_at) == (Outcome.PENDING, None)
    assert finding.is_curable is True


@pytest.mark.parametrize(
    ("approved", "outcome"),
    [("unknown", Outcome.UNKNOWN), ("not yet", Outcome.BREACHED)],
)
def test_a_clock_perhaps_made_longer_is_not_known_to_be_over(
    approved: str, outcome: Outcome
) -> None:
    longer = {"clock": "penalty_law.decision", "days": 60, "approved_at": approved}
    facts, _ = clean("ordinary", **{"decisions.d1": "absent", "prolongations.p": longer})
    late = datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert dict(outcomes(judge(facts, late), "decided_in_time")) == {"case": outcome}


def test_an_instant_that_has_come_is_no_instant_to_wait_for() -> None:
    facts, at = clean("simple")
    view = View(facts, at, packaged_parameters(), packaged_calendar())
    view.wake(at)
    assert view.wakes_at is None
    later = at + timedelta(microseconds=1)
    view.wake(later + timedelta(days=1))
    view.wake(later)
    assert view.wakes_at == later


@pytest.mark.parametrize("test", TESTS[::7], ids=lambda test: f"{test.rule}-{test.says}")
def test_every_finding_has_canonical_bytes_and_a_text(test: TableTest) -> None:
    for finding in judge(test.facts, test.at):
        assert finding.canonical().startswith(b"{")
        text = explain(finding)
        assert text.endswith(("。", "）", ")")) and "{" not in text


@pytest.mark.parametrize(("until", "bites"), [(1, True), (0, False), (-1, False)])
def test_a_text_governs_up_to_the_day_before_it_ends(until: int, bites: bool) -> None:
    facts, at = clean("simple")
    assert isinstance(facts.case.started_at, datetime)
    end = local_date(facts.case.started_at) + timedelta(days=until)
    (found,) = judge(facts, at, registry=registry_of([_duty("ended", _fine, until=end)]))
    assert (found.outcome is Outcome.MET) is bites


def test_what_does_not_bite_or_has_no_clock_is_neither_curable_nor_provisional() -> None:
    facts, at = clean("simple")
    found = judge(facts, at)
    nothing = [each for each in found if each.outcome is Outcome.NOT_APPLICABLE]
    assert nothing and not any(each.is_curable for each in nothing)
    assert not any(each.is_provisional for each in found if each.due_at is None)
    assert not any(each.missing for each in found if each.outcome is Outcome.MET)


def test_a_finding_is_made_of_plain_values() -> None:
    facts, at = clean("simple")
    (found,) = [each for each in judge(facts, at) if each.rule == "two_officers"]
    plain = found.as_plain()
    assert type(plain["outcome"]) is str and plain["due_at"] is None
    assert plain["subject"] == {"kind": "activity", "key": "street"}
    assert {"path": "activity:street.officers", "value": ["o1", "o2"]} in plain["facts_used"]


def test_a_finding_names_the_text_it_was_judged_by() -> None:
    facts, at = clean("simple")
    versions = {each.rule: each.text_version for each in judge(facts, at)}
    assert versions["two_officers"] == "measures/2024-11-29"
    assert versions["fine_banked"] == "penalty_law/2021-07-15"


def test_every_duty_is_found_in_the_module_of_its_article_or_statute() -> None:
    homes = {duty.name: module for module, duty in duties_by_module()}
    assert (homes["two_officers"], homes["fine_banked"]) == (
        "measures.a12",
        "statutes.penalty_law",
    )


@pytest.mark.parametrize("name", CASES)
def test_what_is_met_or_breached_waits_for_no_instant(name: str) -> None:
    facts, at = clean(name)
    settled = [each for each in judge(facts, at) if each.outcome in (Outcome.MET, Outcome.BREACHED)]
    assert any(each.due_at for each in settled)
    assert not any(each.changes_at for each in settled)


def test_an_unknown_names_the_fact_that_was_read_and_is_not_known() -> None:
    facts, at = clean("simple", **{"activities.street.certificates_shown": "unknown"})
    (shown,) = [each for each in judge(facts, at) if each.rule == "certificates_shown"]
    assert shown.missing == ("activity:street.certificates_shown",)
    facts, at = clean("enforcement", **{"papers.ruling.subject_key": "unknown"})
    (kept,) = [each for each in judge(facts, at) if each.rule == "court_result_recorded"]
    assert kept.missing == ("paper:ruling.subject_key",)


@pytest.mark.parametrize(
    ("seconds", "outcome", "missing"),
    [(0, Outcome.PENDING, ()), (1, Outcome.UNKNOWN, ("suspensions",))],
)
def test_what_is_late_unless_its_clock_stood_still_is_unknown_and_what_is_in_time_is_not(
    seconds: int, outcome: Outcome, missing: tuple[str, ...]
) -> None:
    change = {"decisions.d1": "absent", "suspensions": "unknown"}
    last = datetime(2026, 5, 31, 15, 59, 59, 999999, tzinfo=UTC)
    facts, _ = clean("ordinary", **change)
    found = judge(facts, last + timedelta(seconds=seconds))
    (decided,) = [each for each in found if each.rule == "decided_in_time"]
    assert (decided.outcome, decided.missing) == (outcome, missing)


def test_a_field_of_a_paper_that_was_read_is_named() -> None:
    facts, at = clean("simple")
    (complete,) = [each for each in judge(facts, at) if each.rule == "spot_paper_complete"]
    assert "paper:ticket.fields.remedies" in {each.path for each in complete.facts_used}


@pytest.mark.parametrize(("day", "applies"), [(28, False), (29, True)])
def test_the_text_in_force_when_the_act_ended_governs_what_comes_after_it(
    day: int, applies: bool
) -> None:
    facts, at = clean("simple")
    assert isinstance(facts.case.act_ended_at, datetime)
    begun = datetime(2024, 11, 20, 1, 0, tzinfo=UTC)
    ended = datetime(2024, 11, day, 1, 0, tzinfo=UTC)
    case = replace(facts.case, started_at=begun, act_ended_at=ended)
    found = judge(replace(facts, case=case), at)
    (bound,) = [each for each in found if each.rule == "file_bound"]
    assert (bound.outcome is not Outcome.NOT_APPLICABLE) is applies


# Their clocks end as any other, or on a day that a paper names.
_NAMED_DAYS = ("decided_in_time", "licence_prolongation_decided_in_time")


@pytest.mark.parametrize("rule", _NAMED_DAYS)
def test_only_a_clock_that_leaves_the_year_tables_is_provisional(rule: str) -> None:
    is_official = packaged_calendar().is_official
    rows = [test for test in TESTS if test.rule == rule]
    clocks = [each for test in rows for each in found_at(test, test.at) if each.clock_started_at]
    assert clocks
    for each in clocks:
        assert each.clock_started_at and each.due_at
        known = is_official(local_date(each.clock_started_at)), is_official(local_date(each.due_at))
        assert not (each.is_provisional and all(known)), each.rule
