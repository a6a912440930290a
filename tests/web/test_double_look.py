"""Supervision looks without a trace to whom it looks at; register and ledger have every look."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from liuhen.access.models import Viewing
from liuhen.actions.access import grant_standing_approval, open_recording
from liuhen.compliance.states import moments
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Recording
from tests.web.conftest import Street, words

REASON = "监督抽查这一段"


@pytest.fixture
def looked(street: Street) -> Entry:
    """The entry of a look by supervision at the filed case's footage; another's look beside it."""
    for group in ("supervisor", "records_manager"):
        grant_standing_approval(
            actor=street.world["deputy"],
            group=group,
            purpose="监督、保管",
            scope="all_cases",
            until=clock.now() + dt.timedelta(days=30),
        )
    recording = Recording.objects.get(case=street.filed)
    open_recording(actor=street.world["records"], recording_id=recording.id, reason="核对保管")
    open_recording(actor=street.world["supervisor"], recording_id=recording.id, reason=REASON)
    return Entry.objects.get(event="recording.viewed", actor_id=street.world["supervisor"].id)


def pages_of(street: Street) -> list[str]:
    recording = Recording.objects.get(case=street.filed)
    return [
        reverse("recording", args=[recording.id]),
        reverse("case", args=[street.filed]),
        reverse("case_ledger", args=[street.filed]),
        reverse("case_past", args=[street.filed]),
    ]


@pytest.mark.parametrize("who", ["officer", "unit_head"])
def test_who_is_looked_at_finds_no_trace_of_it(street: Street, looked: Entry, who: str) -> None:
    case, client = street.case(street.filed), street.browser(who)
    for address in pages_of(street):
        page = words(client.get(address))
        assert REASON not in page and street.world["supervisor"].name not in page, address
        assert str(looked.id) not in page, address
    assert client.get(reverse("entry", args=[looked.id])).status_code == 404
    told = client.get(f"/api/v1/cases/{case.id}/moments").json()
    assert told[-1]["events"] == ["recording.viewed"], "the other's, at the same instant"
    assert moments(case)[-1].events == ("recording.viewed", "recording.viewed")


def test_who_is_looked_at_still_reads_the_looks_of_others(street: Street, looked: Entry) -> None:
    page = words(street.browser("officer").get(pages_of(street)[0]))
    assert "核对保管" in page and street.world["records"].name in page


@pytest.mark.parametrize("who", ["supervisor", "records", "deputy", "head"])
def test_who_reads_the_whole_register_finds_every_look(
    street: Street, looked: Entry, who: str
) -> None:
    page = words(street.browser(who).get(pages_of(street)[0]))
    assert REASON in page and "核对保管" in page
    assert street.browser(who).get(reverse("entry", args=[looked.id])).status_code == 200


def test_the_look_is_registered_and_in_the_ledger(street: Street, looked: Entry) -> None:
    one = Viewing.objects.get(viewer=street.world["supervisor"])
    assert one.reason == REASON and looked.case_id == street.filed
