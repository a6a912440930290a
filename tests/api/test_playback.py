"""Originals in ranges, to whom they were opened and to nobody else."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import urlencode

import pytest
from django.conf import settings

from liuhen.access.models import Viewing
from liuhen.actions.access import grant_standing_approval
from liuhen.demo.people import World
from liuhen.jobs.media import make_thumbnail
from liuhen.kernel import clock
from liuhen.recordings.models import Derivative, Recording
from liuhen.recordings.streams import streams
from liuhen.web.ranges import LONGEST, Part, UnsatisfiableError, part_asked
from tests.api.conftest import Caller, Server, signed_in
from tests.kill.tree import until
from tests.recordings import samples, street


@pytest.fixture
def footage(world: World) -> Recording:
    recording = street.film(world, street.begin(world), 0, 4)
    grant_standing_approval(
        actor=world["deputy"],
        group="officer",
        purpose="办案",
        scope="own_open_cases",
        until=clock.now() + dt.timedelta(days=1),
    )
    return recording


@pytest.fixture
def raw(footage: Recording) -> bytes:
    return samples.video(seconds=4, seed=1).read_bytes()


@pytest.fixture
def viewer(server: Server, world: World) -> Caller:
    return Caller(server, signed_in(world["officer"]))


def open_it(viewer: Caller, recording: Recording, reason: str = "核对") -> dict[str, str]:
    status, _, said = viewer(
        "POST",
        f"/media/open/{recording.id}",
        urlencode({"reason": reason}).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert status == 201, said
    links: dict[str, str] = json.loads(said)
    return links


def test_the_whole_original_is_sent_as_received_under_its_digest(
    viewer: Caller, footage: Recording, raw: bytes
) -> None:
    status, answer, body = viewer("GET", open_it(viewer, footage)["original"])
    assert (status, body) == (200, raw)
    assert answer["etag"] == f'"{footage.original_id}"'
    assert (answer["content-type"], answer["accept-ranges"]) == ("video/mp4", "bytes")
    assert answer["cache-control"] == "private, no-store"
    assert answer["x-content-type-options"] == "nosniff"
    assert "%E8%A1%97%E9%9D%A2.mp4" in answer["content-disposition"]
    assert Viewing.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=-10", -10, None),
     ("bytes=5-", 5, None), ("bytes=5-99999999999", 5, None)],
)  # fmt: skip
def test_a_range_is_answered_with_just_that_part(
    viewer: Caller, footage: Recording, raw: bytes, asked: str, start: int, end: int | None
) -> None:
    status, answer, body = viewer("GET", open_it(viewer, footage)["original"], Range=asked)
    assert (status, body) == (206, raw[start:end])
    first = start if start >= 0 else len(raw) + start
    assert answer["content-range"] == f"bytes {first}-{first + len(body) - 1}/{len(raw)}"


def test_a_range_outside_the_file_is_refused_with_its_size(
    viewer: Caller, footage: Recording, raw: bytes
) -> None:
    url = open_it(viewer, footage)["original"]
    status, answer, _ = viewer("GET", url, Range=f"bytes={len(raw)}-")
    assert (status, answer["content-range"]) == (416, f"bytes */{len(raw)}")


def test_a_range_of_other_bytes_than_the_client_holds_gives_the_whole(
    viewer: Caller, footage: Recording, raw: bytes
) -> None:
    url = open_it(viewer, footage)["original"]
    status, _, body = viewer("GET", url, Range="bytes=0-1", If_Range='"else"')
    assert (status, len(body)) == (200, len(raw))
    same = f'"{footage.original_id}"'
    assert viewer("GET", url, Range="bytes=0-1", If_Range=same)[0] == 206
    assert viewer("GET", url, If_None_Match=same)[0] == 304


def test_head_tells_size_and_sends_nothing(viewer: Caller, footage: Recording, raw: bytes) -> None:
    status, answer, body = viewer("HEAD", open_it(viewer, footage)["original"])
    assert (status, answer["content-length"], body) == (200, str(len(raw)), b"")
    until(lambda: streams.taken == 0, "the place is given back")


def test_without_an_approval_nothing_is_opened_and_nothing_registered(
    server: Server, world: World, footage: Recording
) -> None:
    chief = Caller(server, signed_in(world["unit_head"]))
    status, _, _ = chief("POST", f"/media/open/{footage.id}", b"reason=x",
                         Content_Type="application/x-www-form-urlencoded")  # fmt: skip
    assert status == 403
    assert not Viewing.objects.exists()


def test_the_address_of_another_viewer_shows_nothing(
    server: Server, world: World, viewer: Caller, footage: Recording
) -> None:
    links = open_it(viewer, footage)
    colleague = Caller(server, signed_in(world["officer2"]))
    for link in links.values():
        assert colleague("GET", link)[0] == 403
        assert Caller(server, {})("GET", link)[0] == 302, "nobody is sent to sign in"


def test_the_thumbnail_is_shown_under_the_same_opening_only(
    viewer: Caller, footage: Recording
) -> None:
    link = open_it(viewer, footage)["thumbnail"]
    assert viewer("GET", link)[0] == 404, "not made yet"
    make_thumbnail(footage.original_id)
    status, answer, body = viewer("GET", link)
    made = Derivative.objects.get()
    assert (status, answer["content-type"]) == (200, "image/jpeg")
    assert body == (settings.HOME.derived_dir / made.path).read_bytes()


def test_places_among_the_streams_are_given_back_after_playing_and_after_leaving(
    viewer: Caller, footage: Recording
) -> None:
    link = open_it(viewer, footage)["original"]
    for _ in range(3):
        viewer("GET", link)
    until(lambda: streams.taken == 0, "every place is given back")
    taken = [streams.take() for _ in range(streams.places)]
    assert viewer("GET", link)[0] == 503
    for slot in taken:
        slot.release()
        slot.release()
    until(lambda: streams.taken == 0, "every place is given back")
    assert viewer("GET", link)[0] == 200


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, Part(0, 100, False)),
        ("bytes=0-", Part(0, 100, True)),
        ("bytes=99-", Part(99, 100, True)),
        ("bytes=-100", Part(0, 100, True)),
        ("bytes=-101", Part(0, 100, True)),
        ("bytes=10-5", Part(0, 100, False)),
        ("bytes=0-1,5-6", Part(0, 100, False)),
        ("items=0-1", Part(0, 100, False)),
        ("bytes=-", Part(0, 100, False)),
    ],
)
def test_what_a_range_header_means(header: str | None, part: Part) -> None:
    assert part_asked(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_of_nothing_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        part_asked(header, 100)


def test_no_range_is_longer_than_eight_mebibytes() -> None:
    assert part_asked("bytes=5-", 1 << 30) == Part(5, 5 + LONGEST, True)
    assert part_asked(f"bytes=0-{LONGEST - 1}", 1 << 30) == Part(0, LONGEST, True)
    assert part_asked(f"bytes=0-{LONGEST}", 1 << 30) == Part(0, LONGEST, True)
