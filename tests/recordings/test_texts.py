"""Words a machine read: a draft, found by who may view, until a person confirms or corrects it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from liuhen.access.queries import viewable_recordings, viewing_ground
from liuhen.actions.access import open_recording, revoke_standing_approval
from liuhen.actions.bookmarks import make_bookmark, withdraw_bookmark
from liuhen.actions.taking_in import take_in_file
from liuhen.actions.texts import confirm_text
from liuhen.cases.models import Activity
from liuhen.demo.people import World
from liuhen.jobs.recognising import PICTURE, hear, hear_waiting, read_picture, read_waiting_pictures
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.media.speech import speech_model
from liuhen.recordings.models import ConfirmedText, DraftText, Recording
from liuhen.recordings.texts import put_draft, texts_of, untried
from liuhen.recordings.uploads import Intent
from liuhen.search.indexing import follow_all
from liuhen.search.models import Indexed
from liuhen.search.queries import Question, found
from tests.media import spoken, written
from tests.recordings import street
from tests.recordings.test_viewing import ALL, OWN, UNIT, code, grant

SAID = "样板路\n前方200米禁止停车"


@pytest.fixture
def activity(world: World) -> Activity:
    return street.begin(world)


@pytest.fixture
def photo(world: World, activity: Activity, tmp_path: Path) -> Recording:
    """A photo of a sign, taken in for an activity of the officer's own case."""
    written.street_sign().save(tmp_path / "sign.jpg", quality=80)
    intent = Intent(name="路牌.jpg", activity_id=activity.id)
    return take_in_file(tmp_path / "sign.jpg", actor=world["officer"], intent=intent)


@pytest.fixture
def drafted(photo: Recording) -> Recording:
    """The photo with a draft as the job leaves it."""
    lines = [{"text": "样板路", "confidence": 99}, {"text": "前方200米禁止停车", "confidence": 71}]
    put_draft(photo.original_id, "picture", text=SAID, lines=lines, model="PP", version="1")
    return photo


def hits(world: World, who: str, words: str) -> list[Indexed]:
    sequence_all()
    follow_all()
    return list(found(world[who], Question(words=words)).filter(kind=Indexed.Kind.TEXT))


def confirm(
    world: World, who: str, recording: Recording, text: str, source: str = "picture"
) -> ConfirmedText:
    return confirm_text(actor=world[who], recording_id=recording.id, source=source, text=text)


def test_a_photo_is_read_once_by_its_job_and_found_by_its_words(
    world: World, photo: Recording
) -> None:
    grant(world)
    assert [one.id for one in untried(PICTURE)] == [photo.id]
    assert read_waiting_pictures() == 1
    assert read_picture(photo.original_id) is False
    assert not untried(PICTURE)
    draft = DraftText.objects.get()
    assert "禁止停车" in draft.text and draft.model == "PP-OCRv6 small"
    assert [one.record_id for one in hits(world, "officer", "禁止停车")] == [photo.id]


def test_what_people_marked_is_found_by_who_may_view_until_it_is_withdrawn(
    world: World, photo: Recording
) -> None:
    mark = make_bookmark(
        actor=world["officer"], recording_id=photo.id, kind="things", at_ms=0, note="三轮车一辆"
    )
    assert hits(world, "officer", "三轮车") == [], "no approval, no text"
    grant(world)
    assert [one.record_id for one in hits(world, "officer", "物品 三轮车")] == [photo.id]
    withdraw_bookmark(actor=world["officer"], bookmark_id=mark.id)
    assert hits(world, "officer", "三轮车") == []


