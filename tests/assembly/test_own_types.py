"""Document types as an authority defines them: read, refused, and looked for on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from liuhen.assembly import DocumentType, render, types
from liuhen.assembly.own_types import definition_of, own_type
from liuhen.assembly.rendering import LAYOUTS
from liuhen.assembly.samples import sample_data
from liuhen.assembly.trial import absent_from_page
from liuhen.kernel.refusals import Refused
from tests.assembly.reading import squeezed, text_of

ALL = list(types().values())
AT = dt.datetime(2026, 11, 28, 2, 0, tzinfo=dt.UTC)
Change = Callable[[dict[str, Any]], object]


def definition(**changes: Any) -> dict[str, Any]:
    """A letter of the authority's own, sound as it stands."""
    told = {
        "title": "约谈通知书",
        "layout": "letter",
        "series": "{authority_code}约谈字〔{year}〕第{seq}号",
        "seal": True,
        "kinds": ["inspection"],
        "articles": ["measures.13"],
        "copies": ["当事人", "执法机关存档"],
        "body": ["因{cause}，请于{talk_at}到{place}接受约谈。", "# 须带的材料", "?papers [papers]"],
        "field": [
            {
                "key": "authority_name",
                "label": "执法机关",
                "kind": "text",
                "required": True,
                "source": "authority.name",
            },
            {"key": "number", "label": "文号", "kind": "text", "required": True, "at_issue": True},
            {
                "key": "party",
                "label": "当事人",
                "kind": "party",
                "required": True,
                "source": "party",
            },
            {
                "key": "cause",
                "label": "案由",
                "kind": "text",
                "required": True,
                "source": "case.cause",
            },
            {"key": "talk_at", "label": "约谈时间", "kind": "instant", "required": True},
            {"key": "place", "label": "约谈地点", "kind": "text", "required": True},
            {
                "key": "papers",
                "label": "材料",
                "kind": "items",
                "columns": [{"key": "name", "label": "名称"}],
            },
            {
                "key": "issued_on",
                "label": "制作日期",
                "kind": "date",
                "required": True,
                "at_issue": True,
            },
        ],
        "signer": [{"role": "recipient", "label": "当事人签收", "minimum": 0, "may_refuse": True}],
    }
    return {**told, **changes}


def wrong(key: str, told: dict[str, Any]) -> str:
    """What a definition is refused for."""
    with pytest.raises(Refused) as refused:
        own_type(key, told)
    assert refused.value.code == "document_type.unsound"
    return str(refused.value.data["what"])


def test_every_type_of_the_product_is_a_definition_that_gives_it_back() -> None:
    for one in ALL:
        assert own_type(one.key, definition_of(one)) == one


@pytest.mark.parametrize("key", ["prior_notice", "initiation_approval", "inquiry_record"])
def test_a_type_of_the_product_stands_on_its_page_whole(key: str) -> None:
    assert absent_from_page(types()[key]).words == ""


@pytest.mark.parametrize("layout", ["letter", "form", "record"])
def test_a_type_of_the_authority_stands_on_its_page_in_each_layout(layout: str) -> None:
    found = own_type("own_1", definition(layout=layout))
    absent = absent_from_page(found)
    assert (absent.words, absent.others) == ("", ())


def test_what_the_page_does_not_show_is_named() -> None:
    told = definition_of(types()["penalty_decision"])
    told["field"].append(
        {"key": "own_1", "label": "信用修复告知", "kind": "long_text", "required": True}
    )
    told["field"].append({"key": "own_2", "label": "备注", "kind": "text"})
    told["signer"].append({"role": "witness", "label": "见证人", "minimum": 1})
    absent = absent_from_page(own_type("penalty_decision", told))
    assert absent.required == ("信用修复告知",)
    assert absent.others == ("备注",)
    assert absent.signers == ("见证人",)  # this layout has no lines of signature
    told["layout"], told["body"] = "letter", ["依据{basis}，{own_1}。"]
    assert "正文没有写必填的" in wrong("penalty_decision", told)


def test_a_sealed_paper_without_a_place_for_the_seal_is_found() -> None:
    told = definition_of(types()["waiver"])
    found = own_type("waiver", told)
    sealed = DocumentType(**{**fields_of(found), "seal": True})
    assert absent_from_page(sealed).seal


def fields_of(found: DocumentType) -> dict[str, Any]:
    return {name: getattr(found, name) for name in DocumentType.__dataclass_fields__}


def _append(part: str, row: dict[str, Any]) -> Change:
    return lambda told: told[part].append(row)


def _set(part: str, value: object) -> Change:
    return lambda told: told.update({part: value})


