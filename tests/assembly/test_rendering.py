"""Papers compiled from complete data, read back from the PDF."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import subprocess
import sys
from typing import Any

import pytest
from pypdf import PdfReader

from liuhen.assembly import DocumentType, fill, find_fonts, pressing, preview, render, types
from liuhen.assembly.wording import worded
from liuhen.kernel.refusals import Refused
from tests.assembly.case_facts import FACTS, ORGANISATION, facts_for
from tests.assembly.reading import fonts_in, furthest_right, pages_of, squeezed, text_of

ALL = list(types().values())
AT = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
RARE = "㐂𠮷"
UNSHOWN = "\U00013000"  # an Egyptian hieroglyph


def made(key: str, **changes: Any) -> bytes:
    """The paper of a complete case, some fields changed."""
    return render(key, {**fill(key, facts_for(key)), **changes}, timestamp=AT)


def printed_forms(one: DocumentType, data: dict[str, Any]) -> list[str]:
    """Every string a complete paper has to show for its required fields."""
    forms: list[str] = []
    for field in one.fields:
        if not field.is_required(data):
            continue
        value = worded(field, data[field.key])
        assert value is not None
        if field.kind == "items":
            forms += [cell for row in value["rows"] for cell in row]
        elif field.kind == "dialogue":
            forms += [part for turn in value["turns"] for part in turn.values()]
        elif field.kind == "party":
            forms += [row["text"] for row in value["rows"]]
        elif field.kind == "opinion":
            forms += [value["text"], value["name"], value["signed_on"]]
        elif field.kind == "number":
            continue  # in figures or in numerals, as the layout has it: checked below
        else:
            forms.append(str(value["formal" if field.key == "issued_on" else "text"]))
    return [squeezed(form).rstrip("。；，") for form in forms]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_complete_paper_shows_every_required_field(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    text = text_of(render(one, data, timestamp=AT))
    assert squeezed(one.title) in text
    assert [form for form in printed_forms(one, data) if form not in text] == []


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_required_counts_are_shown_in_figures_or_numerals(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    text = text_of(render(one, data, timestamp=AT))
    for field in one.fields:
        if field.kind == "number" and field.is_required(data):
            value = worded(field, data[field.key])
            assert value is not None
            assert value["text"] in text or value["numeral"] in text, field.key


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_paper_declares_pdf_a_and_embeds_its_fonts(one: DocumentType) -> None:
    pdf = render(one, fill(one, facts_for(one.key)), timestamp=AT)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in pdf
    catalogue: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert "/OutputIntents" in catalogue
    assert catalogue["/Lang"] == "zh-CN"
    fonts = fonts_in(pdf)
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font["descriptor"]) for font in fonts)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_same_input_gives_the_same_bytes(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    assert render(one, data, timestamp=AT) == render(one, data, timestamp=AT)


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import datetime as dt, hashlib\n"
        "from liuhen.assembly import fill, render\n"
        "from tests.assembly.case_facts import FACTS\n"
        "at = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)\n"
        "pdf = render('penalty_decision', fill('penalty_decision', FACTS), timestamp=at)\n"
        "print(hashlib.sha256(pdf).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == hashlib.sha256(made("penalty_decision")).hexdigest()


def test_the_timestamp_is_the_date_of_creation() -> None:
    later = AT + dt.timedelta(seconds=1)
    first = fill("waiver", facts_for("waiver"))
    information = PdfReader(io.BytesIO(render("waiver", first, timestamp=later))).metadata
    assert information is not None
    assert information.creation_date == later
    assert information.title == "放弃陈述申辩、听证权利声明"


def test_pages_are_counted_at_the_foot() -> None:
    pages = pages_of(made("penalty_decision"))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共3页" in squeezed(page)


def test_the_text_runs_in_reading_order() -> None:
    text = text_of(made("penalty_decision"))
    order = [
        "虚构市城市管理委员会",
        "行政处罚决定书",
        "〔2026〕",
        "王五",
        "经查明",
        "证据",
        "罚款金额",
    ]
    places = [text.index(part) for part in [*order, "申请行政复议", "二〇二六年十一月二十三日"]]
    assert places == sorted(places)


MARKUP = '#panic("x") *粗* $a^2$ \\ \\u{41} = 标题 <标> @引 `码` // 注 #import "/x.typ" [框] _斜_ ~'


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_what_a_person_writes_is_never_markup(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    for field in one.fields:
        if field.kind in ("text", "long_text"):
            data[field.key] = MARKUP
        if field.kind == "items":
            data[field.key] = [
                {**row, **{c.key: MARKUP for c in field.columns if c.kind == "text"}}
                for row in data[field.key]
            ]
        if field.kind == "party":
            data[field.key] = {**data[field.key], "name": MARKUP, "address": MARKUP}
        if field.kind == "opinion":
            data[field.key] = {**data[field.key], "text": MARKUP}
        if field.kind == "dialogue":
            data[field.key] = [{"question": MARKUP, "answer": MARKUP}]
    assert squeezed(MARKUP) in text_of(render(one, data, timestamp=AT))


def test_quotes_and_braces_stay_data() -> None:
    odd = '"}],"draft":true,"x":[{"'
    text = text_of(made("waiver", declaration=odd))
    assert squeezed(odd) in text
    assert "草稿" not in text


def test_characters_without_a_form_are_not_printed() -> None:
    text = text_of(made("waiver", declaration="甲\u202e乙\x07丙\u200b丁\ufeff"))
    assert "甲乙丙丁" in text


def test_rare_characters_are_shown_and_can_be_searched() -> None:
    party = {**FACTS["party"], "born_on": "1990-03-07", "name": RARE}
    pdf = made("simple_decision", party=party)
    assert f"当事人：{RARE}" in text_of(pdf)


def test_a_character_no_font_shows_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        made("waiver", declaration=f"甲{UNSHOWN}")
    assert refused.value.code == "fonts.character_missing"
    assert "U+13000" in refused.value.data["characters"]


def test_a_character_no_font_shows_can_be_written_as_its_code() -> None:
    data = {**fill("waiver", facts_for("waiver")), "declaration": f"甲{UNSHOWN}乙"}
    pdf = render("waiver", data, timestamp=AT, rare_characters="code")
    assert "甲〔U+13000〕乙" in text_of(pdf)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_very_long_names_stay_on_the_page(one: DocumentType) -> None:
    data = fill(one, facts_for(one.key))
    name = "虚构市特别长名称有限责任公司" * 14 + "A" * 120
    for field in one.fields:
        if field.kind == "text" and not field.at_issue:
            data[field.key] = name
        if field.kind == "party":
            data[field.key] = {**ORGANISATION, "name": name, "identity_number": "9" * 60}
        if field.kind == "items":
            data[field.key] = [{**row, field.columns[0].key: name} for row in data[field.key]]
    pdf = render(one, data, timestamp=AT)
    assert squeezed(name) in text_of(pdf)
    assert furthest_right(pdf) >= 40  # points: within the margin of 20 mm or more


@pytest.mark.parametrize(
    ("key", "field"), [("service_receipt", "papers"), ("archive_receipt", "files")]
)
def test_three_hundred_items_run_on_with_their_head_on_each_page(key: str, field: str) -> None:
    row = fill(key, FACTS)[field][0]
    rows = [{**row, "title": f"第{index}件物品清单"} for index in range(1, 301)]
    pages = [squeezed(page) for page in pages_of(made(key, **{field: rows}))]
    assert len(pages) > 5
    assert all(f"第{index}件物品清单" in "".join(pages) for index in (1, 150, 300))
    assert all("序号" in page for page in pages if "件物品清单" in page)


def test_an_inquiry_of_many_pages_is_signed_on_each() -> None:
    turns = [{"question": f"第{n}问？", "answer": "是的。" * 20} for n in range(60)]
    pages = [squeezed(page) for page in pages_of(made("inquiry_record", dialogue=turns))]
    assert len(pages) > 4
    assert all("被询问人（签名）" in page for page in pages)


def test_a_long_opinion_does_not_lose_its_end() -> None:
    words = "经审查，" + "事实清楚，" * 400 + "末尾意见。"
    opinion = {"text": words, "name": "吴八", "office": "委领导", "signed_on": "2026-11-27"}
    assert "末尾意见。" in text_of(made("closing_report", leader_opinion=opinion))


def test_an_incomplete_paper_is_refused_with_what_it_lacks() -> None:
    data = fill("waiver", facts_for("waiver"))
    del data["declaration"], data["waived"]
    with pytest.raises(Refused) as refused:
        render("waiver", data, timestamp=AT)
    assert refused.value.code == "paper.incomplete"
    assert refused.value.data["missing"] == "放弃的权利、声明内容"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_draft_may_be_empty_and_says_it_is_one(one: DocumentType) -> None:
    text = text_of(render(one, {}, draft=True, timestamp=AT))
    assert "草" in text
    assert "稿" in text


def test_only_a_draft_says_it_is_one() -> None:
    data = fill("waiver", facts_for("waiver"))
    assert "草稿" not in text_of(render("waiver", data, timestamp=AT))
    assert "草稿" in text_of(render("waiver", data, timestamp=AT, draft=True))


def test_a_watermark_names_its_viewer_on_every_page() -> None:
    data = fill("penalty_decision", FACTS)
    pdf = render("penalty_decision", data, timestamp=AT, watermark="李四 2026-11-23 10:00")
    assert all("李四2026-11-23" in squeezed(page) for page in pages_of(pdf))


def test_a_matrix_code_stands_on_the_first_page_only() -> None:
    data = fill("penalty_decision", FACTS)
    pdf = render("penalty_decision", data, timestamp=AT, verification="https://v.example/p/1")
    pages = pages_of(pdf)
    assert "扫码核验" in pages[0]
    assert not any("扫码核验" in page for page in pages[1:])


def test_papers_for_several_holders_say_so() -> None:
    assert "本文书一式二份：当事人、执法机关存档各一份。" in text_of(made("penalty_decision"))


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("waiver", "made_at", "昨天"),
        ("waiver", "made_at", "2026-11-23T10:00:00"),
        ("waiver", "notice_served_on", "2026-02-30"),
        ("waiver", "waived", ["everything"]),
        ("waiver", "form", "shouted"),
        ("waiver", "declaration", 7),
        ("waiver", "party", {"kind": "robot", "name": "甲"}),
        ("prior_notice", "statement_days", "五"),
        ("service_receipt", "papers", "决定书"),
        ("initiation_approval", "is_urgent", "yes"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_label(
    key: str, field: str, value: object
) -> None:
    with pytest.raises(Refused) as refused:
        render(key, {**fill(key, facts_for(key)), field: value}, timestamp=AT, draft=True)
    assert refused.value.code == "paper.field_invalid"
    assert refused.value.data["field"] == field


def test_a_preview_is_one_image_a_page() -> None:
    data = fill("simple_decision", FACTS)
    for page_format, opening in (("svg", b"<svg"), ("png", b"\x89PNG")):
        pages = preview("simple_decision", data, page_format=page_format)  # type: ignore[arg-type]
        assert len(pages) == 2
        assert all(page.startswith(opening) for page in pages)


def test_one_process_draws_a_preview_after_each_key() -> None:
    """It has read fonts and layouts: beginning a new one takes longer than drawing."""
    pressing.end_presses()
    drawn = set[int]()
    for count in range(3):
        preview("simple_decision", fill("simple_decision", {**FACTS, "facts": "字" * (count + 1)}))
        drawn |= {press.process.pid for press in pressing._idle}
    assert len(drawn) == 1


def test_a_preview_shows_what_no_font_has_as_a_code() -> None:
    assert len(preview("waiver", {"declaration": UNSHOWN})) == 1


def test_fonts_are_shared_between_papers() -> None:
    assert find_fonts() is find_fonts()
