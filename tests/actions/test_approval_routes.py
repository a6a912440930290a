"""Routes of approval the authority sets: lawful, answerable, dated; old ones stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.actions.approval_routes import set_approval_route, withdraw_approval_route
from liuhen.actions.deputising import end_office
from liuhen.approvals.models import Approval, RouteVersion
from liuhen.approvals.route_versions import routes_on
from liuhen.approvals.routes import packaged_routes, route_for
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.people.models import Office
from tests.actions.ordinary import refusal

DAY = dt.date(2026, 3, 10)
KEY = "decision.penalty.ordinary"
HEADS = ["unit_head", "authority_head"]
MAJOR = ["unit_head", "deputy_in_charge", "authority_head"]


def row(offices: list[str], *when: str, least_fen: int = 0) -> dict[str, Any]:
    return {"offices": offices, "when": list(when), "least_fen": least_fen}


LAWFUL = [row(HEADS), row(MAJOR, "is_major"), row(MAJOR, least_fen=500_000_00)]


def given(world: World, who: str = "head", key: str = KEY, **more: Any) -> dict[str, Any]:
    told = {"rows": LAWFUL, "valid_from": DAY, "reason": "本机关审批规定", **more}
    return {"actor": world[who], "key": key, **told}


def asked(on: dt.date, amount_fen: int = 0) -> tuple[str, ...]:
    return route_for(
        "decision",
        case_kind="penalty",
        procedure="ordinary",
        circumstances={},
        on=on,
        amount_fen=amount_fen,
        table=routes_on(on),
    ).offices


def test_a_version_holds_from_its_day_and_the_product_stands_again_once_it_is_withdrawn(
    world: World, stopped: FrozenClock
) -> None:
    later = DAY + dt.timedelta(days=9)
    first = set_approval_route(**given(world, valid_from=later))
    assert asked(later - dt.timedelta(days=1), 500_000_00) == tuple(HEADS)
    assert asked(later, 500_000_00) == tuple(MAJOR)
    assert asked(later, 499_999_99) == tuple(HEADS)
    assert refusal(set_approval_route, **given(world)).code == "approval_route.same"
    again = {"key": KEY, "valid_from": later, "reason": "试行期满"}
    assert withdraw_approval_route(actor=world["head"], **again).number == 2  # type: ignore[arg-type]
    assert asked(later, 500_000_00) == tuple(HEADS)
    assert RouteVersion.objects.get(id=first.id).rows == LAWFUL
    gone = refusal(withdraw_approval_route, actor=world["head"], **again)
    assert gone.code == "approval_route.not_set"


def test_no_route_leaves_out_who_the_law_asks(world: World, stopped: FrozenClock) -> None:
    """Rows, and how the refusal is called."""
    backwards = row(["authority_head", "unit_head"])
    unlawful = (
        [row(["unit_head"]), row(MAJOR, "is_major")],
        [backwards, row(MAJOR, "is_major")],
        [row(HEADS)],  # a major case without the leader in charge
        [row(MAJOR, "is_major")],
    )
    unsound: tuple[list[dict[str, Any]], ...] = (
        [row(["unit_head", "unit_head", "authority_head"])],
        [row(["officer", *MAJOR])],
        [row(MAJOR), row(MAJOR)],
        [row(MAJOR, "is_raining")],
        [row([])],
        [],
    )
    for code, tried in (("unlawful", unlawful), ("unsound", unsound)):
        for rows in tried:
            found = refusal(set_approval_route, **given(world, rows=rows))
            assert found.code == f"approval_route.{code}", rows
    assert not RouteVersion.objects.exists()
    set_approval_route(**given(world, rows=[row(MAJOR)]))
    more = [row(HEADS), row(MAJOR, "is_major"), row(HEADS, least_fen=1)]
    set_approval_route(**given(world, rows=more))


def test_who_may_set_what_and_from_when(world: World, stopped: FrozenClock) -> None:
    for key, code in (
        ("recording_extension.*.*", "approval_route.fixed"),
        ("legality_review.*.*", "approval_route.fixed"),
        ("lunch.*.*", "approval_route.unknown"),
    ):
        assert refusal(set_approval_route, **given(world, key=key)).code == code
    yesterday = DAY - dt.timedelta(days=1)
    past = refusal(set_approval_route, **given(world, valid_from=yesterday))
    assert past.code == "approval_route.past"
    assert refusal(set_approval_route, **given(world, reason=" ")).code == "reason.missing"
    assert refusal(set_approval_route, **given(world, who="legal")).code == "permission.missing"


def test_every_office_is_held_and_by_another_person(world: World, stopped: FrozenClock) -> None:
    doubled = [row(["unit_head", "department_head", "deputy_in_charge", "authority_head"])]
    twice = refusal(set_approval_route, **given(world, rows=doubled))
    assert (twice.code, twice.data["offices"]) == ("approval_route.same_person", "所属部门负责人")
    held = Office.objects.get(kind="deputy_in_charge", until=None)
    end_office(actor=world["security"], office_id=held.id, reason="调离")
    nobody = refusal(set_approval_route, **given(world))
    assert (nobody.code, nobody.data["office"]) == (
        "approval_route.vacant",
        "分管行政执法机构负责同志",
    )


def test_a_request_keeps_the_route_it_was_made_by(ordinary: OrdinaryCase) -> None:
    key = "initiation.penalty.ordinary"
    law = packaged_routes().rows(key)[0]
    longer = ["unit_head", "legal_reviewer", "deputy_in_charge", "authority_head"]
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    ordinary.ask_initiation()
    set_approval_route(**given(ordinary.world, key=key, rows=[row(longer)]))
    assert Approval.objects.get(kind="initiation").route == list(law.offices)
