"""Ordinary cases for tests: the driver with footage or without. Not a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liuhen.cases.models import Activity, Lead
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_desk import Desk
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> Refused:
    """What a call is refused with."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value


def filmed(world: World, stopped: FrozenClock) -> OrdinaryCase:
    """A case whose activities are all filmed and handed in within the hour."""

    def camera(activity: Activity) -> None:
        film(world, activity, officer="handler", returned_at=stopped())

    return OrdinaryCase(world, stopped, camera=camera)


def noticed(ordinary: OrdinaryCase) -> None:
    """As far as the notice that offers a hearing, in the party's hands."""
    ordinary.until_initiated()
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.notify()
    ordinary.serve("prior_notice")


def resumed(world: World, stopped: FrozenClock) -> OrdinaryCase:
    """The one case of the database, to go on with as it stands."""
    ordinary = OrdinaryCase(world, stopped)
    ordinary.lead = Lead.objects.get()
    papers = ordinary.case.papers.order_by("drawn_up_at")
    ordinary.papers = {paper.type: paper for paper in papers}
    return ordinary


def findings(ordinary: Desk) -> set[str]:
    """What the text finds wanting now: "clause rule outcome"; met duties left out."""
    rows = Finding.objects.filter(case=ordinary.case, column="text")
    wanting = rows.exclude(outcome__in=("met", "not_applicable"))
    return {f"{row.clause} {row.rule} {row.outcome}" for row in wanting}
