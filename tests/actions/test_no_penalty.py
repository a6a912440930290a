"""A case in which nobody is punished: proposed, approved, decided, served, closed."""

from __future__ import annotations

from typing import Any

from liuhen.actions.findings import propose_no_penalty, propose_penalty, record_findings
from liuhen.actions.initiation import state_circumstances
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import findings_of_case
from liuhen.compliance.readiness import states_of, work_on
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import CIRCUMSTANCES
from liuhen.demo.people import World
from liuhen.documents.models import Paper
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import filmed, findings, refusal

LITTLE: dict[str, Any] = {
    "reason": "违法行为轻微并及时改正，没有造成危害后果。",
    "basis": "《中华人民共和国行政处罚法》第三十三条第一款",
    "education": "当场讲解有关规定，当事人表示今后不再倾倒。",
}


def until_reported(ordinary: OrdinaryCase) -> None:
    """Investigated, found too little to punish, reported."""
    ordinary.until_initiated()
    ordinary.clock.move(days=1)
    ordinary.inspect()
    ordinary.inquire()
    early = refusal(propose_no_penalty, **ordinary.by, **LITTLE)
    assert early.code == "penalty.unfounded"
    found = {**ordinary.words.findings, "evidence": ordinary.words.findings["evidence"][:1]}
    record_findings(**ordinary.by, violated_at=ordinary.lead.received_at, **found)
    lacking = refusal(propose_no_penalty, **ordinary.by, **{**LITTLE, "education": " "})
    assert lacking.code == "no_penalty.incomplete"
    propose_penalty(**ordinary.by, **ordinary.words.penalty)
    propose_no_penalty(**ordinary.by, **LITTLE)
    grounds: dict[str, Any] = dict.fromkeys(CIRCUMSTANCES, False)
    state_circumstances(**ordinary.by, **{**grounds, "review_grounds": []})
    report = ordinary.draw("investigation_report")
    assert report.data["suggestion"] == f"建议对当事人不予行政处罚：{LITTLE['reason']}"
    ordinary.sign(report, "handler", "handler", "officer")
    ordinary.issue(report)


def next_acts(case: Case) -> list[str]:
    """What the next-step engine says can be done now, by act."""
    return [step.act for step in work_on(states_of([case])[case.id], findings_of_case(case)).steps]


def test_nobody_is_punished_with_reasons_approval_service_and_closing(
    world: World, stopped: FrozenClock
) -> None:
    ordinary = filmed(world, stopped)
    until_reported(ordinary)
    # a penalty proposed again takes its place, and the other way round
    propose_penalty(**ordinary.by, **ordinary.words.penalty)
    assert "no_penalty" not in ordinary.case.facts
    assert refusal(ordinary.draw, "other_decision_approval").code == "paper.too_early"
    propose_no_penalty(**ordinary.by, **LITTLE)
    # nothing that belongs to a penalty is asked for any more
    assert refusal(ordinary.draw, "prior_notice").code == "paper.too_early"
    assert refusal(ordinary.draw, "penalty_decision").code == "paper.too_early"
    early = refusal(ordinary.draw, "no_penalty_decision")
    assert (early.code, "不予处罚决定的批准" in early.data["missing"]) == ("paper.too_early", True)
    waived = {"party_told_before_decision", "party_heard_before_decision"}
    told = Finding.objects.filter(case=ordinary.case, rule__in=waived)
    assert not told.exists()
    assert "issue_decision_approval" in next_acts(ordinary.case)
    form = ordinary.draw("other_decision_approval", handler_opinion="建议不予处罚。")
    assert (form.data["kind"], form.data["basis"]) == ("no_penalty", LITTLE["basis"])
    ordinary.send(form)
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意不予处罚。")
    ordinary.clock.move(hours=1)
    decision = ordinary.draw("no_penalty_decision")
    assert {key: decision.data[key] for key in LITTLE} == LITTLE
    assert ordinary.issue(decision).number == "虚城管不罚决字〔2026〕第1号"
    assert refusal(ordinary.ask_closing).code == "closing.not_performed"
    assert verdict(ordinary, "decided_in_time") == "met"
    ordinary.clock.move(hours=1)
    ordinary.serve("no_penalty_decision")
    assert verdict(ordinary, "decision_served_in_time") == "met"
    ordinary.clock.move(days=1)
    ended = {"summary": "经查明，行为轻微并及时改正。", "handler_opinion": "建议结案。"}
    ordinary.report(reason="no_penalty", **ended)
    ordinary.answer("deputy", "同意结案。")
    report = Paper.objects.get(type="closing_report")
    assert report.data["decision_number"] == "虚城管不罚决字〔2026〕第1号"
    assert report.data["penalty_content"] == "不予行政处罚。"
    ordinary.bind()
    assert findings(ordinary) == {
        "38.1 original_handed_over pending",
        "38.1 unit_copy_kept pending",
    }


def verdict(ordinary: OrdinaryCase, rule: str) -> str:
    """What a duty of the case comes to."""
    return str(Finding.objects.get(case=ordinary.case, rule=rule).outcome)
