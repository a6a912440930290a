"""A desk with drafts on it, for tests of the pages of papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from liuhen.cases.models import Case
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World, known_world
from liuhen.documents.models import Paper
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from tests.database import clone, point_at
from tests.web.conftest import Browser, browsers
from tests.world import MORNING

TEMPLATE = "liuhen_paper_desk"


@dataclass(frozen=True)
class PaperDesk:
    """An ordinary case after its investigation, with three unsigned drafts of its handler.

    `inquiry` records a questioning, `report` is the report of the investigation, `notice` the
    prior notice; `form` (of initiation) is issued.
    """

    world: World
    browser: Browser
    clock: FrozenClock
    case: Case

    def paper(self, type_key: str) -> Paper:
        """The newest paper of a type."""
        return Paper.objects.filter(case=self.case, type=type_key).latest("drawn_up_at", "id")

    def send(self, paper: Paper, page: str, who: str = "handler", **fields: Any) -> Any:
        """Post fields of a paper's form, each as seen at the present version unless told."""
        paper.refresh_from_db()
        seen = fields.pop("seen", paper.version)
        keys = dict.fromkeys(name.split(".")[0] for name in fields if not name.startswith("_"))
        data = {
            "_field": list(keys),
            **{f"_seen.{key}": seen for key in keys},
            "_known": seen,
            **fields,
        }
        return self.browser(who).post(f"/papers/{paper.id}/{page}", data)


def _tell(world: World, stopped: FrozenClock) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.until_initiated()
    stopped.move(days=1)
    ordinary.conclude()
    activity = ordinary.inquire()
    ordinary.draw("inquiry_record", activity, span=ordinary.span(activity))
    ordinary.draw("investigation_report")
    ordinary.draw("prior_notice")


@pytest.fixture(scope="session")
def paper_desk_template(cluster: Cluster, world_template: str) -> str:
    """A template database with the case, made once by acts."""
    clone(cluster, world_template, TEMPLATE)
    point_at(cluster.dsn(TEMPLATE, SERVER))
    with clock.frozen(MORNING) as stopped:
        _tell(known_world(), stopped)
    connection.close()
    return TEMPLATE


@pytest.fixture
def paper_desk(cluster: Cluster, paper_desk_template: str) -> Iterator[PaperDesk]:
    """A fresh copy of the desk, two days after the case began."""
    clone(cluster, paper_desk_template, "liuhen_one_paper_desk")
    point_at(cluster.dsn("liuhen_one_paper_desk", SERVER))
    with clock.frozen(MORNING + dt.timedelta(days=2)) as stopped:
        world = known_world()
        yield PaperDesk(world, browsers(world), stopped, Case.objects.get())
    connection.close()