def test_what_cannot_be_read_says_why_and_is_not_tried_for_ever(
    world: World, activity: Activity, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.jpg"
    Image.new("RGB", (64, 48)).save(whole)
    (tmp_path / "half.jpg").write_bytes(whole.read_bytes()[:200])
    intent = Intent(name="半张.jpg", activity_id=activity.id)
    half = take_in_file(tmp_path / "half.jpg", actor=world["officer"], intent=intent)
    Recording.objects.filter(id=half.id, kind="photo").get()
    assert read_picture(half.original_id) is False
    assert DraftText.objects.get().failure
    assert read_waiting_pictures() == 0


def test_without_a_model_nobody_listens_and_with_one_each_sound_is_heard_once(
    world: World, activity: Activity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    intent = Intent(name="录音.wav", activity_id=activity.id)
    said = take_in_file(spoken.voice(), actor=world["officer"], intent=intent)
    assert hear_waiting() == 0 and not DraftText.objects.exists()
    model = speech_model(spoken.model_folder(tmp_path / "model"))
    monkeypatch.setattr(settings, "SPEECH_MODEL", model)
    assert hear_waiting() == 1
    assert hear_waiting() == 0 and hear(said.original_id) is False
    draft = DraftText.objects.get()
    assert (draft.source, draft.model) == ("speech", "Moonshine tiny English")
    assert hits(world, "officer", "try again") == []
    grant(world)
    assert [one.record_id for one in hits(world, "officer", "try again")] == [said.id]
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world["officer"])
    viewing = open_recording(actor=world["officer"], recording_id=said.id, reason="核对")
    shown = browser.get(reverse("recording", args=[said.id]), {"viewing": viewing.token})
    assert "逐句草稿" in shown.content.decode() and "机器草稿，未核对" in shown.content.decode()
    assert confirm(world, "officer", said, "再试，再失败", "speech").is_corrected


def test_without_approval_no_words_are_found_or_shown(world: World, drafted: Recording) -> None:
    assert hits(world, "officer", "禁止停车") == []
    assert hits(world, "supervisor", "禁止停车") == []
    approval = grant(world)
    assert len(hits(world, "officer", "禁止停车")) == 1
    assert hits(world, "supervisor", "禁止停车") == []
    revoke_standing_approval(actor=world["deputy"], approval_id=approval.id, reason="不再需要")
    assert hits(world, "officer", "禁止停车") == []


def test_what_is_viewable_is_one_question_with_the_same_answer(
    world: World, photo: Recording
) -> None:
    told = set()
    for scope in (OWN, UNIT, ALL):
        given = [grant(world, group, scope) for group in ("officer", "handler", "supervisor")]
        for who in ("officer", "officer2", "handler", "supervisor", "legal", "deputy"):
            listed = viewable_recordings(world[who]).filter(id=photo.id).exists()
            assert listed is (viewing_ground(world[who], photo) is not None), (scope, who)
            told.add(listed)
        for one in given:
            revoke_standing_approval(actor=world["deputy"], approval_id=one.id, reason="试毕")
    assert told == {True, False}


def test_a_person_confirms_and_the_entry_says_who_when_and_which_model(
    world: World, drafted: Recording
) -> None:
    grant(world)
    made = confirm_text(
        actor=world["officer"], recording_id=drafted.id, source="picture", text=SAID
    )
    assert (made.is_corrected, made.model, made.confirmed_by) == (False, "PP", world["officer"])
    told = json.loads(bytes(Entry.objects.get(event="recording.text_confirmed").body))["data"]
    assert (told["draft_sha256"], told["version"]) == (made.draft_sha256, "1")
    (standing,) = texts_of([drafted])[drafted.id]
    assert standing.confirmed == made


def test_a_correction_counts_from_then_on_and_the_draft_stays(
    world: World, drafted: Recording
) -> None:
    grant(world)
    confirm(world, "officer", drafted, SAID)
    with clock.frozen(clock.now() + dt.timedelta(minutes=1)):
        assert confirm(world, "officer", drafted, "样板路东段\n").is_corrected
    assert hits(world, "officer", "禁止停车") == []
    assert len(hits(world, "officer", "样板路东段")) == 1
    assert DraftText.objects.get().text == SAID and ConfirmedText.objects.count() == 2


def test_who_may_not_view_or_says_nothing_confirms_nothing(
    world: World, drafted: Recording
) -> None:
    assert code(confirm, world, "officer", drafted, "看不到") == "viewing.no_approval"
    grant(world)
    assert code(confirm, world, "officer", drafted, " \n") == "text.missing"
    assert code(confirm, world, "officer", drafted, "字" * 20_001) == "text.too_long"
    assert code(confirm, world, "officer", drafted, "没有草稿", "speech") == "record.not_found"
    assert code(confirm, world, "operator", drafted, "字") == "permission.missing"
    assert not ConfirmedText.objects.exists()


def test_the_page_shows_the_draft_under_a_viewing_only_and_takes_the_correction(
    world: World, drafted: Recording
) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world["officer"])
    page = reverse("recording", args=[drafted.id])
    grant(world)
    assert "禁止停车" not in browser.get(page).content.decode()
    viewing = open_recording(actor=world["officer"], recording_id=drafted.id, reason="核对")
    shown = browser.get(page, {"viewing": viewing.token}).content.decode()
    assert "禁止停车" in shown and "机器草稿，未核对" in shown and "71%" in shown
    form = {"do": "text", "text-source": "picture", "text-key": "", "text-viewing": viewing.token}
    refused = browser.post(f"{page}?viewing={viewing.token}", {**form, "text-text": " "})
    assert refused.status_code == 400 and "请填写核对后的文字" in refused.content.decode()
    answer = browser.post(page, {**form, "text-text": "样板路东段"})
    assert answer.status_code == 302 and quote(viewing.token, safe="") in answer["Location"]
    shown = browser.get(answer["Location"]).content.decode()
    assert "已由人员核对" in shown and "样板路东段" in shown and "机器的草稿" in shown


def test_the_page_says_which_pages_of_a_scan_were_not_read(
    world: World, drafted: Recording
) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world["officer"])
    grant(world)
    read = {"model": "m", "version": "1"}
    left = "第2页没有读出"
    put_draft(drafted.original_id, "picture", text="禁止停车", failure=left, lines=(), **read)
    viewing = open_recording(actor=world["officer"], recording_id=drafted.id, reason="核对")
    page = reverse("recording", args=[drafted.id])
    shown = browser.get(page, {"viewing": viewing.token}).content.decode()
    assert "禁止停车" in shown and "第2页没有读出" in shown and "未能识别" not in shown
