"""The catalogue of document types and what its data promise."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from liuhen.assembly import DocumentType, document_type, types
from liuhen.assembly.completeness import missing_fields
from liuhen.assembly.document_types import SIDE, parse_type, shared_fields
from liuhen.assembly.file_order import OTHERS, place_in_file
from liuhen.assembly.rendering import LAYOUTS
from liuhen.assembly.samples import sample_data
from liuhen.kernel.refusals import Fault, Refused

ALL = list(types().values())
SPINE = {
    "simple_decision": 37,
    "service_receipt": 39,
    "fine_collection": 43,
    "simple_case_filing": None,
    "inspection_record": 5,
    "inquiry_record": 8,
    "statement_record": 28,
    "closing_report": 51,
    "interruption_statement": 61,
    "impossibility_statement": None,
    "evidence_statement": 60,
    "case_cover": 63,
    "file_catalogue": 63,
    "end_note": 63,
}
ORDINARY = {
    "lead_register": 1,
    "initiation_approval": 2,
    "investigation_report": 24,
    "prior_notice": 26,
    "waiver": 28,
    "defence_review": 29,
    "legality_review_opinion": 25,
    "collective_minutes": 33,
    "decision_approval": 35,
    "penalty_decision": 36,
    "performance_record": None,
    "archive_receipt": None,
}


def test_every_paper_of_the_simple_and_the_ordinary_case_has_its_type() -> None:
    numbers = {one.key: one.catalogue for one in ALL}
    assert {**SPINE, **ORDINARY}.items() <= numbers.items()


BEYOND = {
    "other_decision_approval",
    "other_prior_notice",
    "simple_case_filing",
    "performance_record",
    "impossibility_statement",
    "extension_consent",
    "archive_receipt",
    "recording_exemption",
    "rectification_order",
    "rectification_answer",
    "disposal_list",
    "disposal_certificate",
    "assistance_reply",
    "entrustment",
    "evidence_catalogue",
    "remedy_answer",
}


def test_all_sixty_three_of_the_catalogue_and_those_beyond_have_a_type() -> None:
    assert {one.catalogue for one in ALL} == {*range(1, 64), None}
    assert {one.key for one in ALL} >= BEYOND


def test_the_order_of_a_case_file_names_types_and_each_once() -> None:
    text = resources.files("liuhen.assembly").joinpath("file_order.toml").read_text("utf-8")
    named = [key for group in tomllib.loads(text)["group"] for key in group]
    assert len(named) == len(set(named))
    assert set(named) - {OTHERS} <= set(types())
    assert place_in_file("penalty_decision") == 0
    assert place_in_file("inquiry_record") == place_in_file(OTHERS)
    assert place_in_file("initiation_approval") < place_in_file("inquiry_record")
    assert place_in_file("inquiry_record") < place_in_file("closing_report")


def test_nothing_a_party_is_given_stands_in_the_side_file() -> None:
    side = [one for one in ALL if one.volume == SIDE]
    assert len(side) > 10
    assert [one.key for one in side if any("当事人" in copy for copy in one.copies)] == []


LETTER = """
title = "函"
layout = "letter"
series = "{authority_code}函字〔{year}〕第{seq}号"
articles = ["measures.14"]
body = ["# 一", "请{act}。", "?note [note]", "[things]"]
[[field]]
use = "authority_name"
[[field]]
use = "number"
[[field]]
key = "act"
label = "事项"
kind = "text"
required = true
[[field]]
key = "note"
label = "说明"
kind = "long_text"
[[field]]
key = "things"
label = "物品"
kind = "items"
columns = [{ key = "name", label = "名称" }]
"""


def test_a_letter_without_a_layout_of_its_own_is_words_around_fields() -> None:
    found = parse_type("letter_of_a_test", LETTER, shared_fields())
    kinds = [(one.kind, one.when) for one in found.body]
    assert kinds == [("heading", ""), ("words", ""), ("block", "note"), ("block", "")]
    assert [piece.text or piece.field for piece in found.body[1].pieces] == ["请", "act", "。"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("请{act}。", "请。"), "lacks required"),
        (('layout = "letter"', 'layout = "letter"\nvolume = "third"'), "no such volume"),
        (("[things]", "[nothing]"), "unknown fields"),
        (("?note ", "?when "), "unknown fields"),
    ],
)
def test_a_letter_that_leaves_out_what_it_must_say_is_a_fault(
    change: tuple[str, str], told: str
) -> None:
    with pytest.raises(Fault, match=told):
        parse_type("odd", LETTER.replace(*change), shared_fields())


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_type_is_whole(one: DocumentType) -> None:
    assert (LAYOUTS / f"{one.layout}.typ").is_file()
    assert one.articles
    assert all(field.source for field in one.fields)
    assert any(field.required for field in one.fields)
    assert ("number" in one.by_key) == bool(one.series)
    assert not one.seal or "issued_on" in one.by_key


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_sample_of_a_type_lacks_nothing_that_is_required(one: DocumentType) -> None:
    assert missing_fields(one, sample_data(one)) == []


@pytest.mark.parametrize("one", [one for one in ALL if one.series], ids=lambda one: one.key)
def test_a_number_stands_in_the_brackets_of_official_papers(one: DocumentType) -> None:
    number = one.number("虚城管", 2026, 12)
    assert number.startswith("虚城管")
    assert number.endswith("〔2026〕第12号")


def test_no_two_types_share_a_series() -> None:
    series = [one.series for one in ALL if one.series]
    assert len(series) == len(set(series))


def test_a_type_without_a_series_has_no_numbers() -> None:
    with pytest.raises(Refused) as refused:
        document_type("service_receipt").number("虚城管", 2026, 1)
    assert refused.value.code == "paper.unnumbered"


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        document_type("love_letter")
    assert refused.value.code == "paper.type_unknown"


BROKEN = {
    "unknown shared field": '[[field]]\nuse = "nowhere"',
    "unknown kind": '[[field]]\nkey = "a"\nlabel = "甲"\nkind = "poem"',
    "field named twice": '[[field]]\nuse = "cause"\n[[field]]\nuse = "cause"',
    "choice without options": '[[field]]\nkey = "a"\nlabel = "甲"\nkind = "choice"',
    "options without choice": (
        '[[field]]\nkey = "a"\nlabel = "甲"\nkind = "text"\noptions = [["b", "乙"]]'
    ),
    "items without columns": '[[field]]\nkey = "a"\nlabel = "甲"\nkind = "items"',
    "condition on nothing": (
        '[[field]]\nkey = "a"\nlabel = "甲"\nkind = "text"\nrequired_when = { field = "b" }'
    ),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_definition_that_contradicts_itself_is_a_fault(text: str) -> None:
    with pytest.raises(Fault, match="type odd"):
        parse_type("odd", f'title = "怪"\nlayout = "waiver"\n{text}', shared_fields())


def test_a_field_the_type_lacks_is_a_fault() -> None:
    assert document_type("waiver").field("waived").kind == "choices"
    with pytest.raises(Fault, match="no field weather"):
        document_type("waiver").field("weather")
