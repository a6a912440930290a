"""Pictures and pieces taken out of recordings: derivatives with digest and origin, entered."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import av
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from liuhen.actions.access import open_recording
from liuhen.actions.excerpting import take_clip, take_still
from liuhen.demo.people import World
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media.excerpt import LONGEST_MS, make_clip
from liuhen.media.probe import probe
from liuhen.recordings.models import Derivative, Recording
from liuhen.vault.keeping import local_store
from tests.recordings import samples, street
from tests.recordings.test_viewing import grant


@pytest.fixture
def filmed(world: World) -> Recording:
    return street.film(world, street.begin(world), 0, 4)


@pytest.fixture
def token(world: World, filmed: Recording) -> str:
    grant(world)
    viewing = open_recording(actor=world["officer"], recording_id=filmed.id, reason="核对现场情况")
    return viewing.token


def place(made: Derivative) -> Path:
    return Path(settings.HOME.derived_dir / made.path)


def picture(path: Path, at: int = 0) -> Any:
    """The first picture of a file, or one further on."""
    with av.open(str(path)) as source:
        frames = source.decode(video=0)
        return next(islice(frames, at, None)).to_ndarray(format="gray").astype(int)


def burnt_in(copy: Any, original: Any) -> tuple[bool, bool]:
    """Whether the strip of the mark, and whether the rest, differ from the original's picture."""
    assert copy.shape == original.shape
    changed = abs(copy - original) > 60
    high = copy.shape[0]
    foot = slice(int(high * 0.9), high)
    return bool(changed[foot].mean() > 0.05), bool(changed[: foot.start].mean() > 0.02)


def test_a_still_tells_its_origin_bears_a_name_and_is_entered_once(
    world: World, filmed: Recording, token: str
) -> None:
    made = take_still(token, actor=world["officer"], at_ms=2000)
    assert made == take_still(token, actor=world["officer"], at_ms=2000)
    assert made.sha256 == sha256_file(place(made))
    assert place(made).read_bytes()[:3] == b"\xff\xd8\xff"
    assert (made.original_id, made.how["asked_ms"]) == (filmed.original_id, 2000)
    assert made.how["mark"] == "虚构市城市管理综合行政执法一支队 张示例 2026-03-10 09:00 截取"
    inside = Derivative.objects.get(original=filmed.original_id, kind="still")
    assert burnt_in(picture(place(made)), picture(place(inside))) == (True, False)
    entry = Entry.objects.get(event="recording.excerpted")
    told = json.loads(bytes(entry.body))["data"]
    assert (told["original"], told["sha256"]) == (filmed.original_id, made.sha256)
    assert local_store().digest(filmed.original_id) == filmed.original_id


def test_a_clip_plays_from_the_key_picture_before_it_and_bears_the_name_of_who_takes_it(
    world: World, filmed: Recording, token: str
) -> None:
    made = take_clip(token, actor=world["officer"], from_ms=1000, to_ms=3000)
    assert made.how["from_ms"] <= 1000 and made.how["to_ms"] >= 2700
    found = probe(place(made), deep=True)
    assert found.is_readable and not found.damage_count and found.browser_obstacle == ""
    assert {track.kind for track in found.tracks} == {"video", "audio"}
    original = local_store().place(filmed.original_id)
    for at in (0, 5):
        assert burnt_in(picture(place(made), at), picture(original, at)) == (True, False)
    assert not list(place(made).parent.glob("*.plain"))


def test_what_was_taken_out_goes_to_nobody_else_under_that_name(
    world: World, filmed: Recording, token: str
) -> None:
    made = take_still(token, actor=world["officer"], at_ms=2000)
    client = Client(SERVER_NAME="localhost")
    client.force_login(world["officer"])
    own = {"token": token, "kind": made.kind, "key": made.key}
    assert client.get(reverse("media-excerpt", kwargs=own)).status_code == 200
    again = open_recording(actor=world["officer"], recording_id=filmed.id, reason="再看一次")
    plain = {"kind": "still", "key": "2000", "token": token}
    for other in ({**own, "token": again.token}, plain):
        assert client.get(reverse("media-excerpt", kwargs=other)).status_code == 404


@pytest.mark.parametrize("span", [(2000, 2000), (3000, 1000), (0, LONGEST_MS + 1)])
def test_a_span_that_is_none_or_too_long_is_refused(
    world: World, token: str, span: tuple[int, int]
) -> None:
    with pytest.raises(Refused, match=r"clip\.span"):
        take_clip(token, actor=world["officer"], from_ms=span[0], to_ms=span[1])
    assert not Derivative.objects.exists()


def test_nobody_takes_out_what_was_not_opened_to_him(world: World, token: str) -> None:
    for name, code in (("officer2", "viewing.expired"), ("archivist", "permission.missing")):
        with pytest.raises(Refused) as refused:
            take_still(token, actor=world[name], at_ms=0)
        assert refused.value.code == code


def test_behind_the_end_there_is_no_clip(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"media\.no_clip"):
        make_clip(samples.video(), tmp_path / "a.mp4", 4100, 5000)
    assert not list(tmp_path.iterdir())
