"""A suspected breach is decided by its elements, ordered put right, answered, checked, reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from liuhen.actions import accountability, correcting
from liuhen.actions.people import appoint
from liuhen.actions.suspecting import register_suspicion
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase, ink
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.oversight.elements import Answer, elements_of, is_established
from liuhen.oversight.models import CorrectionOrder, Suspicion
from liuhen.oversight.queries import open_orders, unreported_suspicions, visible_suspicions
from liuhen.vault.keeping import local_store
from tests.world import MORNING

DUE = dt.date(2026, 3, 20)


def code(act: Callable[..., object], **told: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**told)
    return refused.value.code


def registered(world: World, item: int = 1, **changed: Any) -> Suspicion:
    told: dict[str, Any] = {
        "ground": "现场检查没有录像。",
        "unit": world.units["ZD1"],
        "item": item,
    }
    return register_suspicion(actor=world["supervisor"], **{**told, **changed})


def answers(item: int, **changed: str) -> dict[str, dict[str, str]]:
    said = {str(one): "yes" for one in elements_of(item)} | {"circumstances": "no"} | changed
    return {key: {"answer": answer, "reason": "有材料为证"} for key, answer in said.items()}


def decide(world: World, found: Suspicion, **changed: str) -> Suspicion:
    return correcting.decide_suspicion(
        actor=world["supervisor"], suspicion_id=found.id, elements=answers(found.item, **changed)
    )


@pytest.fixture
def order(world: World) -> CorrectionOrder:
    """An established breach, ordered to be put right by the twentieth."""
    found = decide(world, registered(world))
    return correcting.order_correction(
        actor=world["supervisor"], suspicion_id=found.id, demand="补正记录制度", due_on=DUE
    )


def answer(world: World, order: CorrectionOrder, **changed: Any) -> CorrectionOrder:
    told: dict[str, Any] = {
        "done": "已经补充说明。",
        "measures": "出勤前检查设备。",
        "strokes": ink(2),
    }
    return correcting.answer_correction(
        actor=world["unit_head"], order_id=order.id, **{**told, **changed}
    )


def words_of(sha256: str | None) -> str:
    pages = pypdfium2.PdfDocument(str(local_store().place(str(sha256))))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    return "".join(text.split())


@pytest.mark.parametrize(
    ("item", "makes"),
    [
        (1, {"conduct"}),
        (2, {"conduct", "consequence"}),
        (3, {"conduct", "intent"}),
        (4, {"conduct", "loss", "consequence"}),
        (5, {"conduct"}),
        (6, {"conduct", "consequence"}),
    ],
)
def test_each_situation_stands_with_all_its_elements_and_falls_with_any(
    item: int, makes: set[str]
) -> None:
    assert {*map(str, elements_of(item))} == makes | {"circumstances"}
    told: dict[str, str] = dict.fromkeys(makes, Answer.YES)
    assert is_established(item, told) is True
    for one in makes:
        assert is_established(item, told | {one: Answer.UNKNOWN}) is None
        assert is_established(item, told | {one: Answer.NO}) is False
        assert is_established(item, {key: told[key] for key in makes - {one}}) is None


def test_what_is_not_established_yet_stays_open_and_is_decided_again(world: World) -> None:
    found = registered(world, item=2)
    opened = decide(world, found, consequence="unknown")
    assert (opened.outcome, opened.is_serious) == ("", None)
    assert opened.elements["consequence"]["answer"] == "unknown"
    assert decide(world, found, consequence="no").outcome == Suspicion.Outcome.DISMISSED
    assert code(decide, world=world, found=found) == "breach.decided"
    late: dict[str, Any] = {
        "actor": world["supervisor"],
        "suspicion_id": found.id,
        "demand": "x",
        "due_on": DUE,
    }
    assert code(correcting.order_correction, **late) == "breach.not_established"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"conduct": {"answer": "maybe", "reason": "x"}}, "breach.element"),
        ({"conduct": {"answer": "yes", "reason": " "}}, "breach.reason"),
        ({"circumstances": {}}, "breach.element"),
    ],
)
def test_every_element_is_answered_with_its_reason(
    world: World, changed: dict[str, Any], refusal: str
) -> None:
    found = registered(world)
    told: dict[str, Any] = {"actor": world["supervisor"], "suspicion_id": found.id}
    elements = {**answers(1), **changed}
    assert code(correcting.decide_suspicion, **told, elements=elements) == refusal
    found.refresh_from_db()
    assert found.elements == {}


def test_an_order_goes_out_sealed_is_answered_signed_and_closed(
    world: World, order: CorrectionOrder
) -> None:
    told = words_of(order.paper_id)
    assert order.number in told and "补正记录制度" in told and "现场检查没有录像" in told
    assert "《行政执法全过程记录实施办法》第四十七条" in told
    assert [one.id for one in open_orders(world["unit_head"])] == [order.id]
    early: dict[str, Any] = {
        "actor": world["supervisor"],
        "order_id": order.id,
        "is_settled": True,
        "note": "x",
    }
    assert code(correcting.check_correction, **early) == "correction.unanswered"
    answered = answer(world, order)
    assert "出勤前检查设备" in words_of(answered.answer_id)
    assert code(answer, world=world, order=order) == "correction.step"
    closed = correcting.check_correction(**{**early, "note": "属实"})
    assert (closed.step, closed.is_settled) == ("done", True)
    assert not open_orders(world["unit_head"]).exists()
    assert code(correcting.check_correction, **early) == "correction.step"
    kept = Entry.objects.filter(event__startswith="correction.").order_by("recorded_at", "id")
    assert {one.event for one in kept} == {
        *("correction.ordered", "correction.answered", "correction.checked")
    }


def test_what_is_not_put_right_is_ordered_again_with_a_new_day(
    world: World, order: CorrectionOrder
) -> None:
    answer(world, order)
    again: dict[str, Any] = {
        "actor": world["supervisor"],
        "order_id": order.id,
        "is_settled": False,
        "note": "仍缺检查记录",
    }
    assert code(correcting.check_correction, **again) == "correction.due"
    order.refresh_from_db()
    assert order.step == "check"
    anew = correcting.check_correction(**again, due_on=dt.date(2026, 3, 31))
    assert (anew.follows_id, anew.demand, anew.step) == (order.id, "仍缺检查记录", "answer")
    assert anew.number != order.number


def test_a_unit_that_lets_the_day_pass_is_only_ordered_again(
    world: World, order: CorrectionOrder
) -> None:
    told: dict[str, Any] = {"actor": world["supervisor"], "order_id": order.id, "note": "没有报告"}
    new_day = dt.date(2026, 3, 31)
    with clock.frozen(order.due_at):
        late: dict[str, Any] = {**told, "is_settled": False, "due_on": new_day}
        assert code(correcting.check_correction, **late) == "correction.unanswered"
    with clock.frozen(order.due_at + dt.timedelta(milliseconds=2)):
        settled = {**told, "is_settled": True}
        assert code(correcting.check_correction, **settled) == "correction.unanswered"
        assert correcting.check_correction(**late).due_on == new_day


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"demand": " "}, "correction.demand"),
        ({"due_on": dt.date(2026, 3, 10)}, "correction.due"),
        ({"due_on": dt.date(2026, 3, 9)}, "correction.due"),
    ],
)
def test_an_order_says_what_and_by_a_day_to_come(
    world: World, changed: dict[str, Any], refusal: str
) -> None:
    found = decide(world, registered(world))
    told: dict[str, Any] = {
        "actor": world["supervisor"],
        "suspicion_id": found.id,
        "demand": "改",
        "due_on": DUE,
    }
    assert code(correcting.order_correction, **{**told, **changed}) == refusal
    assert not CorrectionOrder.objects.exists()
    tomorrow: dict[str, Any] = {**told, "due_on": dt.date(2026, 3, 11)}
    correcting.order_correction(**tomorrow)
    assert code(correcting.order_correction, **tomorrow) == "correction.ordered"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"done": " "}, "correction.incomplete"),
        ({"measures": ""}, "correction.incomplete"),
        ({"strokes": []}, "signature.empty"),
    ],
)
def test_an_answer_is_whole_and_signed(
    world: World, order: CorrectionOrder, changed: dict[str, Any], refusal: str
) -> None:
    assert code(answer, world=world, order=order, **changed) == refusal


def test_only_the_head_of_the_unit_answers(world: World, order: CorrectionOrder) -> None:
    told: dict[str, Any] = {"order_id": order.id, "done": "x", "measures": "x", "strokes": ink(1)}
    appoint(actor=world.system, person=world["legal"], kind="unit_head", unit=world.units["FZ"])
    assert code(correcting.answer_correction, actor=world["legal"], **told) == "record.not_found"
    appoint(actor=world.system, person=world["head"], kind="unit_head", unit=world.units["JG"])
    assert code(correcting.answer_correction, actor=world["head"], **told) == (
        "correction.not_yours"
    )


def test_nobody_handles_their_own(world: World) -> None:
    supervisor = world["supervisor"]
    simple = SimpleCase(world)
    simple.start()
    officer = world["officer"]
    appoint(actor=world.system, person=officer, kind="supervisor")
    of_case = registered(world, unit=None, case_number=simple.case.number)
    own = {
        "by the case they carried": (officer, of_case),
        "by name": (supervisor, registered(world, person=supervisor)),
        "by their unit": (supervisor, registered(world, unit=world.units["FZ"])),
    }
    for why, (actor, found) in own.items():
        told: dict[str, Any] = {"actor": actor, "suspicion_id": found.id, "elements": answers(1)}
        assert code(correcting.decide_suspicion, **told) == "breach.own", why
    assert decide(world, of_case).outcome == Suspicion.Outcome.ESTABLISHED


@pytest.mark.parametrize("who", ["officer", "legal", "records", "operator", "unit_head", "head"])
def test_only_supervision_decides(world: World, who: str) -> None:
    found = registered(world)
    told: dict[str, Any] = {"actor": world[who], "suspicion_id": found.id, "elements": answers(1)}
    assert code(correcting.decide_suspicion, **told) == "permission.missing"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"item": 7}, "suspicion.item"),
        ({"ground": " "}, "suspicion.ground"),
        ({"unit": None}, "suspicion.concerns"),
        ({"case_number": "没有这个案号"}, "record.not_found"),
    ],
)
def test_a_registration_says_what_and_whom(
    world: World, changed: dict[str, Any], refusal: str
) -> None:
    assert code(registered, world=world, **changed) == refusal
    assert not Suspicion.objects.exists()


def test_a_suspicion_of_no_case_is_seen_by_supervision_and_the_units_head(world: World) -> None:
    registered(world)
    for who, count in {"supervisor": 1, "unit_head": 1, "officer": 0, "archivist": 0}.items():
        assert visible_suspicions(world[who]).count() == count


def test_serious_and_repeated_breaches_are_reported_once_and_the_leaders_decide(
    world: World, order: CorrectionOrder
) -> None:
    supervisor = world["supervisor"]
    told: dict[str, Any] = {"actor": supervisor, "opinion": "建议约谈负责人。"}
    assert not unreported_suspicions(supervisor).exists(), "the first one is neither"
    assert code(accountability.report_accountability, **told) == "accountability.nothing"
    again = decide(world, registered(world))
    other = decide(world, registered(world, item=5))
    grave = decide(world, registered(world, item=6), circumstances="yes")
    assert (again.is_repeated, other.is_repeated, grave.is_repeated) == (True, False, False)
    assert code(accountability.report_accountability, **{**told, "opinion": " "}) == (
        "accountability.opinion"
    )
    report = accountability.report_accountability(**told)
    assert {one.id for one in report.suspicions.all()} == {again.id, grave.id}
    text = words_of(report.paper_id)
    assert report.number in text and "建议约谈负责人" in text and "一年内再次发生" in text
    assert code(accountability.report_accountability, **told) == "accountability.nothing"
    deciding: dict[str, Any] = {
        "actor": world["head"],
        "report_id": report.id,
        "decision": "约谈。",
    }
    unsaid = {**deciding, "decision": ""}
    assert code(accountability.decide_accountability, **unsaid) == "reason.missing"
    assert accountability.decide_accountability(**deciding).decided_by == world["head"]
    assert code(accountability.decide_accountability, **deciding) == "accountability.decided"


@pytest.mark.parametrize(("days", "is_repeated"), [(364, True), (366, False)])
def test_a_breach_is_repeated_within_a_year(world: World, days: int, is_repeated: bool) -> None:
    first = decide(world, registered(world))
    assert first.is_repeated is False
    with clock.frozen(MORNING + dt.timedelta(days=days)):
        assert decide(world, registered(world)).is_repeated is is_repeated


def test_a_leader_decides_no_report_about_their_own_unit(world: World) -> None:
    mine = registered(world, unit=world.units["JG"])
    decide(world, mine, circumstances="yes")
    report = accountability.report_accountability(actor=world["supervisor"], opinion="约谈。")
    told: dict[str, Any] = {"actor": world["head"], "report_id": report.id, "decision": "不追究。"}
    assert code(accountability.decide_accountability, **told) == "breach.own"
