"""Gates: what can be made good blocks and is named; what can't asks for an acknowledgement."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liuhen.law import gate
from liuhen.law.errors import LawError
from liuhen.law.gates import ACKNOWLEDGE, gates, gates_from_toml
from liuhen.law.vocabulary import Office
from tests.law.case_tables import case_named, changed, facts_from

SETTLED = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
BEFORE_CLOSING: dict[str, Any] = {
    "case.closed_at": "not yet",
    "case.bound_at": "not yet",
    "case.original_handed_over_at": "not yet",
    "case.unit_copy_kept_at": "not yet",
    "approvals.closing": "absent",
}


def standing(name: str, case: str, /, **change: Any) -> list[tuple[str, str | None, bool]]:
    """Rule, act and curability of every obstacle."""
    plain = changed(case_named(case), change)
    found = gate(name, facts_from(plain), plain["at"])
    assert all(each.citation and each.text and each.remedy for each in found)
    return [(each.rule, each.act, each.is_curable) for each in found]


def test_a_case_done_by_the_book_passes_every_gate() -> None:
    for name in gates():
        assert standing(name, "simple") == []
        assert standing(name, "ordinary") == []


@pytest.mark.parametrize(
    ("case", "named"),
    [
        ("measure", ("take_measure", "issue_sealing_decision")),
        ("enforcement", ("issue_enforcement_decision", "enforce", "apply_to_court")),
        ("licensing", ("hold_licensing_hearing", "issue_licence_decision")),
        ("licensing", ("approve_general_decision",)),
        ("levy", ("approve_general_decision", "issue_levy_decision")),
        ("inspection", ("begin_inspection",)),
    ],
)
def test_a_case_of_another_kind_done_by_the_book_passes_its_gates(
    case: str, named: tuple[str, ...]
) -> None:
    assert {name: standing(name, case) for name in named} == {name: [] for name in named}


@pytest.mark.parametrize(
    ("name", "case", "change", "rule"),
    [
        ("take_measure", "measure", {"case.has_coercive_power": False}, "coercion_within_powers"),
        ("take_measure", "measure", {"measures.goods.approved_at": "not yet"}, "measure_approved"),
        ("take_measure", "measure", {"activities.seizing.officers": ["o1"]}, "two_officers"),
        (
            "issue_enforcement_decision",
            "enforcement",
            {"papers.reminder": "absent"},
            "enforcement_after_reminder",
        ),
        (
            "issue_enforcement_decision",
            "enforcement",
            {"defence_reviews.answer": "absent"},
            "reminder_answer_reviewed",
        ),
        (
            "enforce",
            "enforcement",
            {"activities.removal.started_at": datetime(2026, 5, 12, 15, 0, tzinfo=UTC)},
            "enforcement_by_day",
        ),
        (
            "enforce",
            "enforcement",
            {"services.reminded.made_at": datetime(2026, 5, 9, 1, 0, tzinfo=UTC)},
            "substitute_performance_reminded",
        ),
        (
            "apply_to_court",
            "enforcement",
            {"papers.application.made_at": datetime(2026, 1, 30, 1, 0, tzinfo=UTC)},
            "court_applied_after_remedies",
        ),
        (
            "apply_to_court",
            "enforcement",
            {"services.reminded.made_at": datetime(2026, 4, 1, 1, 0, tzinfo=UTC)},
            "court_applied_after_reminder",
        ),
        (
            "issue_licence_decision",
            "licensing",
            {"approvals.decision": "absent"},
            "decision_approved_by_head",
        ),
        (
            "issue_levy_decision",
            "levy",
            {"approvals.decision": "absent"},
            "decision_approved_by_head",
        ),
        ("begin_inspection", "inspection", {"approvals.start": "absent"}, "start_approved"),
        *(
            (name, case, {"case.is_complex": True}, "case_discussed_collectively")
            for name, case in (
                ("approve_general_decision", "licensing"),
                ("issue_licence_decision", "licensing"),
                ("approve_general_decision", "levy"),
                ("issue_levy_decision", "levy"),
                ("issue_enforcement_decision", "enforcement"),
            )
        ),
        (
            "hold_licensing_hearing",
            "licensing",
            {"hearings.open.is_chair_investigator": True},
            "licensing_hearing_chaired_apart",
        ),
    ],
)
def test_a_step_of_another_kind_the_law_forbids_is_stopped_by_its_rule(
    name: str, case: str, change: dict[str, Any], rule: str
) -> None:
    assert rule in {each for each, _, _ in standing(name, case, **change)}


def test_an_urgent_measure_goes_first_and_stops_once_its_hours_are_over() -> None:
    urgent: dict[str, Any] = {
        "measures.goods.is_urgent": True,
        "measures.goods.approved_at": "not yet",
    }
    begun = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    in_time, late = begun + timedelta(hours=24), begun + timedelta(hours=24, seconds=1)
    assert standing("take_measure", "measure", **urgent, at=in_time) == []
    stopped = {rule for rule, _, _ in standing("take_measure", "measure", **urgent, at=late)}
    assert stopped == {"measure_approved"}


def test_a_case_ready_for_closing_closes_before_it_is_bound() -> None:
    assert standing("close", "simple", **BEFORE_CLOSING) == []


def test_what_can_be_made_good_blocks_closing_and_is_named_with_its_act() -> None:
    change: dict[str, Any] = BEFORE_CLOSING | {"papers.ticket.fields.remedies": False}
    found = standing("close", "simple", **change)
    assert ("spot_paper_complete", "complete_paper", True) in found


def test_a_clock_still_running_blocks_closing() -> None:
    change: dict[str, Any] = BEFORE_CLOSING | {
        "collections.cash.banked_at": "not yet",
        "at": datetime(2026, 3, 9, 1, 0, tzinfo=UTC),
    }
    assert ("fine_banked", "bank_fine", True) in standing("close", "simple", **change)


def test_an_unknown_fact_blocks_closing_and_asks_for_it() -> None:
    change: dict[str, Any] = BEFORE_CLOSING | {"activities.street.certificates_shown": "unknown"}
    assert ("certificates_shown", "supply_facts", True) in standing("close", "simple", **change)


def test_footage_never_made_asks_for_acknowledgement_and_then_closes() -> None:
    lost: dict[str, Any] = BEFORE_CLOSING | {
        "recordings.video": "absent",
        "activities.street.footage_settled_at": SETTLED,
    }
    rules = {"penalty_activity_recorded", "simple_case_recorded_throughout"}
    found = standing("close", "simple", **lost)
    assert {(rule, ACKNOWLEDGE, False) for rule in rules} <= set(found)
    acknowledged = {
        f"acknowledgements.{rule}": {
            "rule": rule,
            "subject": subject,
            "is_explained": True,
            "acknowledged_at": SETTLED + timedelta(days=1),
            "office": Office.COMMISSION_LEADER,
        }
        for rule, subject in [
            ("penalty_activity_recorded", "street"),
            ("simple_case_recorded_throughout", "street"),
            ("service_recorded", "handed"),
        ]
    }
    assert standing("close", "simple", **lost, **acknowledged) == []


@pytest.mark.parametrize("lacking", [{"is_explained": False}, {"acknowledged_at": "not yet"}])
def test_an_acknowledgement_without_explanation_or_not_yet_given_does_not_open_the_gate(
    lacking: dict[str, object],
) -> None:
    acknowledgement: dict[str, object] = {
        "rule": "two_officers",
        "subject": "street",
        "is_explained": True,
        "acknowledged_at": SETTLED,
    }
    change: dict[str, Any] = BEFORE_CLOSING | {"activities.street.officers": ["o1"]}
    change |= {"acknowledgements.a": acknowledgement | lacking}
    assert ("two_officers", ACKNOWLEDGE, False) in standing("close", "simple", **change)


def test_the_products_advice_never_stands_in_the_way() -> None:
    assert standing("close", "simple", **BEFORE_CLOSING, **{"recordings.video.kind": "audio"}) == []


@pytest.mark.parametrize(
    ("amount", "stands"), [(20000, []), (20001, [("spot_fine_within_limit", None, False)])]
)
def test_a_fine_over_the_limit_is_refused_on_the_proposed_facts(
    amount: int, stands: list[tuple[str, str | None, bool]]
) -> None:
    sanctions = [{"kind": "fine", "amount_fen": amount}]
    assert (
        standing("issue_on_spot_decision", "simple", **{"decisions.d1.sanctions": sanctions})
        == stands
    )


@pytest.mark.parametrize(("amount", "count"), [(10000, 0), (10001, 1)])
def test_collection_on_the_spot_over_the_limit_is_refused(amount: int, count: int) -> None:
    found = standing("collect_on_the_spot", "simple", **{"collections.cash.amount_fen": amount})
    assert len(found) == count


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"notices.prior": "absent"}, "party_told_before_decision"),
        ({"approvals.decision": "absent"}, "decision_approved_by_head"),
        ({"legality_reviews.legal": "absent"}, "legality_review_passed"),
        ({"legality_reviews.legal.is_qualified": False}, "legality_review_passed"),
        ({"discussions.talk": "absent"}, "case_discussed_collectively"),
        ({"papers.form": "absent"}, "decision_form_made"),
        ({"hearing_requests.waived.is_waived": False}, "hearing_held_on_request"),
    ],
)
def test_a_decision_without_what_the_law_requires_first_is_stopped_by_article(
    change: dict[str, object], rule: str
) -> None:
    undecided = {"decisions.d1": "absent"} | change
    assert rule in {each for each, _, _ in standing("issue_decision", "ordinary", **undecided)}


def test_a_decision_before_the_period_for_statements_ends_is_stopped() -> None:
    change = {
        "statements.letter": "absent",
        "decisions.d1": "absent",
        "notices.prior.statement_until": datetime(2026, 7, 20, 1, 0, 1, tzinfo=UTC),
    }
    found = standing("issue_decision", "ordinary", **change)
    assert ("party_heard_before_decision", "record_statement", True) in found


def test_hand_over_needs_a_bound_file() -> None:
    change = {"case.bound_at": "not yet", "case.original_handed_over_at": "not yet"}
    assert ("file_bound", "bind_case", True) in standing("hand_over", "simple", **change)


def test_an_incurable_lateness_never_stops_the_hand_over() -> None:
    late = {"case.bound_at": datetime(2026, 4, 8, 1, 0, tzinfo=UTC)}
    assert standing("hand_over", "simple", **late) == []


def test_there_is_no_gate_of_another_name() -> None:
    with pytest.raises(LawError, match="nowhere"):
        standing("nowhere", "simple")


@pytest.mark.parametrize("place", ["rules", "except"])
def test_a_gate_that_names_a_rule_there_is_not_is_refused_by_both_names(place: str) -> None:
    row = '[gate.g]\nname = "n"\nclause = "37.1"\non_incurable = "pass"\n'
    named = {"rules": '["two_officers"]', "except": "[]"}

    def text(lists: dict[str, str]) -> str:
        return row + "".join(f"{name} = {value}\n" for name, value in lists.items())

    assert gates_from_toml(text(named))["g"].rules == {"two_officers"}
    with pytest.raises(LawError, match="gate g: there is no rule no_rule"):
        gates_from_toml(text(named | {place: '["no_rule"]'}))


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("issue_decision", "ordinary"),
        ("draw_up_on_spot_decision", "simple"),
        ("issue_on_spot_decision", "simple"),
    ],
)
@pytest.mark.parametrize(("is_same", "stands"), [(True, True), (False, False)])
def test_a_second_fine_for_the_same_act_is_refused_and_nothing_makes_it_good(
    name: str, case: str, is_same: bool, stands: bool
) -> None:
    change: dict[str, Any] = {"same_act_fines.f": {"is_same_act": is_same, "case_number": "C-9"}}
    found = standing(name, case, **change)
    assert (("act_fined_once", None, False) in found) is stands


def test_a_file_with_an_incomplete_paper_is_not_bound() -> None:
    change: dict[str, Any] = {
        "case.bound_at": "not yet",
        "case.original_handed_over_at": "not yet",
        "case.unit_copy_kept_at": "not yet",
    }
    assert standing("bind", "simple", **change) == []
    lacking = standing("bind", "simple", **change, **{"papers.ticket.fields.remedies": False})
    assert lacking == [("spot_paper_complete", "complete_paper", True)]
