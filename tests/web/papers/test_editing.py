"""The form of a paper: every field, saved one by one, two people, bad input, the preview."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.assembly.document_types import DocumentType, types
from liuhen.assembly.filling import fill, sources
from liuhen.documents.models import Paper
from liuhen.web.paper_fields import source_words
from liuhen.web.paper_typed import Unreadable, raw_of, value_of
from tests.assembly.case_facts import facts_for
from tests.web.conftest import words
from tests.web.papers.conftest import PaperDesk


@pytest.mark.parametrize("kind", types().values(), ids=lambda one: one.key)
def test_every_field_of_every_type_comes_back_from_its_form_as_it_was(kind: DocumentType) -> None:
    data = fill(kind, facts_for(kind.key))
    for one in kind.fields:
        raw = raw_of(one, data.get(one.key))
        if one.kind == "opinion":
            assert raw == (data.get(one.key) or {"text": ""})["text"]
            continue
        assert raw_of(one, value_of(one, raw)) == raw


def test_every_source_has_words() -> None:
    assert all(source_words(path) for path in sources())


@pytest.mark.parametrize(
    ("kind", "key", "typed", "told"),
    [
        ("penalty_decision", "amount", "两千元", "单位是元"),
        ("penalty_decision", "amount", "0.001", "分"),
        ("penalty_decision", "payment_days", "十五", "整数"),
        ("penalty_decision", "penalty_kinds", ["jail"], "选项"),
        ("initiation_approval", "happened_at", "昨天", "日期和时间"),
        ("initiation_approval", "is_urgent", "perhaps", "是或者否"),
        ("performance_record", "recorded_on", "2026-02-30", "年月日"),
        ("initiation_approval", "cause", "长" * 1001, "最多 1000 字"),
        ("penalty_decision", "evidence", [{"name": "证" * 4001}], "第 1 项"),
        ("penalty_decision", "evidence", [{"name": "证"}] * 1001, "最多 1000 项"),
        (
            "inquiry_record",
            "span",
            {"started_at": "2026-03-05T10:00", "ended_at": "2026-03-05T09:59"},
            "早于",
        ),
    ],
)
def test_what_is_no_value_of_the_field_is_told_in_plain_words(
    kind: str, key: str, typed: Any, told: str
) -> None:
    one = types()[kind].field(key)
    if isinstance(typed, list) and one.columns:
        blank = {column.key: "" for column in one.columns}
        typed = [{**blank, **row} for row in typed]
    with pytest.raises(Unreadable, match=told):
        value_of(one, typed)


def test_the_form_shows_each_field_with_its_source_and_what_is_missing(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/edit/"))
    for one in types()["inquiry_record"].fields:
        assert f'data-paper-field="{one.key}"' in page, one.key
    assert "取自执法活动的登记" in page and "取自案件登记" in page
    assert "楼顶的广告" in page or "问" in page
    paper_desk.send(paper, "edit/save/", relation="", cause="另写的案由")
    page = words(paper_desk.browser("handler").get(f"/papers/{paper.id}/edit/"))
    assert '<a href="#field-relation">与本案关系</a>' in page
    assert "已改动，与案件登记不同" in page
    assert "执法活动的登记中有，尚未采用" in page


def test_fields_are_saved_one_by_one_and_what_cannot_be_read_costs_no_other(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    answer = paper_desk.send(
        paper, "edit/save/", relation="系负责人", ordinal="第二次", confirmation="属实。"
    ).json()
    assert answer["saved"] == ["confirmation", "relation"]
    assert answer["wrong"] == {"ordinal": "请填整数。"}
    paper.refresh_from_db()
    assert (paper.data["relation"], paper.data["ordinal"], paper.version) == ("系负责人", 1, 2)


def test_what_did_not_change_leaves_no_version(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    answer = paper_desk.send(paper, "edit/save/", relation=paper.data["relation"]).json()
    assert (answer["saved"], answer["version"]) == ([], 1)


def test_rows_keep_their_order_and_empty_ones_are_dropped(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    rows = {
        "dialogue.n1.question": "后加的先问？",
        "dialogue.n1.answer": "先答。",
        "dialogue.0.question": "原来的？",
        "dialogue.0.answer": "后答。",
        "dialogue.2.question": "",
        "dialogue.2.answer": "",
    }
    paper_desk.send(paper, "edit/save/", **rows)
    paper.refresh_from_db()
    asked = [turn["question"] for turn in paper.data["dialogue"]]
    assert asked == ["后加的先问？", "原来的？"]


def test_three_hundred_items_and_rare_characters_are_taken(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("investigation_report")
    rows: dict[str, str] = {}
    for place in range(300):
        rows |= {
            f"evidence.{place}.name": f"证据{place}𠮷",
            f"evidence.{place}.kind": "书证",
            f"evidence.{place}.proves": "㐂",
        }
    assert paper_desk.send(paper, "edit/save/", **rows).json()["saved"] == ["evidence"]
    drawn = paper_desk.send(paper, "edit/preview/", cause="看一看").json()
    assert len(drawn["pages"]) > 5


def test_two_people_keep_what_each_alone_has_changed_and_hear_of_the_other(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    paper_desk.send(paper, "edit/save/", "officer", relation="乙写的关系")
    answer = paper_desk.send(paper, "edit/save/", confirmation="甲写的核对", seen=1).json()
    assert (answer["saved"], answer["version"]) == (["confirmation"], 3)
    assert list(answer["fields"]) == ["relation"]
    assert "乙写的关系" in answer["fields"]["relation"]


def test_a_field_both_changed_shows_both_and_the_choice_is_saved(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    before = paper.data["relation"]
    paper_desk.send(paper, "edit/save/", "officer", relation="乙写的")
    answer = paper_desk.send(
        paper, "edit/save/", relation="甲写的", confirmation="甲写的核对", seen=1
    ).json()
    assert answer["saved"] == ["confirmation"]
    assert answer["differences"] == [
        {
            "key": "relation",
            "label": "与本案关系",
            "before": before,
            "theirs": "乙写的",
            "mine": "甲写的",
        }
    ]
    paper.refresh_from_db()
    assert (paper.data["relation"], paper.data["confirmation"]) == ("乙写的", "甲写的核对")
    chosen = paper_desk.send(paper, "edit/save/", relation="甲写的", seen=answer["version"]).json()
    assert chosen["saved"] == ["relation"]


def test_a_choice_made_on_an_old_sight_is_asked_again(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    paper_desk.send(paper, "edit/save/", "officer", relation="乙一")
    paper_desk.send(paper, "edit/save/", "officer", relation="乙二")
    answer = paper_desk.send(paper, "edit/save/", relation="甲", seen=2).json()
    assert [one["theirs"] for one in answer["differences"]] == ["乙二"]
    assert [one["before"] for one in answer["differences"]] == ["乙一"]


def test_who_else_is_at_the_form_is_told_until_they_have_gone(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    address = f"/papers/{paper.id}/edit/others/"
    paper_desk.browser("officer").get(address, {"known": "1", "field": "relation"})
    told = paper_desk.browser("handler").get(address, {"known": "1"}).json()
    assert told["others"] == [{"name": paper_desk.world["officer"].name, "field": "与本案关系"}]
    paper_desk.clock.move(seconds=21)
    assert paper_desk.browser("handler").get(address, {"known": "1"}).json()["others"] == []


def test_the_preview_draws_what_is_not_saved_and_sends_only_what_is_new(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    first = paper_desk.send(paper, "edit/preview/", relation="系店长").json()
    assert all(page["src"].startswith("data:image/png;base64,") for page in first["pages"])
    shown = ",".join(page["digest"] for page in first["pages"])
    again = paper_desk.send(paper, "edit/preview/", relation="系店员", _pages=shown).json()
    assert [page["src"] is None for page in again["pages"]] == [False, True]
    paper.refresh_from_db()
    assert paper.version == 1
    bad = paper_desk.send(paper, "edit/preview/", ordinal="x", relation="").json()
    assert bad["wrong"] == {"ordinal": "请填整数。"}
    assert {"field": "relation", "label": "与本案关系"} in bad["missing"]


def test_without_scripts_the_form_saves_and_shows_what_it_could_not_read(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    saved = paper_desk.send(paper, "edit/", relation="系负责人")
    assert saved.status_code == 302
    wrong = paper_desk.send(paper, "edit/", ordinal="第二次")
    assert wrong.status_code == 400
    assert 'value="第二次"' in words(wrong) and "请填整数。" in words(wrong)
    paper_desk.send(paper, "edit/", "officer", relation="乙写的")
    both = paper_desk.send(paper, "edit/", relation="甲写的", seen=2)
    assert both.status_code == 409
    assert "别人同时改了这一栏" in words(both)


def test_the_content_of_the_case_can_be_taken_back(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("inquiry_record")
    before = paper.data["relation"]
    paper_desk.send(paper, "edit/save/", relation="写错了")
    answer = paper_desk.send(paper, "edit/save/", relation="写错了", _take="relation").json()
    assert answer["saved"] == ["relation"]
    assert before in answer["fields"]["relation"]
    paper.refresh_from_db()
    assert paper.data["relation"] == before
    nothing = paper_desk.send(paper, "edit/save/", _take="number")
    assert nothing.status_code == 409


def test_what_may_not_be_changed_is_refused_and_shown_closed(paper_desk: PaperDesk) -> None:
    form = paper_desk.paper("initiation_approval")
    page = words(paper_desk.browser("handler").get(f"/papers/{form.id}/edit/"))
    assert 'id="paper-form"' not in page and "已经制作" in page
    refused = paper_desk.send(form, "edit/save/", cause="改")
    assert refused.status_code == 409
    assert json.loads(refused.content)["title"] == "paper.not_draft"
    notice = paper_desk.paper("prior_notice")
    numbered = paper_desk.send(notice, "edit/save/", number="第1号")
    assert json.loads(numbered.content)["title"] == "paper.field_unknown"


def test_whoever_may_not_draw_up_reads_and_whoever_may_not_see_finds_nothing(
    paper_desk: PaperDesk,
) -> None:
    paper = paper_desk.paper("inquiry_record")
    page = words(paper_desk.browser("unit_head").get(f"/papers/{paper.id}/edit/"))
    assert 'id="paper-form"' not in page
    assert paper_desk.send(paper, "edit/save/", "unit_head", relation="改").status_code == 403
    assert paper_desk.browser("operator").get(f"/papers/{paper.id}/edit/").status_code == 404


def test_the_form_asks_a_fixed_number_of_queries(paper_desk: PaperDesk) -> None:
    paper = paper_desk.paper("investigation_report")
    counts = []
    for rows in (1, 60):
        paper_desk.send(
            paper, "edit/save/", **{f"evidence.{n}.name": f"证据{n}" for n in range(rows)}
        )
        with CaptureQueriesContext(connection) as queries:
            paper_desk.browser("handler").get(f"/papers/{paper.id}/edit/")
        counts.append(len(queries))
    assert counts[0] == counts[1] < 70


def test_a_draft_is_issued_and_sent_from_its_page(paper_desk: PaperDesk) -> None:
    notice = paper_desk.paper("prior_notice")
    issued = paper_desk.send(notice, "issue/")
    assert issued.status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.number) == (Paper.State.ISSUED, "虚城管罚告字〔2026〕第1号")
    twice = paper_desk.send(notice, "issue/")
    assert twice.status_code == 409 and "已经制作" in words(twice)
    report = paper_desk.paper("investigation_report")
    unsigned = paper_desk.send(report, "issue/")
    assert unsigned.status_code == 409 and "签" in words(unsigned)


def test_a_draft_is_voided_with_a_reason_or_drawn_up_anew(paper_desk: PaperDesk) -> None:
    report = paper_desk.paper("investigation_report")
    assert paper_desk.send(report, "void/", _reason="").status_code in (400, 409)
    done = paper_desk.browser("handler").post(f"/papers/{report.id}/redraw/", {"reason": "重写"})
    anew = paper_desk.paper("investigation_report")
    assert done["Location"] == f"/papers/{anew.id}/edit/" and anew.id != report.id
    paper_desk.browser("handler").post(f"/papers/{anew.id}/void/", {"reason": "不用了"})
    anew.refresh_from_db()
    assert (anew.state, anew.void_reason) == (Paper.State.VOID, "不用了")
