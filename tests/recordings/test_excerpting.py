"""Pictures and pieces taken out of recordings: derivatives with digest and origin, entered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

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


def test_a_still_tells_its_origin_and_is_entered_once(
    world: World, filmed: Recording, token: str
) -> None:
    made = take_still(token, actor=world["officer"], at_ms=2000)
    assert made == take_still(token, actor=world["officer"], at_ms=2000)
    assert made.sha256 == sha256_file(place(made))
    assert place(made).read_bytes()[:3] == b"\xff\xd8\xff"
    assert (made.original_id, made.how["asked_ms"]) == (filmed.original_id, 2000)
    entry = Entry.objects.get(event="recording.excerpted")
    told = json.loads(bytes(entry.body))["data"]
    assert (told["original"], told["sha256"]) == (filmed.original_id, made.sha256)
    assert local_store().digest(filmed.original_id) == filmed.original_id


def test_a_clip_is_a_file_that_plays_from_the_key_picture_before_it(
    world: World, filmed: Recording, token: str
) -> None:
    made = take_clip(token, actor=world["officer"], from_ms=1000, to_ms=3000)
    assert made.how["from_ms"] <= 1000 and made.how["to_ms"] >= 2700
    found = probe(place(made), deep=True)
    assert found.is_readable and not found.damage_count and found.browser_obstacle == ""
    assert {track.kind for track in found.tracks} == {"video", "audio"}


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
