"""One ordinary case, kept as it stood at each of its moments, for tests of pages. Not a test.

The case is lived once by real acts; at every moment the database is kept as a template, so that a
test begins where it needs to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.test import Client

from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.demo.footage import film, photograph
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World, known_world
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import SERVER
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import resumed
from tests.database import clone, point_at
from tests.world import MORNING

Browser = Callable[[str], Client]


@dataclass(frozen=True)
class Ordinary:
    """A fresh copy of the case at a moment; the clock stands a minute later."""

    world: World
    browser: Browser
    clock: FrozenClock
    story: OrdinaryCase

    @property
    def case(self) -> Case:
        """The case as it stands now."""
        return Case.objects.get()

    @property
    def asked(self) -> Approval:
        """The one open request."""
        return Approval.objects.get(outcome="")


def _checked(story: OrdinaryCase) -> None:
    story.register()
    story.assign()
    story.clock.move(hours=2)
    story.check()
    story.party()


def _investigated(story: OrdinaryCase) -> None:
    story.clock.move(hours=1)
    story.initiate()
    story.clock.move(days=1)
    story.inspect(refusal="现场人员称须请示负责人，拒绝签字。")
    story.inquire()


def _noticed(story: OrdinaryCase) -> None:
    story.notify()
    story.clock.move(hours=1)
    story.serve("prior_notice")


def _heard(story: OrdinaryCase) -> None:
    story.clock.move(days=1)
    story.hear()


def _asked_to_review(story: OrdinaryCase) -> None:
    story.review_defence()
    story.clock.move(hours=2)
    story.ask_review()


def _asked_to_decide(story: OrdinaryCase) -> None:
    story.discuss()
    story.clock.move(days=1)
    story.ask_decision()


def _performed(story: OrdinaryCase) -> None:
    story.serve("penalty_decision")
    story.clock.move(days=2)
    story.pay()


def _camera(story: OrdinaryCase) -> Callable[[Activity], object]:
    """What must be filmed is; of the other activities a picture shows the act."""

    def take(activity: Activity) -> object:
        shot = film if activity.kind == "inspection" else photograph
        return shot(story.world, activity, officer="handler", returned_at=story.clock())

    return take


MOMENTS: tuple[tuple[str, Callable[[OrdinaryCase], object]], ...] = (
    ("checked", _checked),
    ("investigated", _investigated),
    ("reported", OrdinaryCase.conclude),
    ("noticed", _noticed),
    ("heard", _heard),
    ("asked_to_review", _asked_to_review),
    ("reviewed", OrdinaryCase.review),
    ("asked_to_decide", _asked_to_decide),
    ("approved", OrdinaryCase.approve_decision),
    ("decided", OrdinaryCase.decide),
    ("performed", _performed),
    ("closed", OrdinaryCase.close),
)
Kept = dict[str, tuple[str, dt.datetime]]


def lived(cluster: Cluster, world_template: str) -> Kept:
    """Live the case; by moment, the template that keeps it and its instant."""
    working = "liuhen_ordinary_life"
    clone(cluster, world_template, working)
    kept: Kept = {}
    with clock.frozen(MORNING) as stopped:
        point_at(cluster.dsn(working, SERVER))
        story = OrdinaryCase(known_world(), stopped)
        story.camera = _camera(story)
        for name, live in MOMENTS:
            point_at(cluster.dsn(working, SERVER))
            live(story)
            connection.close()
            clone(cluster, working, f"liuhen_ordinary_{name}")
            kept[name] = (f"liuhen_ordinary_{name}", stopped.instant)
            stopped.move(minutes=1)
    return kept


@contextmanager
def standing(
    cluster: Cluster, kept: Kept, moment: str, browsers: Callable[[World], Browser]
) -> Iterator[Ordinary]:
    """The case as it stood at a moment, to be worked on."""
    template, instant = kept[moment]
    name = "liuhen_one_ordinary"
    clone(cluster, template, name)
    point_at(cluster.dsn(name, SERVER))
    with clock.frozen(instant + dt.timedelta(minutes=1)) as stopped:
        world = known_world()
        yield Ordinary(world, browsers(world), stopped, resumed(world, stopped))
    connection.close()
