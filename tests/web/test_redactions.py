"""A copy with covered parts: begun, made by the job, looked at by another, released; its pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.access.models import Redaction
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.redacting import (
    begin_redaction,
    change_redaction,
    confirm_covered,
    order_redaction,
    release_redaction,
    return_redaction,
    withdraw_redaction,
)
from liuhen.bench import walkers as faces
from liuhen.demo.people import World
from liuhen.jobs.redacting import make_redacted
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media import provenance
from liuhen.media.inside import facing
from liuhen.recordings.derivatives import REDACTED
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of
from liuhen.vault.keeping import local_store
from tests.recordings import street
from tests.web.conftest import Browser, Street, words
from tests.world import MORNING

BOX = [[0, 0, 0, 300, 200], [1000, 300, 0, 600, 200]]
REGION = {"what": "plate", "keys": BOX}


def code_of(call: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(**given)
    return refused.value.code


class Covering:
    """A film with a face in an officer's own case, viewable by officers and two reviewers.

    The face is away in the middle of it: of two pictures the detector is not sure.
    """

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        film = faces.film(folder / "walk.mp4", away=(5, 6))
        self.recording: Recording = street.film(world, street.begin(world), 0, 1, path=film)
        for group, scope in (
            ("officer", "own_open_cases"),
            ("records_manager", "all_cases"),
            ("supervisor", "all_cases"),
        ):
            grant_standing_approval(
                actor=world["deputy"],
                group=group,
                purpose="办理",
                scope=scope,
                until=clock.now() + dt.timedelta(days=30),
            )

    def begin(self, **changes: Any) -> Redaction:
        given: dict[str, Any] = {"reason": "当事人申请复制", "finds_faces": True, "who": "officer"}
        given |= changes
        who = self.world[given.pop("who")]
        return begin_redaction(actor=who, recording_id=self.recording.id, **given)

    def made(self) -> Redaction:
        found = self.begin()
        officer = self.world["officer"]
        change_redaction(
            actor=officer, redaction_id=found.id, regions=[REGION], sounds=[[0, 500, "mute"]]
        )
        order_redaction(actor=officer, redaction_id=found.id)
        assert make_redacted(str(found.id))
        found.refresh_from_db()
        return found


@pytest.fixture
def covering(world: World, tmp_path: Path) -> Iterator[Covering]:
    with clock.frozen(MORNING) as stopped:
        stopped.move(hours=2)
        yield Covering(world, tmp_path)


def test_a_page_loads_itself_until_the_copy_is_made(covering: Covering, browser: Browser) -> None:
    found, client = covering.begin(), browser("officer")
    page = reverse("redaction", args=[found.id])
    assert "Refresh" not in client.get(page)
    assert client.post(page, {"do": "order"}).status_code == 302
    waiting = client.get(page)
    assert waiting["Refresh"] and "正在生成" in words(waiting)
    assert make_redacted(str(found.id))
    assert "Refresh" not in client.get(page)


def test_a_film_is_covered_looked_at_by_another_and_released(
    covering: Covering, browser: Browser
) -> None:
    before = sha256_file(local_store().place(covering.recording.original_id))
    found = covering.made()
    assert found.state == "made" and found.frames == 12 and found.failure == ""
    copy = derivative_of(found.original_id, REDACTED, found.key)
    assert copy is not None and copy.sha256 == found.made_sha256
    place = settings.HOME.derived_dir / copy.path
    facing.prepare({})
    with av.open(str(place)) as source:
        seen = [facing.find(one.to_ndarray(format="bgr24")) for one in source.decode(video=0)]
    assert seen == [[]] * 12
    told = provenance.read(place, "video/mp4")
    assert told is not None and told[1] == "Valid"
    assert (told[0].sha256, told[0].reason) == (found.original_id, "当事人申请复制")
    assert sha256_file(local_store().place(found.original_id)) == before, "the original stays"

    officer, keeper = covering.world["officer"], covering.world["records"]
    own = {"actor": officer, "redaction_id": found.id}
    assert code_of(release_redaction, **own) == "permission.missing"
    page = reverse("redaction", args=[found.id])
    client = browser("records")
    answer = client.post(page, {"do": "open", "reason": "审看"})
    shown = words(client.get(answer["Location"]))
    assert "打开副本" in shown
    assert {500, 600} <= set(found.doubted), "the face was away and came back"
    assert all(f'value="{at}"' in shown for at in found.doubted), "each is shown"
    assert code_of(release_redaction, actor=keeper, redaction_id=found.id) == "redaction.unlooked"
    query = answer["Location"].partition("?")[2]
    for at in (500, 600):
        still = reverse("redaction_still", args=[found.id, at])
        assert client.get(f"{still}?{query}")["Content-Type"] == "image/jpeg"
        assert client.get(still).status_code != 200, "no picture without a registered viewing"
    looked = {"do": "look", "moment": found.doubted[:-1]}
    assert client.post(answer["Location"], looked).status_code == 302
    assert code_of(release_redaction, actor=keeper, redaction_id=found.id) == "redaction.unlooked"
    confirm_covered(actor=keeper, redaction_id=found.id, moments=found.doubted[-1:])
    assert client.post(page, {"do": "release"}).status_code == 302
    found.refresh_from_db()
    assert found.state == "released" and found.released_by == keeper
    events = list(Entry.objects.filter(event__startswith="redaction.").values_list("event"))
    assert ("redaction.made",) in events and ("redaction.released",) in events
    assert code_of(order_redaction, **own) == "redaction.closed", "what is out does not change"
    withdraw_redaction(actor=keeper, redaction_id=found.id, reason="另行制作")


def test_what_still_shows_goes_back_to_who_made_it_and_nobody_reviews_their_own(
    covering: Covering, browser: Browser
) -> None:
    keeper = covering.world["records"]
    found = covering.begin(who="records")
    order_redaction(actor=keeper, redaction_id=found.id)
    make_redacted(str(found.id))
    found.refresh_from_db()
    assert code_of(release_redaction, actor=keeper, redaction_id=found.id) == "redaction.own"
    moments = {"redaction_id": found.id, "moments": [123_456]}
    assert code_of(confirm_covered, actor=keeper, **moments) == "redaction.own"
    page, reviewer = reverse("redaction", args=[found.id]), browser("supervisor")
    assert "审看遮盖副本" in words(reviewer.get(reverse("desk")))
    shown = reviewer.post(page, {"do": "open", "reason": "审看"})["Location"]
    given = {"do": "return", "moment": [500], "reason": "左侧车牌露出"}
    assert reviewer.post(shown, given | {"reason": " "}).status_code == 400
    strange: dict[str, Any] = {"redaction_id": found.id, "moments": [7], "reason": "露出"}
    by = covering.world["supervisor"]
    assert code_of(return_redaction, actor=by, **strange) == "redaction.moment"
    assert reviewer.post(shown, given).status_code == 302
    told = words(browser("records").get(page))
    assert "左侧车牌露出（0:00.500）" in told and "退回补遮" in told
    assert "补遮遮盖副本" in words(browser("records").get(reverse("desk")))
    again = {"actor": by, "redaction_id": found.id}
    assert code_of(release_redaction, **again) == "redaction.closed"
    change_redaction(actor=keeper, redaction_id=found.id, regions=[REGION], sounds=[])
    assert "左侧车牌露出" in words(browser("records").get(page)), "until it is made anew"


def test_what_cannot_begin_or_be_drawn_is_refused(covering: Covering) -> None:
    assert code_of(covering.begin, reason=" ") == "reason.missing"
    assert code_of(covering.begin, who="officer3") == "record.not_found"
    assert code_of(covering.begin, who="unit_head") == "permission.missing"
    found = covering.begin(finds_faces=False)
    given: dict[str, Any] = {"actor": covering.world["officer"], "redaction_id": found.id}
    assert code_of(order_redaction, **given) == "redaction.empty"
    for keys in ([], [[0, 300, 0, 200, 100]], [[5, 0, 0, 9, 9], [1, 0, 0, 9, 9]], [[0, 0, 0, 9]]):
        region = {"what": "plate", "keys": keys}
        got = code_of(change_redaction, **given, regions=[region], sounds=[])
        assert got == "redaction.region"
    for sound in ([500, 500, "mute"], [0, 10, "louder"]):
        assert code_of(change_redaction, **given, regions=[], sounds=[sound]) == "redaction.sound"


def test_the_page_takes_regions_and_sounds_and_gives_back_what_was_wrong(
    covering: Covering, browser: Browser
) -> None:
    client = browser("officer")
    begin = reverse("recording_redact", args=[covering.recording.id])
    page = client.post(begin, {"reason": "当事人申请", "finds_faces": "on"})["Location"]
    box = {"left": "10", "top": "10", "right": "30", "bottom": "20"}
    good = {"do": "region", "what": "plate", "from_s": "0", "to_s": "1", **box}
    assert client.post(page, good).status_code == 302
    wrong = client.post(page, good | {"right": "5"})
    assert wrong.status_code == 400 and "遮盖区域填写有误" in words(wrong)
    half = client.post(page, good | {"left_to": "20"})
    assert half.status_code == 400 and "四边" in words(half)
    assert client.post(page, {"do": "sound", "from_s": "0", "to_s": "1", "how": "mute"}).status_code
    shown = words(client.get(page))
    assert "车牌：0 秒至1 秒，10%–30% × 10%–20%" in shown and "消音：0 秒至1 秒" in shown
    client.post(page, {"do": "remove", "which": "r0"})
    assert "车牌：0" not in words(client.get(page))
    assert "街面.mp4" in words(client.get(reverse("redactions")))
    assert browser("officer3").get(page).status_code == 404
    assert "在画面上直接框选" in words(client.get(page))
    opened = client.post(page, {"do": "open", "reason": "划定区域"})["Location"]
    told = words(client.get(opened))
    assert 'data-island="cover"' in told and '"form": "region-form"' in told


def test_a_recording_and_a_frozen_paper_offer_a_covered_copy_to_who_may_make_one(
    street: Street,
) -> None:
    case = street.case(street.filed)
    recording = case.recordings.order_by("id")[0]
    paper = case.papers.filter(original__isnull=False).order_by("id")[0]
    for page, begin in (
        (reverse("recording", args=[recording.id]), "recording_redact"),
        (reverse("paper", args=[paper.id]), "paper_redact"),
    ):
        about = paper if "paper" in begin else recording
        link = f'href="{reverse(begin, args=[about.id])}"'
        assert link in street.browser("officer").get(page).content.decode()
        assert link not in street.browser("unit_head").get(page).content.decode()
    begun = words(street.browser("officer").get(reverse("paper_redact", args=[paper.id])))
    assert f"{paper.document_type.title} {paper.number}" in begun and "object" not in begun
