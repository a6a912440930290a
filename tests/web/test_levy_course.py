"""A levy through its pages: assessed, approved, decided, served, paid, the archived package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.cases.models import Case
from liuhen.demo import coercion_words as said
from liuhen.demo.people import World
from liuhen.kernel import clock
from tests.web.clerk import Clerk
from tests.web.conftest import Browser
from tests.world import MORNING

OPENED = {
    "cause": "征收城市生活垃圾处理费",
    "place": said.PARTY["address"],
    "initiation": "ex_officio",
    **said.PARTY,
}
ASSESSED = {
    **{key: str(value) for key, value in said.LEVY.items() if key != "amount_fen"},
    "amount": "1800.00",
    "pay_by": "2026-04-10",
}


@pytest.fixture
def clerk(world: World, browser: Browser) -> Iterator[Clerk]:
    with clock.frozen(MORNING) as stopped:
        yield Clerk(world, browser, stopped)


def test_a_levy_goes_from_its_opening_to_the_archived_package(clerk: Clerk, tmp_path: Path) -> None:
    clerk.post("levy_open", {**OPENED, "officers": clerk.officers})
    clerk.post("levy_assess", ASSESSED, clerk.case.id)
    form = clerk.draw("other_decision_approval")
    clerk.fill(form, handler_opinion="事实清楚，建议征收。")
    clerk.approve(form)
    decision = clerk.issue(clerk.draw("levy_decision"))
    clerk.serve(decision, receiver="representative")
    assert "已送达" in clerk.page("case_course")
    clerk.clock.move(days=3)
    paid = {"amount": "1800.00", "receipt_number": "虚财票300001"}
    clerk.post("case_performance", paid, clerk.case.id)
    assert "没有妨碍结案的事项" in clerk.page("case_closing")
    clerk.archive(summary="征收决定送达后缴清。", reason="performed", number="虚档2026-0103")
    assert clerk.case.stage == "hand_over"
    page = clerk.page("case_course")
    assert "起草" not in page and "申请法院" not in page  # nothing more is done, nor shown undone
    assert clerk.packed(tmp_path / "package")


def test_what_is_wrong_in_the_assessment_is_said_and_nothing_typed_is_lost(
    clerk: Clerk,
) -> None:
    clerk.post("levy_open", {**OPENED, "officers": clerk.officers})
    early = {**ASSESSED, "pay_by": "2026-03-10"}
    page = clerk.refused("levy_assess", early, clerk.case.id)
    assert "缴纳期限要在今天以后" in page and ASSESSED["facts"] in page
    page = clerk.refused("levy_assess", {**ASSESSED, "amount": "abc"}, clerk.case.id)
    assert ASSESSED["basis"] in page
    assert "levy" not in clerk.case.facts


def test_two_officers_are_asked_for_before_a_levy_is_opened(clerk: Clerk) -> None:
    alone = {**OPENED, "officers": clerk.officers[:1]}
    assert "两人" in clerk.refused("levy_open", alone)
    assert not Case.objects.exists()
