"""Moments marked in recordings, and things listed at the scene with their photos."""

from __future__ import annotations

import datetime as dt
import json
from uuid import UUID

import pytest

from liuhen.actions.bookmarks import Thing, list_scene_item, make_bookmark, withdraw_bookmark
from liuhen.actions.taking_in import take_in_file
from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.recordings.models import Bookmark, Recording, SceneItem
from liuhen.recordings.timing import TOLERANCE
from liuhen.recordings.uploads import Intent, intent_of
from tests.recordings import samples, street

LENGTH_MS = samples.SECONDS * 1000


@pytest.fixture
def filmed(world: World) -> Recording:
    return street.film(world, street.begin(world), 0, 4)


@pytest.mark.parametrize("at_ms", [0, LENGTH_MS])
def test_a_moment_within_the_recording_is_marked(
    world: World, filmed: Recording, at_ms: int
) -> None:
    mark = make_bookmark(
        actor=world["officer"], recording_id=filmed.id, kind="rights", at_ms=at_ms, note=" 告知 "
    )
    assert (mark.at_ms, mark.note, mark.made_by) == (at_ms, "告知", world["officer"])


@pytest.mark.parametrize(
    ("kind", "at_ms", "code"),
    [
        ("rights", -1, "bookmark.place"),
        ("rights", LENGTH_MS + 500, "bookmark.place"),
        ("nothing", 0, "bookmark.kind"),
    ],
)
def test_a_moment_outside_or_of_no_kind_is_refused(
    world: World, filmed: Recording, kind: str, at_ms: int, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        make_bookmark(actor=world["officer"], recording_id=filmed.id, kind=kind, at_ms=at_ms)
    assert refused.value.code == code
    assert not Bookmark.objects.exists()


def test_a_wrong_mark_is_withdrawn_once_and_its_row_stays(world: World, filmed: Recording) -> None:
    mark = make_bookmark(actor=world["officer"], recording_id=filmed.id, kind="rights", at_ms=1)
    withdraw_bookmark(actor=world["officer"], bookmark_id=mark.id)
    assert Bookmark.objects.get().withdrawn_at is not None
    with pytest.raises(Refused, match=r"record\.not_found"):
        withdraw_bookmark(actor=world["officer"], bookmark_id=mark.id)


def test_nobody_marks_what_he_does_not_see(world: World, filmed: Recording) -> None:
    with pytest.raises(Refused, match="permission"):
        make_bookmark(actor=world["operator"], recording_id=filmed.id, kind="rights", at_ms=1)


# what the phone tells with its upload


def told(**more: object) -> dict[str, str]:
    plain = {key: v if isinstance(v, str) else json.dumps(v) for key, v in more.items()}
    return {"filename": "a.webm", "source": "phone", **plain}


PLACE = {"latitude": 39.1, "longitude": 117.2, "accuracy_m": 12.4, "at": "2026-03-10T01:00:00Z"}


def test_place_moments_and_clock_of_the_phone_come_in_with_the_recording(world: World) -> None:
    activity = street.begin(world)
    intent = intent_of(
        told(
            activity=str(activity.id),
            position=PLACE,
            clock_offset_ms=-1500,
            clock_within_ms=40,
            clock_age_ms=7_200_000,
            moments=[{"kind": "certificate", "at_ms": 900}, {"kind": "signing", "at_ms": 3000}],
        )
    )
    recording = take_in_file(samples.video(), actor=world["officer"], intent=intent)
    recording.refresh_from_db()
    assert recording.captured == {
        "position": {
            "latitude": "39.1000000",
            "longitude": "117.2000000",
            "accuracy_m": 12,
            "at": "2026-03-10T01:00:00.000000Z",
        },
        "clock_offset_ms": -1500,
        "clock_within_ms": 40,
        "clock_age_ms": 7_200_000,
        "break": "",
    }
    marks = recording.bookmarks.order_by("at_ms").values_list("kind", "at_ms")
    assert list(marks) == [("certificate", 900), ("signing", 3000)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("position", {**PLACE, "latitude": 91}),
        ("position", {**PLACE, "accuracy_m": -1}),
        ("position", {"latitude": 1}),
        ("position", "nowhere"),
        ("position", "[" * 100_000),
        ("clock_offset_ms", 1.5),
        ("clock_offset_ms", 2**60),
        ("clock_within_ms", -1),
        ("clock_within_ms", 0.5),
        ("clock_age_ms", "soon"),
        ("moments", [{"kind": "nothing", "at_ms": 1}]),
        ("moments", [{"kind": "rights", "at_ms": -1}]),
        ("moments", [{"kind": "rights", "at_ms": 1}] * 201),
        ("moments", {"kind": "rights"}),
        ("break", "felt_like_it"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        intent_of(told(**{key: value}))
    assert (refused.value.code, refused.value.data["key"]) == ("upload.metadata", key)


def test_other_senders_tell_nothing_of_that(world: World) -> None:
    assert intent_of({"filename": "a.mp4", "position": json.dumps(PLACE)}) == Intent("a.mp4")


# things at the scene


def listed(
    world: World,
    activity: Activity,
    *,
    by: str = "officer",
    item_id: UUID | None = None,
    activity_id: UUID | None = None,
    **more: object,
) -> SceneItem:
    told = {"name": "遮阳伞", "quantity": "1把", "listed_at": clock.now(), **more}
    return list_scene_item(
        actor=world[by],
        item_id=item_id or new_id(),
        activity_id=activity_id or activity.id,
        thing=Thing(**told),  # type: ignore[arg-type]
    )


def test_a_thing_is_listed_with_its_photo_and_only_once(world: World) -> None:
    activity = street.begin(world)
    photo = take_in_file(
        samples.photo(), actor=world["officer"], intent=Intent("a.jpg", activity_id=activity.id)
    )
    item = listed(world, activity, photo_id=photo.id)
    again = listed(world, activity, item_id=item.id, photo_id=photo.id, name="别的")
    assert SceneItem.objects.get() == item == again
    assert (item.photo, item.name) == (photo, "遮阳伞")


def test_what_cannot_be_listed_says_why(world: World) -> None:
    activity, other = street.begin(world), street.begin(world)
    video = street.film(world, activity, 0, 4)
    elsewhere = take_in_file(
        samples.photo(), actor=world["officer"], intent=Intent("a.jpg", activity_id=other.id)
    )
    late = clock.now() + TOLERANCE + dt.timedelta(seconds=1)
    for more, code in (
        ({"name": " "}, "scene_item.incomplete"),
        ({"quantity": ""}, "scene_item.incomplete"),
        ({"photo_id": video.id}, "scene_item.photo"),
        ({"photo_id": elsewhere.id}, "scene_item.photo"),
        ({"photo_id": new_id()}, "scene_item.photo"),
        ({"listed_at": late}, "scene_item.time"),
        ({"activity_id": new_id()}, "record.not_found"),
    ):
        with pytest.raises(Refused) as refused:
            listed(world, activity, **more)
        assert refused.value.code == code
    assert not SceneItem.objects.exists()
    item = listed(world, activity)
    with pytest.raises(Refused, match=r"record\.not_found"):
        listed(world, activity, item_id=item.id, by="officer2")
