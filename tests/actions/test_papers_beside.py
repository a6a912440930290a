"""Papers beside the steps of a course: things taken are decided on, persons are called."""

from __future__ import annotations

from typing import Any

from liuhen.actions.paper_drafts import BESIDE, draw_up_paper, is_by_hand, revise_paper
from liuhen.actions.papers import issue_paper
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from tests.actions.ordinary import refusal

THING = {
    "number": "1",
    "name": "示例流动摊车",
    "kind": "物品",
    "specification": "三轮",
    "quantity": "1",
    "feature": "蓝色",
}


def test_what_was_preserved_is_decided_on_by_a_paper_that_names_the_notice(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    by: dict[str, Any] = dict(ordinary.by)
    early = refusal(draw_up_paper, **by, type_key="preservation_decision")
    assert early.code == "paper.too_early"
    assert "先行登记保存" in early.data["missing"]
    scene = ordinary.begin("preservation", place="虚构市示例区样板路")
    given = {"reason": "可能灭失", "items": [THING], "keeping": "就地", "keeper": "王承办"}
    notice = ordinary.draw("preservation_notice", scene, **given)
    ordinary.sign_other(notice, "party", "当事人甲")
    ordinary.sign(notice, "officer", "handler", "officer")
    issued = issue_paper(actor=by["actor"], paper_id=notice.id)
    paper = draw_up_paper(**by, type_key="preservation_decision")
    assert paper.data["notice_number"] == issued.number
    assert paper.data["items"] == [THING]
    lacking = refusal(issue_paper, actor=by["actor"], paper_id=paper.id)
    assert (lacking.code, lacking.data["missing"]) == ("paper.incomplete", "处理决定")
    fields = {"handling": "解除先行登记保存，退还当事人。"}
    revise_paper(actor=by["actor"], paper_id=paper.id, version=1, fields=fields)
    done = issue_paper(actor=by["actor"], paper_id=paper.id)
    assert done.state == Paper.State.ISSUED
    assert done.number and "登处字" in done.number


def test_what_goes_beside_the_steps_is_drawn_up_at_any_time_of_an_open_case(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.party()
    for key in ("inquiry_notice", "evidence_notice", "assistance_letter", "expert_minutes"):
        assert key in BESIDE and is_by_hand(key)
        assert draw_up_paper(**ordinary.by, type_key=key).state == Paper.State.DRAFT
