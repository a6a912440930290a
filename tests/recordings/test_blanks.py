"""Silence and black for long stand in the coverage of the activity, without opening the player."""

from __future__ import annotations

import datetime as dt

import pytest

from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.jobs.examining import examine
from liuhen.kernel import clock
from liuhen.recordings.blanks import LONG_MS, long_ones
from tests.recordings import samples, street
from tests.web.conftest import browsers, words


def filmed(world: World, seconds: int) -> Activity:
    """An activity whose film is black and silent, and was looked at."""
    activity = street.begin(world)
    street.end(world, activity, seconds)
    with clock.frozen(activity.started_at + dt.timedelta(hours=1)):
        path = samples.black_and_silent(seconds)
        examine(street.film(world, activity, 0, seconds, path=path).original_id)
    return activity


@pytest.mark.parametrize(("seconds", "is_told"), [(40, True), (25, False)])
def test_silence_and_black_for_long_are_told_on_the_page_of_the_case(
    world: World, seconds: int, is_told: bool
) -> None:
    activity = filmed(world, seconds)
    page = words(browsers(world)("officer").get(f"/cases/{activity.case_id}/"))
    assert ("长时间无声" in page) is is_told
    assert ("长时间黑屏" in page) is is_told


def test_both_sides_of_long_and_only_the_longest_are_kept() -> None:
    assert long_ones([(0, LONG_MS - 1)]) == []
    assert long_ones([(5, LONG_MS + 5)]) == [[5, LONG_MS + 5]]
    many = [(at * 10**6, at * 10**6 + LONG_MS + at) for at in range(30)]
    assert long_ones(many) == [[start, end] for start, end in many[10:]]
