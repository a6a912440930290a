"""Routes are dated data: the day and the circumstances of a case choose the offices."""

from __future__ import annotations

import datetime as dt

import pytest

from liuhen.approvals.queries import KIND_TITLES
from liuhen.approvals.routes import packaged_routes, route_for, routes_from_toml, substitutes_of
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.law.clauses import clauses
from liuhen.people.models import Office

DAY = dt.date(2026, 3, 10)
TABLE = routes_from_toml(
    """
[[route]]
kind = "decision"
case_kind = "penalty"
procedure = "*"
offices = ["unit_head"]
clause = "24.1"
since = 2026-01-01
until = 2026-03-10

[[route]]
kind = "decision"
case_kind = "penalty"
procedure = "*"
offices = ["unit_head", "authority_head"]
clause = "24.1"
since = 2026-03-10

[[route]]
kind = "decision"
case_kind = "*"
procedure = "*"
when = ["is_major"]
offices = ["authority_head"]
clause = "24.1"
since = 2026-01-01
"""
)


def offices(on: dt.date = DAY, kind: str = "decision", **circumstances: object) -> tuple[str, ...]:
    return route_for(
        kind,
        case_kind="penalty",
        procedure="ordinary",
        circumstances=circumstances,
        on=on,
        table=TABLE,
    ).offices


def test_a_route_ends_the_day_before_its_successor_begins() -> None:
    assert offices(DAY - dt.timedelta(days=1)) == ("unit_head",)
    assert offices(DAY) == ("unit_head", "authority_head")


def test_the_route_with_the_most_circumstances_is_taken_and_unknown_is_not_true() -> None:
    assert offices(is_major=True) == ("authority_head",)
    assert offices(is_major=None) == offices(is_major=False) == ("unit_head", "authority_head")


AMOUNTS = """
[[route]]
kind = "decision"
case_kind = "penalty"
procedure = "*"
offices = ["unit_head"]
clause = "24.1"
since = 2026-01-01

[[route]]
kind = "decision"
case_kind = "penalty"
procedure = "*"
least_fen = 5_000_000
offices = ["unit_head", "authority_head"]
clause = "24.1"
since = 2025-01-01
"""


@pytest.mark.parametrize(
    ("amount", "offices"), [(None, 1), (0, 1), (4_999_999, 1), (5_000_000, 2), (9_000_000, 2)]
)
def test_from_an_amount_on_another_route_is_taken_and_an_unknown_one_is_no_large_one(
    amount: int | None, offices: int
) -> None:
    found = route_for(
        "decision",
        case_kind="penalty",
        procedure="ordinary",
        circumstances={},
        on=DAY,
        amount_fen=amount,
        table=routes_from_toml(AMOUNTS),
    )
    assert len(found.offices) == offices


def test_without_a_route_the_request_is_refused() -> None:
    for on, kind in ((dt.date(2025, 12, 31), "decision"), (DAY, "closing")):
        with pytest.raises(Refused) as refused:
            offices(on, kind)
        assert refused.value.code == "approval.no_route"


def test_the_packaged_routes_name_offices_clauses_and_kinds_that_exist() -> None:
    for route in packaged_routes().routes:
        assert set(route.offices) <= set(Office.Kind.values), route
        assert set(route.offices) <= set(catalogue().offices), route
        assert route.clause in clauses(), route
        assert route.kind in KIND_TITLES, route


def test_no_office_stands_in_for_the_head_of_the_authority_or_the_leader() -> None:
    for office in ("authority_head", "commission_leader", "legal_reviewer"):
        assert substitutes_of(office) == ()
