"""Cases of coercion and levy for tests, with footage or without. Not a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from liuhen.cases.models import Activity, Case
from liuhen.compliance.models import Finding
from liuhen.demo.coercion_case import StagedCase
from liuhen.demo.footage import film
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.clock import FrozenClock


def camera_of(world: World, stopped: FrozenClock) -> Callable[[Activity], object]:
    """Everything is filmed and handed in within the hour."""

    def camera(activity: Activity) -> None:
        film(world, activity, officer="handler", returned_at=stopped())

    return camera


def wanting(desk: StagedCase) -> set[str]:
    """What the text finds wanting now: "rule outcome"; met duties left out."""
    rows = Finding.objects.filter(case=desk.case, column="text")
    return {
        f"{row.rule} {row.outcome}" for row in rows.exclude(outcome__in=("met", "not_applicable"))
    }


def outcome(desk: StagedCase, rule: str) -> str:
    """How one duty of the case stands."""
    return Finding.objects.get(case=desk.case, rule=rule).outcome


def unpaid(
    world: World,
    stopped: FrozenClock,
    *,
    fine_fen: int = 10_000,
    party: dict[str, str] | None = None,
    decision: dict[str, Any] | None = None,
) -> Case:
    """A fine of the simple procedure to be paid at the bank, served and not paid; or what else a
    `decision` asks for and nobody did."""
    simple = SimpleCase(world, officer="handler", second="officer")
    fine = {"penalty": ["fine"], "fine_fen": fine_fen, "collection": "bank"}
    told = partial(simple.violation, party)
    for step in (simple.start, told, simple.notice, simple.waive):
        step()
        stopped.move(seconds=5)
    simple.decide(**(decision or fine))
    simple.sign()
    simple.issue_and_serve()
    stopped.move(seconds=5)
    simple.end()
    return simple.case