UNSOUND: dict[str, tuple[Change, str]] = {
    "no title": (_set("title", " "), "名称"),
    "a long title": (_set("title", "长" * 61), "名称"),
    "a formless character": (_set("title", "约谈\u202e书"), "名称"),
    "a layout of somebody's": (_set("layout", "../../etc/passwd"), "没有这种版式"),
    "another type's layout": (_set("layout", "penalty_decision"), "没有这种版式"),
    "layout source": (_set("source", "#read('/etc/passwd')"), "不认识"),
    "no such size": (_set("size", "enormous"), "字号"),
    "a series without a count": (_set("series", "{authority_code}字〔{year}〕号"), "文号格式"),
    "a series that reads more": (
        _set("series", "{authority_code}{year}{seq}{0.__class__}"),
        "文号格式",
    ),
    "no volume of a file": (_set("volume", "secret"), "哪一卷"),
    "a paper of the side file for the party": (
        lambda told: told.update(volume="side", copies=["当事人"]),
        "副卷",
    ),
    "no articles": (_set("articles", []), "依据"),
    "not an article": (_set("articles", ["民法第1条"]), "不是条款"),
    "six copies": (_set("copies", ["甲"] * 6), "联"),
    "no letter": (_set("body", []), "公文要有正文"),
    "an unknown field in the letter": (_set("body", ["{weather}"]), "没有的一栏"),
    "braces that name nothing": (_set("body", ["{天 气}"]), "花括号"),
    "a required field left out": (_set("body", ["因{cause}到{place}。"]), "约谈时间"),
    "a field named twice": (
        _append("field", {"key": "own_9", "label": "案由", "kind": "text"}),
        "写了两栏",
    ),
    "an unknown kind": (
        _append("field", {"key": "own_9", "label": "诗", "kind": "poem"}),
        "没有这种内容",
    ),
    "a choice without options": (
        _append("field", {"key": "own_9", "label": "选", "kind": "choice"}),
        "选项",
    ),
    "a list without columns": (
        _append("field", {"key": "own_9", "label": "单", "kind": "items"}),
        "列",
    ),
    "a source nobody fills": (
        _append("field", {"key": "own_9", "label": "密", "kind": "text", "source": "secrets.key"}),
        "没有可以填",
    ),
    "a source of another kind": (
        _append("field", {"key": "own_9", "label": "人", "kind": "text", "source": "party"}),
        "没有可以填",
    ),
    "a key that is none": (
        _append("field", {"key": "__class__", "label": "键", "kind": "text"}),
        "代号",
    ),
    "a signer of no role": (_append("signer", {"role": "king", "label": "国王"}), "没有对应的身份"),
    "a signer twice": (_append("signer", {"role": "recipient", "label": "再签"}), "两行"),
    "fields that are none": (_set("field", "all"), "各栏"),
    "eighty-one fields": (
        _set("field", [{"key": f"a{n}", "label": f"栏{n}", "kind": "text"} for n in range(81)]),
        "栏数",
    ),
}


@pytest.mark.parametrize(("change", "told"), UNSOUND.values(), ids=UNSOUND.keys())
def test_a_definition_that_is_wrong_is_refused_in_words(change: Change, told: str) -> None:
    mine = definition()
    change(mine)
    assert told in wrong("own_1", mine)


def _of(key: str, **changes: object) -> Change:
    def change(told: dict[str, Any]) -> None:
        next(one for one in told["field"] if one["key"] == key).update(changes)

    return change


LOSSES: dict[str, tuple[Change, str]] = {
    "a field": (
        lambda told: told.update(field=[f for f in told["field"] if f["key"] != "proposed"]),
        "拟作出的处罚",
    ),
    "that it is required": (_of("proposed", required=False), "拟作出的处罚"),
    "its source": (_of("proposed", source=""), "拟作出的处罚"),
    "its kind": (_of("proposed", kind="text", source=""), "拟作出的处罚"),
    "a signature": (_set("signer", []), "当事人签收"),
    "the seal": (_set("seal", False), "盖不盖章"),
    "its number": (
        lambda told: told.update(
            series="", field=[one for one in told["field"] if one["key"] != "number"]
        ),
        "文号",
    ),
    "its place in the catalogue": (_set("catalogue", 7), "目录"),
}


@pytest.mark.parametrize(("change", "told"), LOSSES.values(), ids=LOSSES.keys())
def test_a_changed_type_loses_nothing_of_the_product(change: Change, told: str) -> None:
    mine = definition_of(types()["prior_notice"])
    change(mine)
    assert told in wrong("prior_notice", mine)


def test_a_changed_type_may_say_and_ask_more() -> None:
    mine = definition_of(types()["prior_notice"])
    mine["title"] = "行政处罚事先告知书（本市）"
    _of("proposed", label="拟处罚的内容")(mine)
    _of("hearing_days", required=True)(mine)
    mine["field"].append({"key": "own_1", "label": "免罚清单的适用", "kind": "text"})
    found = own_type("prior_notice", mine)
    assert found.field("hearing_days").required
    assert found.field("own_1").label == "免罚清单的适用"


MARKUP = '#read("style.typ") #import "/x.typ" $a$ *b* \\ `c` <d> @e [f] = g'


def test_nothing_in_a_definition_is_run_or_read() -> None:
    told = definition(title=MARKUP[:60].strip(), body=[MARKUP, "{cause}{talk_at}{place}"])
    told["field"][3]["label"] = MARKUP[:40].strip()
    told["signer"][0]["label"] = MARKUP[:40].strip()
    for layout in ("letter", "form", "record"):
        found = own_type("own_1", {**told, "layout": layout})
        text = text_of(render(found, sample_data(found), timestamp=AT))
        assert squeezed(told["title"]) in text
        assert squeezed(MARKUP if layout == "letter" else MARKUP[:40]) in text


def test_no_layout_of_ours_reaches_beyond_its_folder() -> None:
    """What compiles is only ours: it imports the common style and reads no file and no package."""
    for layout in LAYOUTS.glob("*.typ"):
        text = layout.read_text("utf-8")
        reached = re.findall(r'(?:import|include)\s+"([^"]*)"', text)
        assert set(reached) <= {"style.typ"}, layout.name
        assert not re.search(r"\b(read|plugin|csv|yaml|toml|xml|cbor|eval)\(", text), layout.name


def test_a_size_of_letters_is_the_types_own() -> None:
    small = own_type("own_1", definition(size="small-four"))
    large = own_type("own_1", definition(size="three"))
    pages = [render(one, sample_data(one), timestamp=AT) for one in (small, large)]
    assert pages[0] != pages[1]
