"""Sound that stops half-way: shown on the activity's page, and not taken for synchronous."""

from __future__ import annotations

import datetime as dt

import pytest

from liuhen.cases.models import Activity
from liuhen.compliance.models import Finding
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.recordings.media_facts import unprobed
from liuhen.recordings.one_sided import one_sided
from liuhen.recordings.queries import recordings_of_case
from tests.recordings import samples, street
from tests.web.conftest import browsers, words

HOUR = dt.timedelta(hours=1)
RULE = "product_synchronous"


def shown(world: World, activity: Activity) -> list[tuple[float, float, str]]:
    """What is told of it, in seconds from its start."""
    begun = activity.started_at.timestamp()
    (held,) = recordings_of_case(world["officer"], street.case_of(activity.case_id)).activities
    return [(x.start / 1000 - begun, x.end / 1000 - begun, x.lacks) for x in held.one_sided]


def test_sound_that_ends_half_way_is_told_and_is_not_synchronous(world: World) -> None:
    activity = street.begin(world)
    street.end(world, activity, 12)
    with clock.frozen(activity.started_at + HOUR):
        street.film(world, activity, 0, 12, path=samples.half_silent())
    ((start, end, lacks),) = shown(world, activity)
    assert lacks == "audio"
    assert start == pytest.approx(6, abs=0.3) and end == pytest.approx(12, abs=0.3)
    assert street.gaps(activity) == []
    finding = Finding.objects.get(case=activity.case_id, rule=RULE)
    assert finding.outcome != "met"
    assert finding.body["explanation"]["code"] == "product_synchronous.one_sided"
    page = words(browsers(world)("officer").get(f"/cases/{activity.case_id}/"))
    assert "没有声音 5." in page or "没有声音 6" in page
    assert "时间无缺口，画面或者声音有异常" in page


@pytest.mark.parametrize(("sound", "is_told"), [(10, False), (8, True)])
def test_a_track_that_ends_a_moment_early_is_not_told(
    world: World, sound: int, is_told: bool
) -> None:
    activity = street.begin(world)
    street.end(world, activity, 12)
    with clock.frozen(activity.started_at + HOUR):
        street.film(world, activity, 0, 12, path=samples.half_silent(sound=sound))
    assert bool(shown(world, activity)) is is_told
    finding = Finding.objects.get(case=activity.case_id, rule=RULE)
    assert (finding.outcome == "met") is not is_told, finding.body


def test_where_a_file_was_not_read_neither_is_known(world: World) -> None:
    activity = street.begin(world)
    street.end(world, activity, 12)
    recording = street.film(world, activity, 0, 12, path=samples.half_silent())
    (found,) = one_sided([(0, 10**15)], [recording], dt.timedelta())
    assert found.lacks == "audio"
    recording.media = unprobed(b"")
    assert one_sided([(0, 10**15)], [recording], dt.timedelta()) == ()
