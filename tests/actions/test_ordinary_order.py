"""Nothing out of its order: each refusal names the article and what is missing."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

import pytest

from liuhen.actions import parties
from liuhen.actions.activities import end_activity
from liuhen.actions.defence import receive_material
from liuhen.actions.discussion import record_discussion
from liuhen.actions.findings import propose_penalty, record_findings
from liuhen.actions.initiation import state_circumstances
from liuhen.actions.investigation import describe_activity, flag_danger, start_activity
from liuhen.actions.papers import note_refusal
from liuhen.actions.review import ASPECTS, review_legality
from liuhen.actions.service import draw_up_receipt, record_service
from liuhen.cases.models import Activity
from liuhen.compliance.facts import facts_of_case
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import CIRCUMSTANCES, DUMPING
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Material, Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from tests.actions.ordinary import refusal
from tests.world import MORNING


def by(ordinary: OrdinaryCase) -> dict[str, Any]:
    return {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}


def test_a_decision_is_refused_until_each_step_before_it_stands(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    early = refusal(ordinary.draw, "penalty_decision")
    assert early.code == "paper.too_early"
    assert "案件调查终结报告（行政处罚法第57条）" in explain(early).message
    ordinary.conclude()
    decision = ordinary.draw("penalty_decision")
    unnoticed = refusal(ordinary.issue, decision)
    assert unnoticed.code == "law.forbids"
    for article in ("第十五条", "第二十二条", "第二十四条", "第二十五条"):
        assert article in unnoticed.data["article"]
    assert refusal(ordinary.ask_decision).code == "paper.too_early"
    ordinary.notify()
    ordinary.serve("prior_notice")
    # The party's five working days: from Wednesday the 11th to Wednesday the 18th.
    form = ordinary.draw("decision_approval", handler_opinion="建议处罚。", statement="未陈述。")
    unheard = refusal(ordinary.send, form)
    assert {each["rule"] for each in unheard.data["obstacles"]} == {
        *("party_heard_before_decision", "legality_review_passed"),
        *("case_discussed_collectively", "heads_discussed"),
    }
    ordinary.ask_review()
    ordinary.review()
    ordinary.discuss()
    waiting = refusal(ordinary.send, form)
    assert [each["rule"] for each in waiting.data["obstacles"]] == ["party_heard_before_decision"]


def test_silence_counts_only_when_the_period_is_over_and_waives_no_hearing(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.conclude(
        circumstances={"review_grounds": (), "is_complex": False}, penalty={"statement_days": 3}
    )
    ordinary.notify()
    ordinary.serve("prior_notice")
    (notice,) = facts_of_case(ordinary.case.id).notices or ()
    assert isinstance(notice.statement_until, dt.datetime)
    given: dict[str, Any] = {"handler_opinion": "建议处罚。", "statement": "当事人未陈述申辩。"}
    form = ordinary.draw("decision_approval", **given)
    ordinary.sign(form, "handler", "handler", "officer")
    stopped.set(notice.statement_until - dt.timedelta(microseconds=1))
    assert refusal(ordinary.send, form).code == "law.forbids"
    stopped.set(notice.statement_until)
    hearing = refusal(ordinary.send, form)
    assert hearing.code == "decision.hearing_period"
    assert hearing.data["until"] == "2026-03-17"
    midnight = dt.datetime(2026, 3, 17, 16, 0, tzinfo=dt.UTC)
    stopped.set(midnight - dt.timedelta(seconds=1))
    assert refusal(ordinary.send, form).code == "decision.hearing_period"
    stopped.set(midnight)
    ordinary.send(form)
    ordinary.approve_decision()
    assert ordinary.decide().state == Paper.State.ISSUED


def test_what_the_party_was_told_is_the_most_that_is_decided(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.notify()
    ordinary.serve("prior_notice")
    ordinary.hear()
    ordinary.review_defence()
    propose_penalty(
        **by(ordinary), **{**DUMPING.penalty, "fine_fen": DUMPING.penalty["fine_fen"] + 1}
    )
    assert refusal(ordinary.ask_decision).code == "decision.heavier"
    propose_penalty(
        **by(ordinary), **{**DUMPING.penalty, "fine_fen": DUMPING.penalty["fine_fen"] - 1}
    )
    ordinary.ask_decision()
    ordinary.approve_decision()
    ordinary.decide()
    late = refusal(state_circumstances, **by(ordinary), **CIRCUMSTANCES)
    assert late.code == "circumstances.decided"


def test_a_defence_in_a_letter_is_kept_and_must_be_reviewed(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    letter: dict[str, Any] = {
        **by(ordinary),
        "kind": Material.Kind.STATEMENT,
        "name": "陈述申辩书.pdf",
        "content": b"%PDF-1.7 fictional",
        "received_from": "虚构市样例装饰有限公司",
        "summary": "请求从轻。",
    }
    assert refusal(receive_material, **letter).code == "paper.too_early"
    ordinary.notify()
    ordinary.serve("prior_notice")
    assert refusal(receive_material, **{**letter, "content": b""}).code == "material.incomplete"
    kept = receive_material(**letter)
    ordinary.hear(is_stated=False, waived=("hearing",))
    unreviewed = refusal(ordinary.ask_decision)
    assert [each["rule"] for each in unreviewed.data["obstacles"]] == ["defence_reviewed"]
    ordinary.papers["statement_record"] = Paper(id=kept.id)
    ordinary.review_defence()
    assert ordinary.ask_decision().kind == "decision"


def test_a_hearing_that_was_asked_for_is_waited_for(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.notify()
    ordinary.serve("prior_notice")
    receive_material(
        **by(ordinary),
        kind=Material.Kind.HEARING_REQUEST,
        name="听证申请",
        content=b"fictional",
        received_from="虚构市样例装饰有限公司",
    )
    stopped.move(days=20)
    told = refusal(ordinary.ask_decision, statement="要求听证。")
    assert [each["rule"] for each in told.data["obstacles"]] == ["hearing_held_on_request"]


def test_nothing_is_decided_against_or_handed_to_a_party_that_has_died(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.conclude()
    ordinary.notify()
    party = ordinary.case.parties.get()
    on: dict[str, Any] = {
        "actor": ordinary.world["handler"],
        "party_id": party.id,
        "proof": "注销登记通知书",
    }
    today = clock.local_date(clock.now())
    parties.record_party_death(**on, died_on=today)
    assert refusal(parties.record_party_death, **on, died_on=today).code == "party.dead"
    assert refusal(ordinary.draw, "prior_notice").code == "party.dead"
    assert refusal(ordinary.serve, "prior_notice").data["day"] == today.isoformat()


def test_a_review_needs_a_qualified_reviewer_seven_opinions_and_a_conclusion(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    assert refusal(ordinary.ask_review).code == "paper.too_early"
    ordinary.conclude()
    asked = ordinary.ask_review()
    assert refusal(ordinary.answer, "legal").code == "approval.by_review"
    given: dict[str, Any] = {
        "actor": ordinary.world["legal"],
        "approval_id": asked.id,
        "aspects": dict.fromkeys(ASPECTS, "符合规定。"),
        "conclusion": "passed",
        "suggestions": "无。",
        "strokes": ink(5),
    }
    lacking = {key: text for key, text in given["aspects"].items() if key != "crime"}
    told = refusal(review_legality, **{**given, "aspects": lacking})
    assert (told.code, told.data["missing"]) == ("review.aspects", ASPECTS["crime"])
    for changed, code in (
        ({"conclusion": "perhaps"}, "review.conclusion"),
        ({"suggestions": ""}, "review.suggestions"),
        ({"actor": ordinary.world["unit_head"]}, "permission.missing"),
        ({"strokes": []}, "signature.empty"),
    ):
        assert refusal(review_legality, **{**given, **changed}).code == code
    ordinary.review("supplement")
    (first,) = facts_of_case(ordinary.case.id).legality_reviews or ()
    assert (first.is_qualified, first.was_in_office) == (True, True)
    ordinary.ask_review()
    ordinary.review()
    assert len(facts_of_case(ordinary.case.id).legality_reviews or ()) == 2


def test_a_discussion_names_members_in_their_offices_and_what_each_said(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.conclude()
    assert refusal(ordinary.discuss, ("head", "supervisor")).code == "discussion.members"
    world = ordinary.world
    talk = Activity.objects.get(kind="collective_discussion", ended_at=None)
    given: dict[str, Any] = {
        "actor": world["handler"],
        "activity_id": talk.id,
        "chair": world["head"],
        "present": [world["head"], world["legal"]],
        "recorder": "王承办",
        "report": "汇报。",
        "opinions": {world["head"].id: "同意。"},
        "conclusion": "同意。",
    }
    silent = refusal(record_discussion, **given)
    assert (silent.code, silent.data["names"]) == ("discussion.opinions", "钱审核")
    absent = refusal(record_discussion, **{**given, "chair": world["deputy"]})
    assert absent.code == "discussion.chair"
    given["opinions"][world["legal"].id] = "同意。"
    record_discussion(**given)
    (fact,) = facts_of_case(ordinary.case.id).discussions or ()
    assert (fact.heads_present, fact.is_committee, fact.minutes) == (1, True, "")


def start(ordinary: OrdinaryCase, kind: str = "inspection", **changes: Any) -> Activity:
    world = ordinary.world
    given: dict[str, Any] = {
        **by(ordinary),
        "kind": kind,
        "place": "虚构市示例区样板路",
        "officers": [world["handler"], world["officer"]],
        "is_on_site": True,
        "is_certificate_shown": True,
    }
    return start_activity(**{**given, **changes})


def test_an_activity_begins_with_two_certified_officers_who_show_their_certificates(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    world = ordinary.world
    for changes, code in (
        ({"officers": [world["handler"]]}, "officer.alone"),
        ({"officers": [world["handler"], world["legal"]]}, "officer.not_officer"),
        ({"is_certificate_shown": False}, "certificate.not_shown"),
        ({"place": ""}, "place.missing"),
        ({"kind": "sealing_or_seizure"}, "activity.kind"),
        ({"kind": "simple_procedure"}, "activity.kind"),
        ({"kind": "walk"}, "activity.kind"),
        ({"is_dangerous": True}, "activity.danger_reason"),
        ({"facts": {"weather": "晴"}}, "activity.fact_unknown"),
        ({"facts": {"has_conflict": "yes"}}, "activity.fact_unknown"),
        ({"started_at": clock.now() + dt.timedelta(seconds=1)}, "activity.starts_in_future"),
        ({"started_at": MORNING - dt.timedelta(seconds=1)}, "activity.before_case"),
    ):
        assert refusal(start, ordinary, **changes).code == code, changes
    assert not Activity.objects.exists()


def test_nobody_is_at_two_activities_at_once_but_for_a_part_of_the_same(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    whole = start(ordinary)
    stopped.move(minutes=5)
    busy = refusal(start, ordinary, "inquiry")
    assert (busy.code, busy.data["activity"]) == ("activity.officer_busy", "检查、勘验")
    part = start(ordinary, "evidence_collection", within_id=whole.id)
    assert part.facts["within"] == str(whole.id)
    stopped.move(minutes=5)
    for one in (whole, part):
        end_activity(actor=ordinary.world["handler"], activity_id=one.id)


def test_the_danger_flag_bears_a_name_and_a_reason(ordinary: OrdinaryCase) -> None:
    ordinary.until_initiated()
    activity = start(ordinary)
    on: dict[str, Any] = {"actor": ordinary.world["officer"], "activity_id": activity.id}
    assert refusal(flag_danger, **on, is_dangerous=True, reason="").code == "activity.danger_reason"
    flagged = flag_danger(**on, is_dangerous=True, reason="当事人情绪激动。")
    assert flagged.facts["danger"]["by"] == "张示例"
    (fact,) = facts_of_case(ordinary.case.id).activities or ()
    assert fact.is_dangerous is True
    describe_activity(**on, facts={"has_conflict": True})
    (fact,) = facts_of_case(ordinary.case.id).activities or ()
    assert fact.has_conflict is True


def test_forty_activities_told_out_of_order_are_each_taken_or_clearly_refused(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    """Twenty spans that fit and twenty that collide with one of them, in any order."""
    ordinary.until_initiated()
    opened = clock.now()
    stopped.move(days=2)
    fitting = [opened + dt.timedelta(hours=hour) for hour in range(20)]
    colliding = [begin + dt.timedelta(minutes=10) for begin in fitting]
    told = [(begin, True) for begin in fitting] + [(begin, False) for begin in colliding]
    random.Random(7).shuffle(told)
    taken: list[tuple[dt.datetime, dt.datetime]] = []
    for begin, _ in told:
        ending = begin + dt.timedelta(minutes=30)
        if any(a <= begin < b for a, b in taken):
            refused = refusal(start, ordinary, "inquiry", started_at=begin, is_on_site=False)
            assert refused.code == "activity.officer_busy"
            continue
        activity = start(ordinary, "inquiry", started_at=begin, is_on_site=False)
        over: dict[str, Any] = {"actor": ordinary.world["handler"], "activity_id": activity.id}
        later = [a for a, _ in taken if begin < a < ending]
        if later:
            refused = refusal(end_activity, **over, ended_at=ending)
            assert refused.code == "activity.overlaps"
            ending = min(later)
        end_activity(**over, ended_at=ending)
        taken.append((begin, ending))
    assert len(taken) >= 20
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(sorted(taken)))
    assert Activity.objects.filter(case=ordinary.case).count() == len(taken)


def test_a_recipient_who_refuses_is_not_served_in_person_but_at_the_residence(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.conclude()
    notice = ordinary.notify()
    door = ordinary.begin("service_in_person")
    on: dict[str, Any] = {
        "actor": ordinary.world["handler"],
        "activity_id": door.id,
        "paper_ids": [notice.id],
    }
    assert refusal(draw_up_receipt, **on).code == "service.receiver"
    assert refusal(draw_up_receipt, **on, received_by="family").code == "service.agent"
    receipt = draw_up_receipt(**on, received_by="party")
    note_refusal(actor=on["actor"], paper_id=receipt.id, role="recipient", name="甲", reason="拒收")
    ordinary.sign(receipt, "server", "handler", "officer")
    told = refusal(record_service, actor=on["actor"], receipt_id=receipt.id)
    assert told.code == "service.refused"
    ordinary.end(door)
    assert Service.objects.count() == 0
    (left,) = ordinary.leave("prior_notice")
    assert left.facts["refusal_reason_noted"]
    (fact,) = facts_of_case(ordinary.case.id).services or ()
    assert fact.effective_on == clock.local_date(left.served_at)
    assert fact.proofs["witness_signed"] is True


@pytest.mark.parametrize("kind", ["inquiry", "service_left"])
def test_a_receipt_belongs_to_a_service_of_its_mode(ordinary: OrdinaryCase, kind: str) -> None:
    ordinary.until_initiated()
    activity = ordinary.begin(kind)
    told = refusal(
        draw_up_receipt,
        actor=ordinary.world["handler"],
        activity_id=activity.id,
        paper_ids=[ordinary.papers["initiation_approval"].id],
    )
    assert told.code == ("service.mode" if kind == "inquiry" else "service.refusal_reason")


def test_a_violation_comes_to_light_between_its_day_and_today(ordinary: OrdinaryCase) -> None:
    ordinary.until_initiated()
    at, now = ordinary.lead.received_at, clock.now()
    found: dict[str, Any] = {**ordinary.by, **ordinary.words.findings, "violated_at": at}
    day = dt.timedelta(days=1)
    for wrong in (clock.local_date(at) - day, clock.local_date(now) + day):
        refused = refusal(record_findings, **found, discovered_on=wrong)
        assert refused.code == "violation.discovered"
    record_findings(**found, discovered_on=clock.local_date(at))
    assert facts_of_case(ordinary.case.id).case.discovered_on == clock.local_date(at)
