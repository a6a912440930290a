"""Ordinary cases for tests: the driver with footage or without. Not a test."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import connection

from liuhen.cases.models import Activity, Lead
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_desk import Desk
from liuhen.demo.people import World
from liuhen.documents.models import Paper
from liuhen.host.postgres import Cluster
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from tests.database import clone
from tests.world import MORNING


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> Refused:
    """What a call is refused with."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value


_INITIATED = "liuhen_initiated"


@dataclass
class Remembered(OrdinaryCase):
    """A case whose way to its initiation is lived once by each worker; then it is copied.

    Only from the world's morning on and where nothing else happened; else it is lived anew.
    """

    cluster: Cluster | None = None
    lived: ClassVar[tuple[tuple[Lead, dict[str, Paper]], dt.datetime] | None] = None

    def until_initiated(self) -> None:
        if self.cluster is None or self.camera or self.clock() != MORNING or not _is_untouched():
            super().until_initiated()
            return
        database = str(connection.settings_dict["NAME"])
        if Remembered.lived is None:
            super().until_initiated()
            clone(self.cluster, database, _INITIATED)
            Remembered.lived = copy.deepcopy((self.lead, self.papers)), self.clock()
            return
        clone(self.cluster, _INITIATED, database)
        (self.lead, self.papers), instant = copy.deepcopy(Remembered.lived)
        self.clock.set(instant)


def _is_untouched() -> bool:
    """Whether the world is as it was founded, and nobody else is at work in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        others = cursor.fetchone()[0]
    return others == 0 and not Entry.objects.filter(recorded_at__gte=MORNING).exists()


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
