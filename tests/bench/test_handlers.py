"""What the people of the benchmarks type in is taken: each of their cases can be decided."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template.loader import render_to_string
from tests.world import MORNING

from liuhen.bench.handlers import _not_as_it_should, _steps, identity_number
from liuhen.cases.identity import is_resident_number
from liuhen.demo.people import World
from liuhen.demo.simple_case import PARTY, SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.web.refusals import refusal_context


def _decide_at_once(world: World, *parties: dict[str, str]) -> None:
    """Cases of the same minutes, each at another place, decided one after the other."""
    with clock.frozen(MORNING) as stopped:
        cases = [SimpleCase(world, place=f"样板路{number}号") for number in range(len(parties))]
        for case, party in zip(cases, parties, strict=True):
            case.start()
            case.violation(party)
            case.notice()
            case.waive()
        for case in cases:
            stopped.move(minutes=1)
            case.decide()
            case.sign()
            case.issue_and_serve()


def _party(number: int) -> dict[str, str]:
    facts = dict(_steps(number))["facts"]
    return {key: facts[f"party_{key}"] for key in PARTY}


def test_cases_of_the_same_minutes_are_of_different_persons_so_that_each_can_be_decided(
    world: World,
) -> None:
    _decide_at_once(world, *map(_party, (1, 2, 901)))


def test_whether_one_person_is_fined_again_for_one_act_an_officer_does_not_decide(
    world: World,
) -> None:
    with pytest.raises(Refused) as refused:
        _decide_at_once(world, PARTY, PARTY)
    assert refused.value.code == "law.forbids"
    assert refused.value.data["article"] == "《行政处罚法》第二十九条"


def test_a_refusal_is_told_by_its_code_so_that_its_reason_is_known() -> None:
    told = {"refusal": refusal_context(Refused("case.incomplete"))}
    page = render_to_string("parts/refusal.html", told).encode()
    path = f"/simple/{new_id()}/decision/"
    said = _not_as_it_should(path, 409, page)
    assert said == "/simple/…/decision/ answered 409 case.incomplete"
    assert _not_as_it_should(path, 502, b"away").endswith("answered 502 away")


def test_every_number_is_somebody_elses_and_well_formed() -> None:
    numbers = [identity_number(one) for one in (0, 899, 900, 99_999)]
    assert len(set(numbers)) == len(numbers)
    assert all(is_resident_number(one, on=dt.date(2026, 1, 1)) for one in numbers)
