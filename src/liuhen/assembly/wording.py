"""How each kind of value is worded on paper: plain strings for the layouts, never markup.

Characters without a form of their own (controls, direction overrides) are dropped, so that what
is printed is what was meant. Not for the look of a paper and not for its fixed sentences: both
stand in `layouts/`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from liuhen.assembly.amounts import chinese_amount, figures
from liuhen.assembly.dates import (
    chinese_date,
    chinese_instant,
    chinese_numeral,
    chinese_span,
    formal_date,
)
from liuhen.assembly.document_types import Column, Field
from liuhen.assembly.filling import is_known
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

Worded = dict[str, Any]

_FORMLESS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb]"
)
# What papers print of a party, in order; the part of the data and its label.
PARTY_ROWS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("name", "姓名"),
        ("gender", "性别"),
        ("born_on", "出生日期"),
        ("ethnicity", "民族"),
        ("identity_number", "身份证件号码"),
        ("employer", "工作单位"),
        ("post", "职务"),
        ("address", "住址"),
        ("phone", "联系电话"),
    ),
    "organisation": (
        ("name", "名称"),
        ("identity_number", "统一社会信用代码"),
        ("representative", "法定代表人（负责人）"),
        ("post", "职务"),
        ("address", "住所"),
        ("phone", "联系电话"),
    ),
}
PARTY_PARTS = tuple(dict.fromkeys(part for rows in PARTY_ROWS.values() for part, _ in rows))


def worded(one: Field, value: Any) -> Worded | None:
    """The field's value as the layouts read it: `text` and what its kind adds; None if unknown.

    Raises:
        Refused: `paper.field_invalid`, the value is not of the field's kind; `amount.*`.
    """
    if not is_known(value):
        return None
    try:
        return {"kind": one.kind, "label": one.label, **_WORDINGS[one.kind](one, value)}
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Refused("paper.field_invalid", field=one.key, label=one.label) from error


def clean(text: str) -> str:
    """The text without characters that have no visible form; line breaks stay."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return _FORMLESS.sub("", unix.replace("\u2029", "\n").replace("\t", " ")).strip()


def as_day(value: Any) -> dt.date:
    """A day from ISO text or a date; an instant gives the authority's day."""
    if isinstance(value, dt.datetime):
        return clock.local_date(value)
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value)


def as_instant(value: Any) -> dt.datetime:
    """An aware instant from RFC 3339 text or a datetime."""
    if isinstance(value, str):
        return clock.parse_iso(value)
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise TypeError("an instant needs an offset from UTC")
    return value


def _line(value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError("text expected")
    return " ".join(clean(str(value)).split("\n"))


def _text(one: Field, value: Any) -> Worded:
    return {"text": _line(value)}


def _long_text(one: Field, value: Any) -> Worded:
    if not isinstance(value, str):
        raise TypeError("text expected")
    paragraphs = [part.strip() for part in clean(value).split("\n") if part.strip()]
    return {"text": "\n".join(paragraphs), "paragraphs": paragraphs}


def _number(one: Field, value: Any) -> Worded:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("whole number expected")
    numeral = chinese_numeral(value) if 0 <= value <= 9999 else str(value)
    return {"text": str(value), "numeral": numeral}


def _date(one: Field, value: Any) -> Worded:
    day = as_day(value)
    return {"text": chinese_date(day), "formal": formal_date(day)}


def _instant(one: Field, value: Any) -> Worded:
    return {"text": chinese_instant(as_instant(value), seconds=one.seconds)}


def _span(one: Field, value: Mapping[str, Any]) -> Worded:
    ended = value.get("ended_at")
    end = as_instant(ended) if ended else None
    return {"text": chinese_span(as_instant(value["started_at"]), end, seconds=one.seconds)}


def _money(one: Field, value: int | Decimal) -> Worded:
    capitals, in_figures = chinese_amount(value), figures(value)
    return {
        "text": f"人民币{capitals}（¥{in_figures}）",
        "capitals": capitals,
        "figures": in_figures,
    }


def _flag(one: Field, value: Any) -> Worded:
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return {"text": "是" if value else "否", "value": value}


def _choice(one: Field, value: Any) -> Worded:
    return _choices(one, [value]) | {"value": str(value)}


def _choices(one: Field, value: Sequence[Any]) -> Worded:
    chosen = {str(part) for part in value}
    labels = [option.label for option in one.options if option.value in chosen]
    if isinstance(value, str) or len(labels) != len(chosen):
        raise ValueError("not among the options")
    options = [{"label": option.label, "chosen": option.value in chosen} for option in one.options]
    return {"text": "、".join(labels), "options": options, "values": sorted(chosen)}


def _party(one: Field, value: Mapping[str, Any]) -> Worded:
    is_organisation = value["kind"] == "organisation"
    wanted = PARTY_ROWS[value["kind"]]
    rows = [
        {"label": label, "text": _party_part(key, value[key])}
        for key, label in wanted
        if is_known(value.get(key))
    ]
    name = _line(value["name"])
    return {"text": name, "name": name, "organisation": is_organisation, "rows": rows}


def _party_part(key: str, value: Any) -> str:
    return chinese_date(as_day(value)) if key == "born_on" else _line(value)


def _officers(one: Field, value: Sequence[Mapping[str, Any]]) -> Worded:
    people = [
        {"name": _line(person["name"]), "certificate": _line(person.get("certificate_number", ""))}
        for person in value
    ]
    shown = [
        f"{person['name']}（执法证件号：{person['certificate']}）"
        if person["certificate"]
        else person["name"]
        for person in people
    ]
    return {"text": "、".join(shown), "people": people}


def _items(one: Field, value: Sequence[Mapping[str, Any]]) -> Worded:
    rows = [[_cell(column, row.get(column.key)) for column in one.columns] for row in value]
    columns = [{"label": column.label, "width": column.width} for column in one.columns]
    return {"text": f"共{len(rows)}项", "columns": columns, "rows": rows}


def _cell(column: Column, value: Any) -> str:
    """One cell of an item list; unknown cells stay empty."""
    if not is_known(value):
        return ""
    if column.kind == "date":
        return as_day(value).isoformat()
    if column.kind == "money":
        return f"¥{figures(value)}"
    if column.kind == "flag":
        return "是" if value is True else "否"
    return clean(str(value))


def _dialogue(one: Field, value: Sequence[Mapping[str, Any]]) -> Worded:
    turns = [
        {"question": clean(turn["question"]), "answer": clean(turn.get("answer", ""))}
        for turn in value
    ]
    return {"text": f"共{len(turns)}问", "turns": turns}


def _opinion(one: Field, value: Mapping[str, Any]) -> Worded:
    signed = value.get("signed_on")
    return {
        "text": clean(value.get("text") or ""),
        "name": _line(value.get("name") or ""),
        "office": _line(value.get("office") or ""),
        "signed_on": chinese_date(as_day(signed)) if signed else "",
        "role": one.role,
    }


_WORDINGS: Mapping[str, Callable[[Field, Any], Worded]] = {
    "text": _text,
    "long_text": _long_text,
    "number": _number,
    "date": _date,
    "instant": _instant,
    "span": _span,
    "money": _money,
    "flag": _flag,
    "choice": _choice,
    "choices": _choices,
    "party": _party,
    "officers": _officers,
    "items": _items,
    "dialogue": _dialogue,
    "opinion": _opinion,
}
