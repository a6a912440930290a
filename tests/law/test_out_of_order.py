"""Steps out of order: what can't have been so is unknown in words, and judging goes on.

What the acts refuse beforehand is in `tests/actions`: an activity before its case or after its end
(`test_ordinary_order.py`), a service before the paper, evidence after the decision
(`test_ordinary_case.py`).
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from liuhen.law import judge
from liuhen.law.explanations import explain
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Finding, Outcome
from tests.law.case_tables import case_named, changed, facts_from

ROWS = tomllib.loads(Path(__file__).with_name("out_of_order.toml").read_text("utf-8"))["test"]


def judged(case: str, change: dict[str, object]) -> list[Finding]:
    plain = changed(case_named(case), change)
    facts = facts_from(plain)
    assert isinstance(facts, CaseFacts)
    return judge(facts, plain["at"])


@pytest.mark.parametrize("row", ROWS, ids=[row["says"] for row in ROWS])
def test_what_cannot_have_been_so_is_unknown_in_words_and_the_rest_is_judged(
    row: dict[str, Any],
) -> None:
    kind, _, key = row["about"].partition(":")
    found = judged(row["case"], row["change"])
    about = [each for each in found if (each.subject.kind, each.subject.key) == (kind, key)]
    biting = [each for each in about if each.outcome is not Outcome.NOT_APPLICABLE]
    assert biting, "nothing is asked of it"
    assert {each.outcome for each in biting} == {Outcome.UNKNOWN}
    assert all("矛盾" in explain(each) for each in biting)
    # No rule fell over it, and as many duties are judged as without the contradiction.
    assert not [each for each in found if each.explanation.code == "engine_error"]
    plain = judged(row["case"], {})
    assert {each.rule for each in found} == {each.rule for each in plain}


def test_an_activity_may_come_from_a_lead_nobody_knows_of() -> None:
    early = next(row for row in ROWS if row["about"] == "activity:seizing")
    found = judged(early["case"], {**early["change"], "leads": "unknown"})
    about = [each for each in found if each.subject.key == "seizing"]
    assert about and not [each for each in about if each.explanation.code.endswith("contradicted")]


def test_two_contradictions_do_not_hide_one_another() -> None:
    rows = [row for row in ROWS if row["case"] == "ordinary" and "activity" in row["about"]]
    found = judged("ordinary", {key: each for row in rows for key, each in row["change"].items()})
    unknown = {each.subject.key for each in found if each.explanation.code.endswith("contradicted")}
    assert {row["about"].partition(":")[2] for row in rows} <= unknown


def test_evidence_after_the_decision_is_judged_as_what_it_is() -> None:
    # It is refused by the act; older data may hold it, and is not taken for a contradiction.
    late = {
        "activities.inquiry.started_at": case_named("ordinary")["at"],
        "activities.inquiry.ended_at": "not yet",
    }
    found = judged("ordinary", late)
    assert not [each for each in found if each.explanation.code.endswith("contradicted")]
