"""The pages of a levy: what they refuse. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.demo import coercion_words as said
from liuhen.demo.coercion_case import LevyCase
from liuhen.demo.people import World
from liuhen.kernel import clock
from tests.web.clerk import Clerk
from tests.web.conftest import Browser
from tests.world import MORNING

LABEL = '<p class="lh-next-label">'
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


def test_the_first_page_asks_for_the_decision_in_public_and_then_says_where_it_stands(
    world: World, clerk: Clerk
) -> None:
    levy = LevyCase(world, clerk.clock)
    levy.open()
    levy.assess()
    assert "结果公开" not in clerk.page("case")
    levy.decide()
    assert "尚未公开，应当在决定作出后20个工作日内" in clerk.page("case")
    levy.pay()
    page = clerk.page("case")
    assert (
        f"{LABEL}公开征收决定" in page and reverse("case_publication", args=[levy.case.id]) in page
    )
    levy.publish()
    page = clerk.page("case")
    assert "2026年3月10日公开，虚构市城市管理委员会网站执法公示栏" in page
    assert f"{LABEL}公开征收决定" not in page
