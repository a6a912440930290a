"""A fine on the spot, step by step, and what is refused on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pypdf
import pytest

from liuhen.actions import simple_procedure as steps
from liuhen.actions.fines import hand_in_fine
from liuhen.actions.minors import refuse_unlightened
from liuhen.actions.people import register_certificate
from liuhen.cases.identity import resident_check
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.demo.simple_case import PARTY, SimpleCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.vault.keeping import local_store


@pytest.fixture
def simple(world: World) -> SimpleCase:
    return SimpleCase(world)


def refusal(call: object, *args: object, **kwargs: object) -> Refused:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)  # type: ignore[operator]
    return refused.value


def until_decided(simple: SimpleCase, **decision: object) -> SimpleCase:
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide(**decision)
    return simple


def test_the_decision_is_numbered_frozen_in_the_vault_and_says_what_was_decided(
    simple: SimpleCase,
) -> None:
    until_decided(simple).sign()
    paper = simple.issue_and_serve()
    assert paper.number == "虚城管当罚字〔2026〕第1号"
    assert paper.original is not None
    text = "".join(
        page.extract_text()
        for page in pypdf.PdfReader(local_store().place(paper.original.sha256)).pages
    )
    for wanted in ("当场行政处罚决定书", "刘样例", "伍拾元", "虚证000001", "虚证000002"):
        assert wanted in text.replace("\n", "")


def test_one_officer_alone_is_refused(world: World) -> None:
    assert refusal(SimpleCase(world, second="officer").start).code == "officer.alone"


def test_an_officer_whose_certificate_has_expired_is_refused_from_that_day_on(
    world: World,
) -> None:
    last_day = dt.datetime(2028, 12, 31, 1, 0, tzinfo=dt.UTC)
    with clock.frozen(last_day) as stopped:
        SimpleCase(world).start()
        stopped.move(days=1)
        assert refusal(SimpleCase(world).start).code == "certificate.invalid"
        register_certificate(
            actor=world.system,
            person=world["officer"],
            number="虚证900001",
            issuer="虚构市人民政府",
            valid_from=dt.date(2029, 1, 1),
            valid_until=dt.date(2034, 1, 1),
        )
        assert refusal(SimpleCase(world).start).data["name"] == "李示例"


def test_a_person_without_the_office_of_officer_cannot_start(world: World) -> None:
    assert refusal(SimpleCase(world, officer="records").start).code == "permission.missing"


@pytest.mark.parametrize(
    ("kind", "fen", "is_allowed"),
    [
        ("person", 20_000, True),
        ("person", 20_001, False),
        ("organisation", 300_000, True),
        ("organisation", 300_001, False),
    ],
)
def test_the_fine_keeps_within_the_limit_of_the_simple_procedure(
    simple: SimpleCase, kind: str, fen: int, is_allowed: bool
) -> None:
    simple.start()
    simple.violation(party={**PARTY, "kind": kind})
    simple.notice()
    simple.waive()
    decision = {"penalty": ["fine"], "fine_fen": fen, "collection": "bank"}
    if is_allowed:
        assert simple.decide(**decision).data["amount"] == fen
    else:
        assert refusal(simple.decide, **decision).code == "fine.over_limit"


@pytest.mark.parametrize(("days", "is_allowed"), [(1, True), (0, False)])
def test_nobody_is_punished_up_to_the_fourteenth_birthday(
    simple: SimpleCase, days: int, is_allowed: bool
) -> None:
    today = clock.local_date(clock.now()) - dt.timedelta(days=days)
    digits = f"110105{today.replace(year=today.year - 14):%Y%m%d}002"
    simple.start()
    simple.violation(party={**PARTY, "identity_number": digits + resident_check(digits)})
    simple.notice()
    simple.waive()
    if is_allowed:
        assert simple.decide(penalty=["warning"]).state == "draft"
        # Under eighteen less: the reasons of an ordinary penalty have to say how.
        at, case = clock.now(), simple.case
        heavy = refusal(refuse_unlightened, case, at, None, "按一般情节处罚。")
        assert (heavy.code, heavy.data["age"]) == ("penalty.minor_unlightened", 18)
        refuse_unlightened(case, at, None, "未满十八周岁，从轻处罚。")
    else:
        assert refusal(simple.decide, penalty=["warning"]).code == "penalty.minor"


@pytest.mark.parametrize(("fen", "is_allowed"), [(10_000, True), (10_001, False)])
def test_a_small_fine_is_collected_on_the_spot_up_to_one_hundred_yuan(
    simple: SimpleCase, fen: int, is_allowed: bool
) -> None:
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    decision = {
        "penalty": ["fine"],
        "fine_fen": fen,
        "collection": "on_the_spot",
        "collection_ground": "small",
    }
    if is_allowed:
        simple.decide(**decision)
    else:
        assert refusal(simple.decide, **decision).code == "collection.over_limit"


def test_in_a_remote_place_a_fine_is_collected_because_the_party_asked_and_landed_in_time(
    simple: SimpleCase,
) -> None:
    for step in (simple.start, simple.violation, simple.notice, simple.waive):
        step()
    simple.decide(
        penalty=["fine"],
        fine_fen=15_000,
        collection="on_the_spot",
        collection_ground="remote",
    )
    simple.sign()
    simple.issue_and_serve()
    fine: dict[str, Any] = {"amount_fen": 15_000, "receipt": "虚财票000069"}
    assert refusal(simple.collect, **fine).code == "fine.unrequested"
    asked = "当事人称水库周边没有银行，手机没有信号，请求当场缴纳。"
    assert refusal(simple.collect, **fine, requested=asked).code == "fine.unrequested"
    paid = simple.collect(**fine, requested=asked, is_on_water=True)
    rules = ("spot_collection_allowed", "fine_handed_in", "fine_banked")
    assert [stands(simple, rule) for rule in rules] == ["met", "pending", ""]
    handed: dict[str, Any] = {"actor": simple.world["officer"], "performance_id": paid.id}
    assert refusal(hand_in_fine, **handed).code == "fine.landing"
    hand_in_fine(**handed, landed_at=clock.now())
    assert [stands(simple, rule) for rule in rules] == ["met", "met", "pending"]


def stands(simple: SimpleCase, rule: str) -> str:
    found = Finding.objects.filter(case=simple.case, rule=rule).first()
    return found.outcome if found else ""


def test_no_decision_before_the_party_was_told_and_heard(simple: SimpleCase) -> None:
    simple.start()
    assert refusal(simple.notice).code == "step.too_early"
    simple.violation()
    assert refusal(simple.waive).code == "step.too_early"
    simple.notice()
    assert refusal(simple.decide).code == "step.too_early"


def test_silence_is_not_a_waiver(simple: SimpleCase) -> None:
    simple.start()
    simple.violation()
    simple.notice()
    told = refusal(
        steps.record_statement,
        actor=simple.world["officer"],
        activity_id=simple.activity.id,
        form="silent",
    )
    assert told.code == "statement.form"


def test_a_defence_must_be_reviewed_with_a_reason_before_the_decision(simple: SimpleCase) -> None:
    simple.start()
    simple.violation()
    simple.notice()
    steps.record_statement(
        actor=simple.world["officer"],
        activity_id=simple.activity.id,
        form="oral",
        text="物料马上就运走。",
    )
    assert refusal(simple.decide).data["missing"] == "陈述申辩的复核"
    simple.defend(
        "物料马上就运走。", "rejected", "堆放已经妨碍通行，及时清除不影响违法行为的成立。"
    )
    assert simple.decide().data["is_adopted"] == "rejected"


def test_an_unsigned_decision_is_not_issued_and_a_refusal_to_sign_stands_in(
    simple: SimpleCase,
) -> None:
    until_decided(simple)
    assert refusal(simple.issue_and_serve).code == "paper.unsigned"
    simple.sign(refusal="当事人称先核实再签，拒绝签字后离开。")
    paper = simple.issue_and_serve()
    assert paper.state == Paper.State.ISSUED
    assert paper.original is not None
    read = pypdf.PdfReader(local_store().place(paper.original.sha256))
    printed = "".join(page.extract_text() for page in read.pages).replace("\n", "")
    assert "拒绝签名" in printed and "当事人称先核实再签" in printed
    duties = ("refusal_noted", "simple_paper_signed_by_party", "correction_ordered")
    found = Finding.objects.filter(subject_id=str(paper.id), rule__in=duties)
    assert {(one.rule, one.outcome) for one in found} == {(rule, "met") for rule in duties}


def test_numbers_have_no_hole_even_when_an_issue_is_refused(world: World) -> None:
    numbers = []
    for attempt in range(3):
        simple = until_decided(SimpleCase(world))
        if attempt == 1:
            assert refusal(simple.issue_and_serve).code == "paper.unsigned"
        simple.sign()
        numbers.append(simple.issue_and_serve().number)
    assert numbers == [f"虚城管当罚字〔2026〕第{n}号" for n in (1, 2, 3)]


def test_another_units_officer_does_not_see_the_case(world: World) -> None:
    simple = until_decided(SimpleCase(world))
    simple.officer = "handler"
    assert refusal(simple.notice).code == "record.not_found"


def test_an_activity_cannot_end_before_it_begins_or_in_the_future(simple: SimpleCase) -> None:
    start = simple.start().started_at
    assert refusal(simple.end, start).code == "activity.ends_before_start"
    later = start + dt.timedelta(minutes=1)
    assert refusal(simple.end, later).code == "activity.ends_in_future"
    with clock.frozen(later):
        assert simple.end(later).ended_at == later
        assert refusal(simple.violation).code == "activity.ended"
