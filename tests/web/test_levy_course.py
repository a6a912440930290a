"""The pages of a levy: what they refuse. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator

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
