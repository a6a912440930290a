"""Papers beside the steps of a course: things taken are decided on, persons are called."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from liuhen.actions.findings import propose_penalty
from liuhen.actions.paper_drafts import BESIDE, draw_up_paper, is_by_hand, revise_paper
from liuhen.actions.papers import issue_paper
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.jobs.judging import judge_due_cases
from tests.actions.ordinary import refusal

THING = {
    "number": "1",
    "name": "示例流动摊车",
    "kind": "物品",
    "specification": "三轮",
    "quantity": "1",
    "feature": "蓝色",
}


def approve_preservation(ordinary: OrdinaryCase) -> Paper:
    """The form of approval, sent and answered by the unit's head and the head."""
    given: dict[str, Any] = {
        "reason": "可能灭失",
        "items": [THING],
        "keeping": "就地",
        "handler_opinion": "建议保存。",
    }
    form = ordinary.draw("preservation_approval", **given)
    assert form.data["days"] == 7
    ordinary.send(form)
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意先行登记保存。")
    form.refresh_from_db()
    return form


def test_what_was_preserved_is_decided_on_by_a_paper_that_names_the_notice(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    by: dict[str, Any] = dict(ordinary.by)
    early = refusal(draw_up_paper, **by, type_key="preservation_decision")
    assert early.code == "paper.too_early"
    assert "先行登记保存" in early.data["missing"]
    approve_preservation(ordinary)
    scene = ordinary.begin("preservation", place="虚构市示例区样板路")
    notice = ordinary.draw("preservation_notice", scene, keeper="王承办")
    # what the head approved is not typed again
    assert (notice.data["reason"], notice.data["items"]) == ("可能灭失", [THING])
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


def test_things_are_preserved_only_with_the_approval_of_the_head(ordinary: OrdinaryCase) -> None:
    ordinary.until_initiated()
    early = ordinary.begin("preservation")
    refused = refusal(ordinary.draw, "preservation_notice", early)
    assert (refused.code, refused.data["missing"]) == (
        "paper.too_early",
        "《先行登记保存审批表》",
    )
    assert verdict(ordinary, "preservation_approved", early) == "breached"
    ordinary.end(early)
    form = approve_preservation(ordinary)
    assert form.state == Paper.State.ISSUED
    assert form.data["head_opinion"]["text"] == "同意先行登记保存。"
    # what began before it was approved stays a breach; what begins after it is in order
    assert verdict(ordinary, "preservation_approved", early) == "breached"
    ordinary.clock.move(minutes=5)
    scene = ordinary.begin("preservation")
    assert verdict(ordinary, "preservation_approved", scene) == "met"
    settled = Finding.objects.get(rule="preservation_settled_in_time", subject_id=str(scene.id))
    assert settled.outcome == "pending"


def verdict(ordinary: OrdinaryCase, rule: str, about: Any) -> str:
    """What a duty comes to for one subject."""
    return str(Finding.objects.get(case=ordinary.case, rule=rule, subject_id=str(about.id)).outcome)


def test_an_activity_is_left_unrecorded_only_with_leave_and_its_reason(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    assert refusal(ordinary.draw, "recording_exemption").code == "paper.activity"
    scene = ordinary.inspect()
    ordinary.clock.move(hours=25)
    judge_due_cases()
    rule = "investigation_synchronous"
    assert verdict(ordinary, rule, scene) == "breached"
    form = ordinary.draw("recording_exemption", scene, handler_opinion="建议不录音录像。")
    assert form.data["activity"].startswith("检查、勘验，2026年3月10日")
    lacking = refusal(ordinary.send, form)
    assert (lacking.code, lacking.data["missing"]) == (
        "paper.incomplete",
        "不宜录音录像的理由、替代的记录方式",
    )
    fields = {"reason": "涉及国家秘密。", "other_record": "制作现场检查笔录。"}
    revise_paper(actor=ordinary.by["actor"], paper_id=form.id, version=1, fields=fields)
    ordinary.send(form)
    ordinary.answer("unit_head")
    assert verdict(ordinary, rule, scene) == "breached"
    ordinary.answer("deputy", "同意。")
    form.refresh_from_db()
    assert form.state == Paper.State.ISSUED
    # Article 8 is not relaxed by it: where both bite, a person decides.
    assert verdict(ordinary, rule, scene) == "judgement"


def test_a_reply_is_registered_to_the_letter_it_answers(ordinary: OrdinaryCase) -> None:
    ordinary.until_initiated()
    by = ordinary.by
    none = refusal(draw_up_paper, **by, type_key="assistance_reply")
    assert (none.code, none.data["missing"]) == ("paper.too_early", "《行政执法协助函》")
    letters = []
    for body in ("虚构市住建局", "虚构市水务局"):
        letter = ordinary.draw("assistance_letter", addressee=body, matter="协助查明工程备案情况。")
        ordinary.clock.move(minutes=1)
        letters.append(ordinary.issue(letter))
    for letter in letters:
        reply = draw_up_paper(**by, type_key="assistance_reply")
        assert reply.subject_id == letter.id
        assert (reply.data["letter_number"], reply.data["from_body"]) == (
            letter.number,
            letter.data["addressee"],
        )
        fields = {"received_on": "2026-03-11", "content": "该工程已经备案。", "use": "作为证据。"}
        revise_paper(actor=by["actor"], paper_id=reply.id, version=1, fields=fields)
        assert refusal(issue_paper, actor=by["actor"], paper_id=reply.id).code == "paper.unsigned"
        ordinary.sign(reply, "handler", "handler")
        assert ordinary.issue(reply).state == Paper.State.ISSUED
        assert verdict(ordinary, "assistance_asked_by_letter", reply) == "met"
    more = refusal(draw_up_paper, **by, type_key="assistance_reply")
    assert more.code == "paper.answered"


def test_a_right_to_a_hearing_that_comes_up_later_is_told_by_a_notice_of_its_own(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    small: dict[str, Any] = {**ordinary.words.penalty, "fine_fen": 10_000}
    ordinary.conclude(penalty=small)
    early = refusal(ordinary.draw, "hearing_right_notice")
    assert "当事人的听证权利" in early.data["missing"]
    assert "hearing_days" not in ordinary.notify().data
    ordinary.serve("prior_notice")
    propose_penalty(**ordinary.by, **{**small, "grants_hearing": True})
    told = Finding.objects.filter(case=ordinary.case, rule="hearing_right_told")
    assert told.get().outcome != "met"
    page = browser(ordinary).get(reverse("case_notice", args=[ordinary.case_id])).content.decode()
    assert "起草行政处罚听证告知书" in page
    notice = ordinary.issue(ordinary.draw("hearing_right_notice"))
    assert notice.data["hearing_days"] == 5
    ordinary.serve("hearing_right_notice")
    assert told.get().outcome == "met"
    form = ordinary.draw("decision_approval", handler_opinion="建议处罚。")
    ordinary.sign(form, "handler", "handler", "officer")
    assert refusal(ordinary.send, form).code in ("law.forbids", "decision.hearing_period")


def browser(ordinary: OrdinaryCase) -> Client:
    """The handler's browser."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(ordinary.world["handler"])
    return client
