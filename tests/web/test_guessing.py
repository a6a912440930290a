"""Which activity a recording shows is guessed, told with its reason and confirmed by a person."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse

from liuhen.actions.taking_in import take_in_file
from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.recordings.captured import captured_by
from liuhen.recordings.guessing import LONGEST, NEAR, Guess, guesses
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import Intent
from tests.compliance.street import until_served
from tests.recordings import samples
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries
from tests.world import MORNING

S = dt.timedelta(seconds=1)


@dataclass
class Street:
    """A fine on the spot that went on for twenty seconds, and a camera handed in an hour later."""

    world: World
    clock: FrozenClock
    simple: SimpleCase

    def take_in(self, after: dt.timedelta, *, by: str = "officer", seed: int = 1) -> Recording:
        """A film of some seconds that begins `after` the activity ended; its maker uploads it."""
        ended = self.simple.activity.ended_at
        assert ended is not None
        path = samples.video(seed=seed)
        intent = Intent(name=path.name, started_at=ended + after, ended_at=ended + after + 5 * S)
        return take_in_file(path, actor=self.world[by], intent=intent)

    def guess(self, recording: Recording, by: str = "officer") -> Guess | None:
        return guesses(self.world[by], [recording]).get(recording)


@pytest.fixture
def street(world: World) -> Iterator[Street]:
    with clock.frozen(MORNING) as stopped:
        simple = until_served(world, stopped)
        simple.activity.refresh_from_db()
        stopped.move(days=3)
        yield Street(world, stopped, simple)


def test_time_and_maker_together_are_sure(street: Street) -> None:
    found = street.guess(street.take_in(-10 * S))
    assert found is not None and found.activity == street.simple.activity
    assert (found.overlap, found.is_of_officer, found.is_sure) == (5 * S, True, True)


@pytest.mark.parametrize(
    ("after", "is_guessed"),
    [(NEAR, True), (NEAR + S, False), (-20 * S - NEAR - 5 * S, True), (-26 * S - NEAR, False)],
)
def test_what_lies_near_is_offered_but_not_sure(
    street: Street, after: dt.timedelta, *, is_guessed: bool
) -> None:
    found = street.guess(street.take_in(after))
    assert (found is not None) is is_guessed
    assert found is None or not found.is_sure


def test_somebody_elses_camera_is_offered_but_not_sure(street: Street) -> None:
    found = street.guess(street.take_in(-10 * S, by="handler"), by="unit_head")
    assert found is not None and not found.is_of_officer and not found.is_sure


@pytest.mark.parametrize(("metres", "is_here"), [(290, True), (310, False), (None, False)])
def test_of_two_activities_that_fit_alike_it_shows_the_one_at_whose_place_it_was_made(
    world: World, metres: int | None, *, is_here: bool
) -> None:
    with clock.frozen(MORNING) as stopped:
        here, _ = _at_once(world, stopped)
        _filmed(world, 1, 0, here)
        recording = _filmed(world, 2, metres)
        found = guesses(world["officer"], [recording]).get(recording)
    assert (found is not None) is is_here
    assert found is None or (found.activity == here and found.is_sure)


@pytest.mark.parametrize(("metres", "is_sure"), [(990, True), (1010, False)])
def test_what_was_made_elsewhere_is_offered_but_not_sure(
    street: Street, metres: int, *, is_sure: bool
) -> None:
    ended = street.simple.activity.ended_at
    assert ended is not None
    _filmed(street.world, 1, 0, street.simple.activity, ended - 10 * S)
    found = street.guess(_filmed(street.world, 2, metres, begun=ended - 10 * S))
    assert found is not None and found.is_sure is is_sure


def _at_once(world: World, stopped: FrozenClock) -> tuple[Activity, Activity]:
    """Two activities of the same officers in the same twenty seconds."""
    both = SimpleCase(world), SimpleCase(world, place="虚构市示例区样板路9号门前")
    for one in both:
        one.start()
    stopped.move(seconds=20)
    first, second = (one.activity for one in both)
    return first, second


def _filmed(
    world: World,
    seed: int,
    metres_north: int | None,
    activity: Activity | None = None,
    begun: dt.datetime = MORNING,
) -> Recording:
    """Five seconds by a phone that knows to the metre where it was, or doesn't know."""
    told = {"source": "phone"}
    if metres_north is not None:
        place = {"latitude": 39 + metres_north / 111_195, "longitude": 117, "accuracy_m": 0}
        told["position"] = json.dumps({**place, "at": clock.iso(begun)})
    path = samples.video(seed=seed)
    intent = Intent(
        name=path.name,
        started_at=begun,
        ended_at=begun + 5 * S,
        activity_id=activity.id if activity else None,
        captured=captured_by(told),
    )
    return take_in_file(path, actor=world["officer"], intent=intent)


def test_who_does_not_see_the_case_is_offered_nothing_of_it(street: Street) -> None:
    recording = street.take_in(-10 * S)
    assert street.guess(recording, by="archivist") is None


def test_an_unknown_time_gives_no_guess(street: Street) -> None:
    recording = street.take_in(-10 * S)
    recording.started_at = None
    assert street.guess(recording) is None
    assert dt.timedelta(hours=12) <= LONGEST


def test_guesses_are_confirmed_in_bulk_and_each_tie_fills_the_label(
    street: Street, browser: Browser
) -> None:
    taken = [street.take_in(-10 * S, seed=seed) for seed in (1, 2)]
    far = street.take_in(dt.timedelta(hours=3), seed=3)
    officer, address = browser("officer"), reverse("recordings")
    page = words(officer.get(address))
    assert page.count("摄录人在场") == 2 and page.count("checked") >= 2
    keys = [f"{one.id}/{street.simple.activity.id}" for one in taken]
    assert officer.post(reverse("recordings_guessed"), {"guesses": []}).status_code == 400
    strange = [f"{far.id}/{street.simple.activity.id}"]
    assert officer.post(reverse("recordings_guessed"), {"guesses": strange}).status_code == 400
    assert officer.post(reverse("recordings_guessed"), {"guesses": keys}).status_code == 302
    for one in taken:
        one.refresh_from_db()
        assert one.activity == street.simple.activity and one.case == street.simple.case
        assert one.party is not None and one.handler is not None
    assert "摄录人在场" not in words(officer.get(address))


def test_the_number_of_queries_does_not_grow_with_the_recordings(
    street: Street, browser: Browser
) -> None:
    officer, counts = browser("officer"), []
    for seed in (1, 2):
        street.take_in(-10 * S, seed=seed)
        officer.get(reverse("recordings"))
        counts.append(queries(officer, reverse("recordings")))
    assert counts[0] == counts[1]
