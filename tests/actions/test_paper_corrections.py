"""An issued paper that is wrong: corrected by another, or voided while nobody was given it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.paper_corrections import correct_paper, withdraw_paper
from liuhen.actions.paper_drafts import draw_up_paper, revise_paper, void_paper
from liuhen.actions.papers import issue_paper
from liuhen.compliance.facts import facts_of_case
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import NumberSeries, Paper
from liuhen.vault.keeping import local_store
from tests.actions.ordinary import refusal
from tests.assembly.reading import text_of


@pytest.fixture
def notice(ordinary: OrdinaryCase) -> Paper:
    """A prior notice that was issued and not yet served."""
    ordinary.until_initiated()
    ordinary.clock.move(days=1)
    ordinary.conclude()
    return ordinary.notify()


def correct(ordinary: OrdinaryCase, paper: Paper, reason: str = "联系电话有误") -> Paper:
    return correct_paper(actor=ordinary.world["handler"], paper_id=paper.id, reason=reason)


def withdraw(ordinary: OrdinaryCase, paper: Paper, reason: str = "当事人名称写错") -> Paper:
    return withdraw_paper(actor=ordinary.world["unit_head"], paper_id=paper.id, reason=reason)


def issue(ordinary: OrdinaryCase, paper: Paper) -> Paper:
    return issue_paper(actor=ordinary.world["handler"], paper_id=paper.id)


def test_a_correction_has_its_own_number_and_names_what_it_corrects(
    ordinary: OrdinaryCase, notice: Paper
) -> None:
    before = notice.original_id
    draft = correct(ordinary, notice)
    assert (draft.state, draft.number, draft.corrects_id) == (Paper.State.DRAFT, None, notice.id)
    assert "number" not in draft.data and draft.data["facts"] == notice.data["facts"]
    revise_paper(
        actor=ordinary.world["handler"],
        paper_id=draft.id,
        version=1,
        fields={"contact_phone": "000-00000009"},
    )
    issued = issue(ordinary, draft)
    assert issued.number == "虚城管罚告字〔2026〕第2号"
    assert issued.original_id is not None
    with local_store().open(issued.original_id) as stream:
        text = text_of(stream.read())
    assert "本文书更正" in text and "虚城管罚告字〔2026〕第1号" in text and "联系电话有误" in text
    notice.refresh_from_db()
    assert (notice.state, notice.original_id) == (Paper.State.ISSUED, before)


def test_the_law_looks_at_the_correction_in_the_others_place(
    ordinary: OrdinaryCase, notice: Paper
) -> None:
    ordinary.serve("prior_notice")
    (before,) = facts_of_case(ordinary.case.id).notices or ()
    assert (before.paper, isinstance(before.told_at, dt.datetime)) == (str(notice.id), True)
    corrected = issue(ordinary, correct(ordinary, notice))
    ordinary.papers["prior_notice"] = corrected
    facts = facts_of_case(ordinary.case.id)
    (told,) = facts.notices or ()
    assert told.paper == str(corrected.id)
    assert {paper.key: paper.is_void for paper in facts.papers or ()}[str(notice.id)] is True
    # Until the correction is served, nobody counts as told: the decision has to wait.
    early = refusal(ordinary.draw, "decision_approval")
    assert early.code == "paper.too_early" and "送达" in str(early.data["missing"])
    ordinary.serve("prior_notice")
    assert ordinary.draw("decision_approval")


def test_what_cannot_be_corrected_is_said(ordinary: OrdinaryCase, notice: Paper) -> None:
    assert refusal(correct, ordinary, notice, reason=" ").code == "reason.missing"
    form = ordinary.papers["initiation_approval"]
    assert refusal(correct, ordinary, form).code == "paper.not_correctable"
    draft = correct(ordinary, notice)
    assert refusal(correct, ordinary, notice).code == "paper.correcting"
    assert refusal(correct, ordinary, draft).code == "paper.not_issued"
    by: dict[str, Any] = {"actor": ordinary.world["handler"], "reason": "不改了"}
    void_paper(paper_id=draft.id, **by)
    again = issue(ordinary, correct(ordinary, notice))
    assert refusal(correct, ordinary, notice).code == "paper.corrected"
    assert correct(ordinary, again).corrects_id == again.id


def test_a_withdrawn_paper_keeps_its_number_and_its_bytes(
    ordinary: OrdinaryCase, notice: Paper
) -> None:
    kept = notice.original_id
    assert refusal(withdraw, ordinary, notice, reason="").code == "reason.missing"
    may_not = refusal(
        withdraw_paper, actor=ordinary.world["handler"], paper_id=notice.id, reason="作废"
    )
    assert may_not.code == "permission.missing"
    withdrawn = withdraw(ordinary, notice)
    assert (withdrawn.state, withdrawn.void_reason) == (Paper.State.VOID, "当事人名称写错")
    assert (withdrawn.number, withdrawn.original_id) == (notice.number, kept)
    by: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    anew = issue(ordinary, draw_up_paper(**by, type_key="prior_notice"))
    assert anew.number == "虚城管罚告字〔2026〕第2号"
    assert NumberSeries.objects.get(type="prior_notice").last == 2


def test_what_was_served_or_approved_is_not_withdrawn(
    ordinary: OrdinaryCase, notice: Paper
) -> None:
    form = ordinary.papers["initiation_approval"]
    assert refusal(withdraw, ordinary, form).code == "paper.needs_approval"
    ordinary.serve("prior_notice")
    assert refusal(withdraw, ordinary, notice).code == "paper.served"
