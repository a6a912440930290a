"""Recordings as evidence on their page: each is put into words, once, from what is known of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.urls import reverse

from liuhen.actions.access import grant_standing_approval
from liuhen.actions.evidence_discs import file_disc
from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.papers import issue_paper
from liuhen.actions.texts import confirm_text
from liuhen.compliance.models import Finding
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.recordings.models import Recording
from liuhen.recordings.texts import put_draft
from tests.actions.ordinary import refusal
from tests.web.conftest import words
from tests.web.ordinary import Ordinary

At = Callable[[str], Ordinary]
TYPE = "evidence_statement"


def post(case: Ordinary, recording: object, who: str = "handler") -> tuple[int, str]:
    address = reverse("case_evidence", args=[case.case.id])
    answer = case.browser(who).post(address, {"recording": str(recording)}, follow=True)
    return answer.status_code, words(answer)


def test_a_recording_is_put_into_words_from_what_is_known_of_it(at: At) -> None:
    case = at("investigated")
    film = Recording.objects.get(kind="video")
    page = reverse("case_evidence", args=[case.case.id])
    assert f'起草文字说明<span class="visually-hidden">：{film.name}' in words(
        case.browser("handler").get(page)
    )
    status, shown = post(case, film.id)
    assert status == 200
    assert "文字说明已填好" in shown
    paper = Paper.objects.get(type=TYPE)
    assert paper.data["digest"] == film.original_id
    assert paper.data["extractor"] == "王承办"
    assert "transcript" not in paper.data or not paper.data["transcript"]
    again = words(case.browser("handler").get(page))
    assert "文字说明是草稿" in again
    assert reverse("paper_edit", args=[paper.id]) in again


def test_a_case_whose_report_relies_on_footage_leads_to_the_page(at: At) -> None:
    case = at("investigated")
    page = reverse("case_evidence", args=[case.case.id])
    case.story.clock.move(hours=1)
    case.story.conclude()
    shown = words(case.browser("handler").get(reverse("case_conclusion", args=[case.case.id])))
    assert page in shown
    assert "已制作文字说明" in words(case.browser("handler").get(page))
    _its_disc_is_registered_once_and_counts(case, page)


def _its_disc_is_registered_once_and_counts(case: Ordinary, page: str) -> None:
    paper = Paper.objects.get(type=TYPE)
    address, client = reverse("evidence_disc", args=[paper.id]), case.browser("handler")
    assert address in words(client.get(page))
    assert address not in words(case.browser("unit_head").get(page))
    assert case.browser("unit_head").get(address).status_code == 403
    now = clock.now()
    minutes = {name: now - dt.timedelta(minutes=n) for name, n in (("burnt", 9), ("filed", 3))}
    given: dict[str, Any] = {
        "actor": case.world["handler"],
        "paper_id": paper.id,
        "number": "盘-1",
        "burnt_at": minutes["burnt"],
        "filed_at": minutes["filed"],
    }
    other = case.case.papers.exclude(type=TYPE).filter(state="issued")[0]
    late = now + dt.timedelta(minutes=1)
    for changed, code in (
        ({"paper_id": other.id}, "no_statement"),
        ({"paper_id": uuid4()}, None),
        ({"number": "  "}, "number"),
        ({"number": "盘" * 61}, "number"),
        ({"burnt_at": now}, "time"),
        ({"filed_at": late}, "time"),
    ):
        wanted = f"evidence_disc.{code}" if code else "record.not_found"
        assert refusal(file_disc, **(given | changed)).code == wanted
    assert verdict(case) == {"pending"}, "it may lie in a file of paper"
    typed = {name: f"{clock.local(at):%Y-%m-%dT%H:%M}" for name, at in minutes.items()}
    form = {"number": " 盘-1 ", "burnt_at": typed["burnt"], "filed_at": typed["filed"]}
    assert client.post(address, form)["Location"] == page
    shown = words(client.get(page))
    assert "光盘已入卷" in shown and "编号 盘-1" in shown and "登记人 王承办" in shown
    assert refusal(file_disc, **given).code == "evidence_disc.number_taken"
    assert verdict(case) == {"met"}
    entered = Entry.objects.get(event="evidence.disc_filed")
    assert entered.subject_id == str(paper.id)
    assert reverse("evidence_disc", args=[other.id]) not in shown
    assert client.get(reverse("evidence_disc", args=[other.id])).status_code == 404


def verdict(case: Ordinary) -> set[str]:
    """How the duty of the disc stands."""
    rows = Finding.objects.filter(case=case.case, rule="evidence_disc_filed")
    return set(rows.values_list("outcome", flat=True))


def test_a_recording_of_another_case_is_not_there(at: At) -> None:
    case = at("investigated")
    status, _ = post(case, uuid4())
    assert status == 404
    assert not Paper.objects.filter(type=TYPE).exists()


def test_nonsense_is_asked_for_again(at: At) -> None:
    status, _ = post(at("investigated"), "x")
    assert status == 400


def test_who_does_not_draw_up_papers_is_refused(at: At) -> None:
    case = at("investigated")
    status, _ = post(case, Recording.objects.get(kind="video").id, "unit_head")
    assert status == 403
    shown = words(case.browser("unit_head").get(reverse("case_evidence", args=[case.case.id])))
    assert "起草文字说明" not in shown


def test_a_part_of_a_recording_is_evidence_and_lies_within_it(at: At) -> None:
    case = at("investigated")
    film = Recording.objects.get(kind="video")
    assert film.started_at is not None and film.ended_at is not None
    first = film.started_at + (film.ended_at - film.started_at) / 4
    typed = {"first": clock.local(first).isoformat(), "recording": str(film.id)}
    page = reverse("case_evidence", args=[case.case.id])
    client = case.browser("handler")
    backwards = {**typed, "last": clock.local(film.started_at).isoformat()}
    assert client.post(page, backwards).status_code == 400
    client.post(page, typed)
    paper = Paper.objects.get(type=TYPE)
    told = {"started_at": clock.iso(first), "ended_at": clock.iso(film.ended_at)}
    assert paper.data["used_span"] == told
    assert "作为证据的时段" in words(client.get(page))

    by: dict[str, Any] = {"actor": case.world["handler"], "paper_id": paper.id}
    later = clock.iso(film.ended_at + dt.timedelta(hours=1))
    fields = {"used_span": {**told, "ended_at": later}}
    revise_paper(**by, version=1, fields=fields)
    outside = refusal(issue_paper, **by)
    assert outside.code == "evidence.outside"
    revise_paper(**by, version=2, fields={"used_span": told, "digest": "0" * 64})
    assert refusal(issue_paper, **by).code == "evidence.not_in_case"
    revise_paper(**by, version=3, fields={"digest": film.original_id})
    assert refusal(issue_paper, **by).code == "paper.incomplete"  # nobody wrote what is heard yet


def test_what_a_person_confirmed_of_the_speech_fills_the_statement_of_its_part(at: At) -> None:
    case = at("investigated")
    handler, client = case.world["handler"], case.browser("handler")
    film = Recording.objects.get(kind="video")
    assert film.started_at is not None
    begun = clock.local(film.started_at)
    heard = ["请出示证件", "这是我的正件", "桌子是我摆的"]
    lines = [
        {"text": text, "begin_ms": 10_000 * n, "end_ms": 10_000 * n + 8_000}
        for n, text in enumerate(heard)
    ]
    put_draft(
        film.original_id, "speech", text="\n".join(heard), lines=lines, model="M", version="1"
    )
    page = reverse("case_evidence", args=[case.case.id])
    part = {
        "recording": str(film.id),
        "first": (begun + dt.timedelta(seconds=9)).isoformat(),
        "last": (begun + dt.timedelta(seconds=19)).isoformat(),
    }
    assert client.post(page, part).status_code == 302
    paper = Paper.objects.get(type=TYPE)
    assert "transcript" not in paper.data  # nobody has confirmed what the machine heard
    fill = {"recording": str(film.id), "paper": str(paper.id)}
    assert "填入录音文字" not in words(client.get(page))

    assert "批准" in words(client.post(page, fill))
    grant_standing_approval(
        actor=case.world["deputy"],
        group="handler",
        purpose="办理案件",
        scope="own_open_cases",
        until=clock.now() + dt.timedelta(days=9),
    )
    assert "还没有人核对过文字" in words(client.post(page, fill))
    told = "请出示证件\n这是我的证件\n桌子是我摆的"
    confirm_text(actor=handler, recording_id=film.id, source="speech", text=told)
    assert "填入录音文字" in words(client.get(page))
    assert client.post(page, fill).status_code == 302
    paper.refresh_from_db()
    from_to = [f"{begun + dt.timedelta(seconds=n):%H:%M:%S}" for n in (10, 18)]
    assert paper.data["transcript"] == [{"at": "—".join(from_to), "text": "这是我的证件"}]
    assert "填入录音文字" not in words(client.get(page))
