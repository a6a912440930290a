"""Lists page by their sort key, and what a page costs does not grow with what it shows."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from liuhen.actions.act import Draft, act
from liuhen.actions.simple_procedure import start_simple_case
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.compliance.outline import ALIKE
from liuhen.kernel.ids import new_id
from liuhen.ledger.models import Entry
from liuhen.oversight.models import Suspicion
from liuhen.people.models import Office, Person
from liuhen.recordings.models import Recording
from liuhen.search.indexing import follow_all
from liuhen.web import case_page
from liuhen.web.case_page import CARDS
from liuhen.web.paging import ROWS
from liuhen.web.papers import _draft_pages
from liuhen.web.timeline import thinned
from tests.web.conftest import Street, hand_in, words


def queries(client: Client, address: str) -> int:
    """How many queries one answer takes; asked once before, so that nothing is counted twice."""
    sent = 0

    def count(execute: Callable[..., object], *args: object) -> object:
        nonlocal sent
        sent += 1
        return execute(*args)

    assert client.get(address).status_code == 200
    with connection.execute_wrapper(count):
        assert client.get(address).status_code == 200
    return sent


def begin_cases(street: Street, count: int) -> None:
    for _ in range(count):
        street.clock.move(seconds=1)
        start_simple_case(
            actor=street.world["officer"],
            second_officer=street.world["officer2"],
            place="演示街口",
            is_certificate_shown=True,
        )


@act(permission="session.end", event="test.rows_made")
def make_rows(draft: Draft, *, actor: Person, case: Case, count: int) -> None:
    """Requests and suspicions by the dozen, as many acts would have left them."""
    paper = case.papers.latest("drawn_up_at")
    for number in range(count):
        Approval.objects.create(
            kind="filing",
            subject_kind="documents.paper",
            subject_id=paper.id,
            case_id=case.id,
            office=Office.Kind.UNIT_HEAD,
            asked_by=actor,
            asked_at=draft.at,
            opinion_asked=f"第{number}次报送",
        )
        Suspicion.objects.create(
            case=case, item=1, rule=f"rule_{number}", ground="依据", raised_at=draft.at
        )


@act(permission="session.end", event="test.recordings_made")
def copy_recording(draft: Draft, *, actor: Person, recording: Recording, count: int) -> None:
    """The same footage again and again, as many hand-ins would have left it."""
    for number in range(count):
        recording.id, recording.name = new_id(), f"IMG_9{number:03d}.png"
        recording.save(force_insert=True)


def test_the_case_page_takes_as_many_queries_for_two_records_as_for_sixty(street: Street) -> None:
    client, scene = street.browser("officer"), street.scene(street.filed)
    address = reverse("case", args=[street.filed])
    tied = hand_in(street.world, 200, scene)
    few = queries(client, address)
    copy_recording(actor=street.world["officer"], recording=tied, count=58)
    page = words(client.get(address))
    assert page.count('class="lh-recording-words"') == CARDS
    assert queries(client, address) == few
    assert few < 60
    assert "这项活动的全部 60 件音像" in page
    everything = f"{reverse('recordings')}?activity={scene.id}"
    assert f'href="{everything}"' in page
    listed = words(client.get(everything))
    assert listed.count('<tr><td><a href="/recordings/') == ROWS
    assert pager(listed, "next") is not None
    other = reverse("recordings") + f"?activity={street.scene(street.archived).id}"
    assert words(client.get(other)).count('<tr><td><a href="/recordings/') == 1


def test_duties_that_stand_alike_are_counted_and_listed_on_a_page_of_their_own(
    street: Street,
) -> None:
    client, address = street.browser("officer"), reverse("case", args=[street.filed])
    for seed in range(400, 400 + ALIKE + 2):
        hand_in(street.world, seed, street.scene(street.filed))
    rule = "recording_stored_in_time"
    further = f"{reverse('case_duties', args=[street.filed])}?rule={rule}"
    page = words(client.get(address))
    assert page.count(f'<a href="{further}">另有 2 项情况相同</a>') == 1
    listed = words(client.get(further))
    alike = Finding.objects.filter(case=street.filed, rule=rule).count()
    assert listed.count('class="lh-duty-line"') == alike > ALIKE
    assert client.get(f"{reverse('case_duties', args=[street.filed])}?rule=x").status_code == 404
    stranger = street.browser("handler").get(further)
    assert stranger.status_code == 404


def test_lists_of_cases_take_as_many_queries_for_three_as_for_sixty(street: Street) -> None:
    lists = [("officer", "cases"), ("officer", "desk"), ("supervisor", "desk")]
    few = [queries(street.browser(who), reverse(name)) for who, name in lists]
    begin_cases(street, 57)
    assert [queries(street.browser(who), reverse(name)) for who, name in lists] == few


def test_the_list_of_recordings_takes_as_many_queries_for_three_as_for_sixty(
    street: Street,
) -> None:
    client, address = street.browser("officer"), reverse("recordings")
    loose = hand_in(street.world, 300)
    few = queries(client, address)
    copy_recording(actor=street.world["officer"], recording=loose, count=57)
    assert queries(client, address) == few


def test_lists_of_requests_and_suspicions_take_as_many_queries_for_three_as_for_sixty(
    street: Street,
) -> None:
    lists = [("unit_head", "approvals"), ("supervisor", "suspicions")]
    officer, case = street.world["officer"], street.case(street.filed)
    make_rows(actor=officer, case=case, count=3)
    few = [queries(street.browser(who), reverse(name)) for who, name in lists]
    make_rows(actor=officer, case=case, count=57)
    assert [queries(street.browser(who), reverse(name)) for who, name in lists] == few


def numbers_on(page: str) -> list[str]:
    return re.findall(r'lh-quiet">(虚城管案〔2026〕\d+号)', page)


def pager(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_every_case_is_listed_once_going_forth_and_again_going_back(street: Street) -> None:
    begin_cases(street, 57)
    client, address = street.browser("officer"), reverse("cases")
    seen: list[str] = []
    at, last = "", ""
    while True:
        page = words(client.get(address + at))
        seen += numbers_on(page)
        last, following = at, pager(page, "next")
        if following is None:
            break
        at = following
    assert len(seen) == len(set(seen)) == 60
    assert "第 51–60 条" in page
    back = words(client.get(address + (pager(words(client.get(address + last)), "prev") or "")))
    assert numbers_on(back) == seen[25:50]
    assert "第 26–50 条" in back
    first = words(client.get(address + (pager(back, "prev") or "")))
    assert numbers_on(first) == seen[:25]
    assert pager(first, "prev") is None


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%F0%9F%98%80",
        base64.urlsafe_b64encode(b"7").decode(),
        base64.urlsafe_b64encode(json.dumps([0, ["morgen", "x"]]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([-5, ["2026-01-01 00:00Z", "x"]]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([0, [None, None]]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([0, ["2026-01-01"]]).encode()).decode(),
    ],
)
def test_a_cursor_that_makes_no_sense_shows_the_first_page(street: Street, cursor: str) -> None:
    client = street.browser("officer")
    first = numbers_on(words(client.get(reverse("cases"))))
    for name in ("after", "before"):
        answer = client.get(reverse("cases"), {name: cursor})
        assert (answer.status_code, numbers_on(words(answer))) == (200, first)


def test_cases_are_found_by_number_cause_party_place_and_state(street: Street) -> None:
    follow_all()
    client, address = street.browser("officer"), reverse("cases")
    running = street.case(street.running)

    def found(**wanted: str) -> list[str]:
        return numbers_on(words(client.get(address, wanted)))

    assert found(q=running.number) == [running.number]
    assert len(found(q="占用道路")) == 3
    assert len(found(q="刘样例")) == len(found(q="样例")) == 3
    assert len(found(q="刘样例 占用道路", state="open")) == len(found(state="open")) > 0
    assert found(q="刘样例 没有的字") == found(q="——") == found(q="例") == []
    assert "只有一个字" in words(client.get(address, {"q": "例"}))
    long = client.get(address, {"q": "刘" * 10_000})
    assert (long.status_code, numbers_on(words(long))) == (400, [])
    elsewhere = street.browser("handler").get(address, {"q": "刘样例"})
    assert numbers_on(words(elsewhere)) == []
    assert found(state="closed") == [street.case(street.archived).number]
    assert len(found(state="open")) == 2
    assert found(q="没有这样的案件") == []
    assert "没有符合条件的案件" in words(client.get(address, {"q": "没有这样的案件"}))
    assert len(found(state="burnt")) == 3


def test_recordings_are_filtered_by_what_is_still_to_be_done(street: Street) -> None:
    client, address = street.browser("officer"), reverse("recordings")
    loose = hand_in(street.world, 400)

    def found(show: str) -> int:
        page = words(client.get(address, {"show": show}))
        return page.count(reverse("recording", args=[loose.id]))

    assert (found(""), found("unlabelled"), found("unreturned"), found("nonsense")) == (1, 1, 1, 1)
    assert "这一类没有音像" in words(street.browser("handler").get(address, {"show": "unlabelled"}))


def test_a_draft_of_several_pages_is_drawn_once(street: Street) -> None:
    draft = street.case(street.running).papers.exclude(state="void").get()
    _draft_pages.cache_clear()
    client = street.browser("officer")
    client.get(reverse("paper", args=[draft.id]))
    for page in (1, 2):
        client.get(reverse("paper_page", args=[draft.id, page]))
    assert _draft_pages.cache_info().misses == 1


def test_the_case_page_shows_the_newest_entries_and_leads_to_all_of_them(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_page, "LEDGER_ROWS", 6)
    client = street.browser("officer")
    page = words(client.get(reverse("case", args=[street.archived])))
    everything = reverse("case_ledger", args=[street.archived])
    count = Entry.objects.filter(case_id=street.archived).count()
    assert page.count('data-label="序号"') == 6 < count
    assert everything in page
    listed = words(client.get(everything))
    assert listed.count('data-label="序号"') == min(count, ROWS)
    papers = words(client.get(reverse("case_papers", args=[street.archived])))
    assert "当场行政处罚决定书" in papers
    for name in ("case_ledger", "case_papers"):
        address = reverse(name, args=[street.archived])
        assert street.browser("handler").get(address).status_code == 404


def test_what_is_many_is_drawn_in_part_with_its_ends() -> None:
    rows = list(range(1000))
    drawn = thinned(rows, 120)
    assert (len(drawn), drawn[0], drawn[-1]) == (120, 0, 999)
    assert list(thinned(rows[:120], 120)) == rows[:120]
