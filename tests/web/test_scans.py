"""A scan of papers, taken in as a PDF: its pages under a viewing, its words, its covered copy."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions.access import grant_standing_approval
from liuhen.actions.redacting import begin_redaction, change_redaction, order_redaction
from liuhen.actions.taking_in import take_in_file
from liuhen.compliance.facts import facts_of_case
from liuhen.demo.people import World
from liuhen.jobs.examining import examine, make_playable
from liuhen.jobs.media import make_thumbnail
from liuhen.jobs.recognising import read_waiting_pictures
from liuhen.jobs.redacting import make_redacted
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.recordings.derivatives import REDACTED
from liuhen.recordings.models import DraftText, Recording
from liuhen.recordings.queries import derivative_of, unreturned_recordings
from liuhen.recordings.uploads import Intent
from liuhen.vault.keeping import local_store
from tests.media import written
from tests.recordings import street
from tests.web.conftest import Browser


@pytest.fixture
def scan(world: World, tmp_path: Path) -> Recording:
    """Two pages, taken in for an activity of the officer's own case, and looked at by the jobs."""
    grant_standing_approval(
        actor=world["deputy"],
        group="officer",
        purpose="办理",
        scope="own_open_cases",
        until=clock.now() + dt.timedelta(days=30),
    )
    path = written.scanned(tmp_path / "当事人提交的材料.pdf")
    intent = Intent(name=path.name, activity_id=street.begin(world).id)
    found = take_in_file(path, actor=world["officer"], intent=intent)
    assert make_thumbnail(found.original_id)
    assert make_playable(found.original_id) and not make_playable(found.original_id)
    assert examine(found.original_id) == 0
    return found


def test_its_pages_are_shown_under_a_viewing_and_to_nobody_else(
    scan: Recording, browser: Browser
) -> None:
    client = browser("officer")
    address = reverse("recording", args=[scan.id])
    before = client.get(address).content.decode()
    assert 'data-island="player"' not in before
    assert "页数" in before and 'value="returned"' not in before
    assert scan.made_by is not None
    assert not unreturned_recordings(scan.made_by).exists(), "no camera brings it back"
    opened = client.post(reverse("media-open", args=[scan.id]), {"reason": "核对材料"})
    token = json.loads(opened.content)["original"].split("/")[2]
    pages = _player(client.get(address, {"viewing": token}).content.decode())["pages"]
    assert len(pages) == 2 and all(pages)
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert browser("officer3").get(page).status_code in (403, 404)
    whole = client.get(reverse("media-original", args=[token]))
    assert whole["Content-Disposition"].startswith("attachment"), "no browser shows it unmarked"


def test_its_words_are_drafted_and_it_is_no_footage(scan: Recording, world: World) -> None:
    assert read_waiting_pictures() == 1
    text = DraftText.objects.get().text
    assert "责令改正通知书" in text and "禁止停车" in text
    assert scan.case is not None
    assert facts_of_case(scan.case.id).recordings == (), "a scan is no recording of Art. 3"


def test_a_part_of_a_page_is_covered_in_its_copy(scan: Recording, world: World) -> None:
    officer = world["officer"]
    begun = begin_redaction(actor=officer, recording_id=scan.id, reason="复制", finds_faces=True)
    assert not begun.finds_faces and begun.is_paged
    region = {"what": "other", "keys": [[2, 0, 0, 1000, 500]]}
    change_redaction(actor=officer, redaction_id=begun.id, regions=[region], sounds=[])
    order_redaction(actor=officer, redaction_id=begun.id)
    before = sha256_file(local_store().place(scan.original_id))
    assert make_redacted(str(begun.id))
    begun.refresh_from_db()
    assert (begun.state, begun.frames, begun.doubted) == ("made", 2, [])
    copy = derivative_of(scan.original_id, REDACTED, begun.key)
    assert copy is not None and copy.how["type"] == "application/pdf"
    first, second = pypdfium2.PdfDocument(str(settings.HOME.derived_dir / copy.path))
    assert _brightest(second) < 40 <= _brightest(first)
    assert sha256_file(local_store().place(scan.original_id)) == before


def _brightest(page: Any) -> int:
    """Of the upper two fifths."""
    pixels = page.render(scale=0.5).to_numpy()
    return int(pixels[: pixels.shape[0] * 2 // 5].max())


def _player(shown: str) -> dict[str, Any]:
    data = shown.partition('data-island="player"')[2].partition("application/json")[2]
    found: dict[str, Any] = json.loads(data.partition(">")[2].partition("</script>")[0])
    return found
