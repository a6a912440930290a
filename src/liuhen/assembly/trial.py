"""Whether a type, as printed, shows what it must: each field, each signature's place, the seal.

The type is set with values that stand nowhere else, and they are looked for in the text of the PDF.
Not for the definition itself (`own_types`).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PdfReader

from liuhen.assembly.document_types import DocumentType, Field, Option
from liuhen.assembly.rendering import render
from liuhen.assembly.wording import Worded, worded
from liuhen.kernel import clock

_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_DAY = dt.date(2031, 1, 1)
_SEAL_PLACE = "（印章）"


@dataclass(frozen=True, slots=True)
class Absent:
    """What a page lacks, by label: required fields, other fields, signatures; perhaps the seal."""

    required: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    seal: bool = False

    @property
    def words(self) -> str:
        """What keeps the type from being used, in a line; "" when nothing does."""
        told = [*(f"必填的“{label}”" for label in self.required)]
        told += [f"“{label}”的签字处" for label in self.signers]
        return "、".join([*told, "印章处"] if self.seal else told)


def absent_from_page(found: DocumentType) -> Absent:
    """What a paper of the type does not show.

    Raises:
        Refused: as `render`: a character no font shows.
    """
    marked = _marked(found)
    data = {one.key: _MARKS[one.kind](place, one) for place, one in enumerate(marked.fields)}
    text = _text(marked, data)
    gone = {
        one.key
        for place, one in enumerate(marked.fields)
        if not _stands(marked, data, place, one, text)
        and not (one.required_when and _stands_when_due(marked, data, place, one))
    }
    signers = zip(found.signers, marked.signers, strict=True)
    opining = {one.role for one in found.fields if one.kind == "opinion" and one.key not in gone}
    return Absent(
        required=tuple(one.label for one in found.fields if one.key in gone and _is_needed(one)),
        others=tuple(one.label for one in found.fields if one.key in gone and not _is_needed(one)),
        signers=tuple(
            own.label for own, mark in signers if mark.label not in text and own.role not in opining
        ),
        seal=found.seal and _SEAL_PLACE not in text,
    )


def _is_needed(one: Field) -> bool:
    return one.required or one.required_when is not None


def _marked(found: DocumentType) -> DocumentType:
    """The type with options and lines of signature under names that stand nowhere else."""
    fields = tuple(
        replace(one, options=tuple(_option(place, n, o) for n, o in enumerate(one.options)))
        for place, one in enumerate(found.fields)
    )
    signers = tuple(replace(one, label=f"签{n}甲印") for n, one in enumerate(found.signers))
    by_key = {one.key: one for one in fields}
    return replace(found, fields=fields, signers=signers, by_key=by_key)


def _option(place: int, number: int, option: Option) -> Option:
    return Option(option.value, f"选{place}之{number}")


def _stands(
    marked: DocumentType, data: Mapping[str, Any], place: int, one: Field, text: str
) -> bool:
    """Whether the page shows a field: its value, or, of a choice, that it changes with it."""
    value = worded(one, data[one.key])
    assert value is not None
    forms = [] if one.kind == "flag" else _forms(one, value, place)
    if any(all(_squeezed(part) in text for part in parts) for parts in forms):
        return True
    other = _other(one, data[one.key])
    return other is not None and _text(marked, {**data, one.key: other}) != text


def _other(one: Field, value: Any) -> Any:
    """Another answer where a layout may say it in words of its own; None for what is printed."""
    if one.kind == "flag":
        return not value
    if one.kind == "choice" and len(one.options) > 1:
        return next(option.value for option in one.options if option.value != value)
    return [option.value for option in one.options] if one.kind == "choices" else None


def _stands_when_due(marked: DocumentType, data: Mapping[str, Any], place: int, one: Field) -> bool:
    """Whether the page shows a field once the data ask for it; what they hang on may hang, too."""
    due, asked = dict(data), one.required_when
    for _ in marked.fields:
        if asked is None:
            break
        above = marked.field(asked.field)
        if asked.values:
            value = asked.values[0]
            due[above.key] = [value] if above.kind == "choices" else value
        asked = above.required_when
    return _stands(marked, due, place, one, _text(marked, due))


def _forms(one: Field, value: Worded, place: int) -> list[list[str]]:
    """The ways in which a layout may print a value: one of them must stand there whole."""
    mark = _mark(place)
    if one.kind == "items":
        return [[*value["rows"][0]]]
    if one.kind in ("party", "officers", "dialogue", "opinion"):
        return [[mark]]
    if one.kind == "number":
        return [[value["text"]], [value["numeral"]]]
    if one.kind == "date":
        return [[value["text"]], [value["formal"]]]
    if one.kind == "money":
        return [[value["figures"]], [value["capitals"]]]
    return [[value["text"]]]


def _text(marked: DocumentType, data: Mapping[str, Any]) -> str:
    pdf = render(marked, data, timestamp=_AT)
    return _squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _mark(place: int) -> str:
    return f"标{place}乙记"


def _instant(place: int, hours: int = 0) -> str:
    return clock.iso(dt.datetime(2031, 3, 1, hours, tzinfo=dt.UTC) + dt.timedelta(days=place))


_MARKS: Mapping[str, Callable[[int, Field], Any]] = {
    "text": lambda n, one: _mark(n),
    "long_text": lambda n, one: _mark(n),
    "number": lambda n, one: 7_000 + n,
    "date": lambda n, one: (_DAY + dt.timedelta(days=n)).isoformat(),
    "instant": lambda n, one: _instant(n),
    "span": lambda n, one: {"started_at": _instant(n), "ended_at": _instant(n, 1)},
    "money": lambda n, one: 765_400_00 + n * 100,
    "flag": lambda n, one: True,
    "choice": lambda n, one: one.options[0].value,
    "choices": lambda n, one: [one.options[0].value],
    "party": lambda n, one: {"kind": "organisation", "name": _mark(n)},
    "officers": lambda n, one: (
        [{"name": _mark(n), "certificate_number": "1"}] * max(one.minimum, 2)
    ),
    "items": lambda n, one: (
        [{column.key: _cell(n, at, column.kind) for at, column in enumerate(one.columns)}]
        * max(one.minimum, 1)
    ),
    "dialogue": lambda n, one: [{"question": _mark(n), "answer": _mark(n)}],
    "opinion": lambda n, one: {"text": _mark(n), "name": "甲", "signed_on": _DAY.isoformat()},
}


def _cell(place: int, at: int, kind: str) -> Any:
    plain = {"number": 7_000 + place, "money": 100, "date": _DAY.isoformat(), "flag": True}
    return plain.get(kind, f"{_mark(place)}{at}")
