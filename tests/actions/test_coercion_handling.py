"""What becomes of seized things: decided by the head, thing by thing, once, and carried out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from liuhen.actions.auctions import entrust_auction
from liuhen.actions.coercion_handling import Done, carry_out_handling, propose_handling
from liuhen.actions.paper_corrections import withdraw_paper
from liuhen.actions.parties import correct_party
from liuhen.actions.remedies import end_remedy, record_remedy
from liuhen.compliance.facts import facts_of_case
from liuhen.demo import coercion_words as said
from liuhen.demo.coercion_case import EnforcementCase, MeasureCase
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import ROADSIDE
from liuhen.demo.people import World
from liuhen.documents.case_facts import facts_of
from liuhen.documents.handled_things import things_of
from liuhen.documents.models import Paper
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.law.vocabulary import NOT_YET
from liuhen.ledger.models import Entry
from tests.actions.coercion import outcome, unpaid
from tests.actions.ordinary import refusal
from tests.actions.test_coercion_measure import give_powers, taken

DESTROYED: dict[str, Any] = {
    "note": "拆解后送消纳场粉碎。",
    "witness": "监督示例",
    "place": "虚构市示例消纳场",
    "disposal": "destruction",
}


@pytest.fixture
def measure(world: World, stopped: FrozenClock) -> MeasureCase:
    """Two things seized with approval: 1 the carts, 2 the shovels."""
    found = taken(MeasureCase(world, stopped))
    stopped.move(days=2)
    return found


def proposed(measure: MeasureCase, way: str, *numbers: str, **more: str) -> Paper:
    given: dict[str, Any] = {"reason": said.CLEAR, "basis": said.HANDLING_BASIS, **more}
    return propose_handling(**measure.by, way=way, numbers=numbers, **given)


def state(measure: MeasureCase) -> dict[str, tuple[str | None, str | None]]:
    """By number, the types that sold and handled a thing."""
    return {
        one.number: (_type(one.sold_by), _type(one.handled_by)) for one in things_of(measure.case)
    }


def _type(paper: Paper | None) -> str | None:
    return paper.type if paper else None


def disposed_at(measure: MeasureCase) -> object:
    """When the law takes the measure to have ended."""
    (fact,) = facts_of_case(measure.case.id).measures or ()
    return fact.disposed_at


def test_each_thing_goes_its_way_and_then_the_case_ends(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    # Taken on 10 March, it is 12 March: the thirtieth day is 9 April.
    destroyed = measure.handle("destruction", "1")
    assert destroyed.number and destroyed.data["items"][0]["name"] == "手推车"
    assert measure.case.stage == "disposal"
    assert state(measure) == {"1": (None, "seizure_handling"), "2": (None, None)}
    measure.serve_on(destroyed)
    measure.carry_out(destroyed, **DESTROYED)
    assert outcome(measure, "handling_carried_out") == "pending"  # its record is not signed yet
    record = measure.case.papers.get(type="confiscated_disposal_record")
    assert (record.subject_id, record.data["approver"]) == (
        destroyed.id,
        measure.world["head"].name,
    )
    measure.sign(record, "handler", measure.handler)
    measure.sign_other(record, "witness", DESTROYED["witness"])
    measure.issue(record)
    assert outcome(measure, "handling_carried_out") == "met"
    # One thing is still kept: the thirty days run on, to their last.
    stopped.move(days=28)
    judge_due_cases()
    assert outcome(measure, "measure_ended_in_time") == "pending"
    lifted = measure.lift()
    assert [row["number"] for row in lifted.data["items"]] == ["2"]  # what is left, by itself
    assert outcome(measure, "measure_ended_in_time") == "met"
    assert outcome(measure, "things_returned") == "pending"
    assert refusal(measure.lift).code == "paper.too_early"  # nothing is kept any more
    measure.give_back()
    assert (measure.case.stage, outcome(measure, "things_returned")) == ("performance", "met")
    told = facts_of(measure.case, None, stopped())["performance"]["summary"]
    assert "经手销毁" in told and "领取" in told


def test_things_nothing_is_decided_on_by_the_last_day_are_a_breach_and_a_thing_is_handled_once(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    one, other = proposed(measure, "destruction", "1"), proposed(measure, "destruction", "1")
    measure.send(one)
    measure.approve()
    one.refresh_from_db()
    # Two drafts name the same thing: the one that comes second is refused when it is sent.
    assert refusal(measure.send, other).code == "coercion.handled"
    refused = refusal(proposed, measure, "destruction", "1", "2")
    assert refused.code == "coercion.handled"
    assert str(one.number) in explain(refused).message
    stopped.move(days=29)
    judge_due_cases()
    assert outcome(measure, "measure_ended_in_time") == "breached"


def test_what_a_decision_must_say_is_asked_for_and_only_what_is_listed_is_handled(
    measure: MeasureCase,
) -> None:
    for way, changes in (
        ("odd", {}),
        ("destruction", {"reason": " "}),
        ("destruction", {"basis": ""}),
        ("transfer", {}),
        ("sale", {"perishable": " "}),
    ):
        refused = refusal(proposed, measure, way, "1", **changes)
        assert refused.code == "coercion.handling_incomplete"
    assert refusal(proposed, measure, "destruction").code == "coercion.not_listed"
    refused = refusal(proposed, measure, "destruction", "1", "9")
    assert (refused.code, refused.data["numbers"]) == ("coercion.not_listed", "9")
    # Nothing is confiscated without the penalty that says so.
    refused = refusal(proposed, measure, "confiscation", "1")
    assert (refused.code, "第二十七条" in refused.data["article"]) == ("law.forbids", True)
    assert "先作出处罚决定" in explain(refused).message
    wrong = refusal(proposed, measure, "confiscation", "1", penalty_number="虚罚字〔2026〕第1号")
    assert wrong.code == "coercion.not_confiscated"
    assert not Entry.objects.filter(event="coercion.handling_proposed").exists()
    # The list of a lifting can be typed over; what was never taken can't be given back.
    rows = [{**said.ITEMS[0], "number": "8"}]
    lifting = measure.draw("seizure_lifting", reason=said.LIFTING, items=rows)
    measure.sign_other(lifting, "recipient", measure.person)
    measure.sign(lifting, "officer", measure.handler, measure.second)
    assert refusal(measure.issue, lifting).code == "coercion.not_listed"
    measure.handler = "supervisor"
    assert refusal(proposed, measure, "destruction", "1").code == "permission.missing"
    measure.handler = "officer2"
    assert refusal(proposed, measure, "destruction", "1").code == "record.not_found"


def test_what_a_penalty_confiscates_is_taken_by_its_number_auctioned_and_recorded(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    words = replace(ROADSIDE, party=said.PARTY, person=measure.person)
    penalty = OrdinaryCase(measure.world, stopped, words=words)
    penalty.until_initiated()
    taking = {"kinds": ["confiscation"], "fine_fen": None, "proposed": "没收手推车。"}
    penalty.until_notified(penalty=taking)
    penalty.until_reviewed()
    penalty.until_decided()
    number = str(penalty.papers["penalty_decision"].number)
    # What a penalty takes from one is not taken from another.
    party = measure.case.parties.get()
    correct_party(
        actor=measure.world["handler"],
        party_id=party.id,
        given={**said.PARTY, "name": "虚构市另一样例公司"},
    )
    wrong = refusal(proposed, measure, "confiscation", "1", penalty_number=number)
    assert wrong.code == "coercion.not_confiscated"
    correct_party(actor=measure.world["handler"], party_id=party.id, given=said.PARTY)
    taken_away = measure.handle("confiscation", "1", penalty_number=number)
    assert taken_away.data["penalty_number"] == number
    assert outcome(measure, "things_taken_by_law") == "met"
    sale = {**DESTROYED, "disposal": "auction", "note": "公开拍卖，款项上缴国库。"}
    assert refusal(measure.carry_out, taken_away, **sale).code == "coercion.proceeds"
    measure.carry_out(taken_away, **sale, amount_fen=30_000, receipt_number="虚财票0009")
    record = measure.case.papers.get(type="confiscated_disposal_record")
    assert (record.data["decision_number"], record.data["proceeds"]) == (taken_away.number, 30_000)
    # What is left goes back; the confiscated cart is no more than decided on once.
    assert [row["number"] for row in measure.lift().data["items"]] == ["2"]
    assert refusal(proposed, measure, "destruction", "1").code == "paper.too_early"


def test_what_cannot_be_kept_is_sold_and_its_price_goes_back(measure: MeasureCase) -> None:
    sold = measure.handle("sale", "1", perishable="鲜活水产，两日内变质")
    assert state(measure)["1"] == ("seizure_handling", None)
    assert refusal(proposed, measure, "sale", "1", perishable="同上").code == "coercion.handled"
    sale = {"person": "虚构市示例拍卖行", "note": "公开变卖，款存本机关账户。"}
    assert refusal(measure.carry_out, sold, **sale).code == "coercion.proceeds"
    measure.carry_out(sold, **sale, amount_fen=52_000, receipt_number="虚票0001")
    assert outcome(measure, "measure_ended_in_time") == "pending"
    lifted = measure.lift()
    short = refusal(measure.carry_out, lifted, note="清点无误。", amount_fen=51_999)
    assert (short.code, short.data["least"]) == ("coercion.price", "520")
    measure.carry_out(lifted, note="退还铁锹四把和变卖款。", amount_fen=52_000)
    assert outcome(measure, "things_returned") == "met"
    # Neither the price nor its return is a fine that was collected.
    assert facts_of_case(measure.case.id).collections == ()


def test_carrying_out_is_recorded_once_after_the_decision_and_with_its_proofs(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    draft = proposed(measure, "destruction", "1")
    assert refusal(measure.carry_out, draft, **DESTROYED).code == "coercion.not_decided"
    measure.send(draft)
    measure.approve()
    by: dict[str, Any] = {"actor": measure.world[measure.handler], "paper_id": draft.id}
    done, now = Done(person="王承办", **DESTROYED), stopped()
    for at, code in (
        (now + dt.timedelta(seconds=1), "fine.in_future"),
        (now - dt.timedelta(days=1), "coercion.before_decision"),
    ):
        assert refusal(carry_out_handling, **by, done=done, done_at=at).code == code
    for changes, code in (
        ({"witness": ""}, "coercion.witness"),
        ({"place": ""}, "coercion.witness"),
        ({"disposal": "auction"}, "coercion.witness"),
        ({"note": ""}, "performance.empty"),
    ):
        assert refusal(measure.carry_out, draft, **{**DESTROYED, **changes}).code == code
    assert not measure.case.performances.exists()
    measure.carry_out(draft, **DESTROYED)
    assert refusal(measure.carry_out, draft, **DESTROYED).code == "coercion.carried_out"
    assert measure.case.performances.count() == 1


def test_a_withdrawn_lifting_frees_the_things_and_a_transfer_is_told_to_the_party(
    measure: MeasureCase,
) -> None:
    lifted = measure.lift()
    assert disposed_at(measure) is not NOT_YET
    withdraw_paper(actor=measure.world["unit_head"], paper_id=lifted.id, reason="列错物品")
    assert disposed_at(measure) is NOT_YET
    moved = measure.handle("transfer", "1", "2", receiver="虚构市示例区公安分局")
    assert outcome(measure, "transferred_things_told") == "pending"
    assert outcome(measure, "measure_ended_in_time") == "met"
    measure.serve_on(moved)
    assert outcome(measure, "transferred_things_told") == "met"
    measure.carry_out(moved, person="虚构市示例区公安分局 样例警官", note="随案移送。")
    assert outcome(measure, "handling_carried_out") == "met"


def test_things_are_auctioned_for_a_fine_that_stays_unpaid_after_its_reminder(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    world = measure.world
    fined = unpaid(world, stopped, party=said.PARTY)
    number = str(fined.papers.get(type="simple_decision").number)
    odd = refusal(proposed, measure, "auction", "1", fine_number="虚罚字〔2026〕第1号")
    assert (odd.code, odd.data["number"]) == ("coercion.no_fine", "虚罚字〔2026〕第1号")
    early = refusal(proposed, measure, "auction", "1", fine_number=number)
    assert "还没有催告" in early.data["missing"]
    stopped.move(days=20)
    enforcement = EnforcementCase(world, stopped)
    enforcement.open(fined)
    enforcement.remind()
    stopped.move(days=20)
    # With a power of its own the unit waits for more than thirty days of delay (46).
    runs = refusal(proposed, measure, "auction", "1", fine_number=number)
    assert "以后才能拍卖抵缴" in runs.data["missing"]
    give_powers(world, "measure")
    long = refusal(proposed, measure, "auction", "1", fine_number=number)
    assert early.code == runs.code == long.code == "law.forbids"
    give_powers(world, "measure", "enforcement")
    stopped.move(days=20)
    decided = measure.handle("auction", "1", fine_number=number)
    assert decided.data["fine_number"] == number
    assert outcome(measure, "things_auctioned_by_law") == "met"
    assert outcome(measure, "auctioneer_entrusted") == "pending"
    # What is recorded late of the fine counts as of the decision, without another word on it.
    give_powers(world, "measure")
    fined_by: dict[str, Any] = {"actor": world["handler"], "case_id": fined.id}
    before = clock.local_date(stopped()) - dt.timedelta(days=2)
    record_remedy(**fined_by, kind="review", body="虚构市人民政府", began_on=before)
    (handling,) = facts_of_case(measure.case.id).handlings or ()
    assert handling.is_fine_contested is True and handling.is_fine_open is True
    give_powers(world, "measure", "enforcement")
    end_remedy(**fined_by, ended_on=before, outcome="withdrawn", result="撤回申请。")

    sold: dict[str, Any] = {
        "note": "公开拍卖成交。",
        "amount_fen": 25_000,
        "receipt_number": "库0001",
    }
    sold |= {"person": "虚构市样例拍卖行", "paid_in_on": clock.local_date(stopped())}
    by: dict[str, Any] = {"actor": world[measure.handler], "paper_id": decided.id}
    assert refusal(carry_out_handling, **by, done=Done(**sold)).code == "coercion.unentrusted"
    assert refusal(entrust_auction, **by, auctioneer=" ").code == "coercion.auctioneer"
    letter = measure.issue(entrust_auction(**by, auctioneer="虚构市样例拍卖行"))
    assert [row["number"] for row in letter.data["items"]] == ["1"]
    again = refusal(entrust_auction, **by, auctioneer="虚构市样例拍卖行")
    assert again.code == "coercion.entrusted"
    assert outcome(measure, "auctioneer_entrusted") == "met"
    unpaid_in = Done(**{**sold, "paid_in_on": None})
    assert refusal(carry_out_handling, **by, done=unpaid_in).code == "coercion.proceeds"
    carry_out_handling(**by, done=Done(**sold))
    assert outcome(measure, "auction_proceeds_paid_in") == "met"
    # The price pays the fine of 100 yuan, then the 100 yuan that delay has cost; 50 go back.
    paid = fined.performances.order_by("performed_at", "purpose")
    assert [(one.purpose, one.amount_fen) for one in paid] == [("", 10_000), ("late", 10_000)]
    assert measure.case.facts["coercion"]["done"][str(decided.id)]["surplus_fen"] == 5_000
    assert refusal(proposed, measure, "auction", "2", fine_number=number).code == (
        "coercion.fine_paid"
    )
