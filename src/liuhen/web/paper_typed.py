"""Fields of a paper as a form shows and sends them: strings, and lists and mappings of strings.

`raw_of` words a stored value for the form, `raw_in` takes what was posted, `value_of` reads it.
Names in the form: `key`, `key.part`, `key.row.column`. Not for which fields a paper must hold
(`assembly.completeness`), nor for who may change them (`actions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from liuhen.assembly.amounts import fen
from liuhen.assembly.document_types import Column, Field
from liuhen.assembly.filling import is_known
from liuhen.assembly.wording import PARTY_PARTS, clean
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain

Raw = str | list[str] | dict[str, str] | list[dict[str, str]]

MOST_ROWS = 1_000
_LONGEST = {"text": 1_000, "long_text": 20_000, "opinion": 2_000}
_LONGEST_CELL = 4_000
_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "officers": (
        Column("name", "姓名", required=True),
        Column("certificate_number", "执法证件号", required=True),
    ),
    "dialogue": (
        Column("question", "问", "long_text", required=True),
        Column("answer", "答", "long_text", required=True),
    ),
}


class Unreadable(Exception):
    """What was typed is no value of the field; the text says why, in the typist's words."""


def columns_of(field: Field) -> tuple[Column, ...]:
    """The columns of a field that is a list of rows; none for other kinds."""
    return field.columns or _COLUMNS.get(field.kind, ())


def raw_of(field: Field, value: Any) -> Raw:
    """A stored value as the form shows it; nothing known shows as nothing."""
    if columns_of(field):
        rows = value if isinstance(value, list) else []
        return [
            {one.key: _shown(one.kind, row.get(one.key)) for one in columns_of(field)}
            for row in rows
        ]
    if field.kind == "choices":
        return sorted(map(str, value)) if isinstance(value, list) else []
    if field.kind in ("party", "span"):
        held = value if isinstance(value, Mapping) else {}
        return {part: _shown(kind, held.get(part)) for part, kind in _parts(field.kind)}
    if field.kind == "opinion":
        return str(value.get("text") or "") if isinstance(value, Mapping) else ""
    return _shown(field.kind, value)


def _parts(kind: str) -> tuple[tuple[str, str], ...]:
    if kind == "span":
        return (("started_at", "instant"), ("ended_at", "instant"))
    return (("kind", "text"), *((part, "text") for part in PARTY_PARTS))


def _shown(kind: str, value: Any) -> str:
    if not is_known(value):
        return ""
    if kind == "money":
        return f"{Decimal(value) / 100:.2f}"
    if kind == "flag":
        return "yes" if value is True else "no"
    if kind == "instant":
        return f"{clock.local(clock.parse_iso(value)):%Y-%m-%dT%H:%M:%S}"
    return str(value)


def raw_in(field: Field, post: QueryDict) -> Raw:
    """What was posted for a field; rows in the order they were posted, empty ones left out."""
    if columns_of(field):
        return _rows_in(field, post)
    if field.kind == "choices":
        return sorted(post.getlist(field.key))
    if field.kind in ("party", "span"):
        return {part: _posted(post, f"{field.key}.{part}") for part, _ in _parts(field.kind)}
    return _posted(post, field.key)


def _posted(post: QueryDict, name: str) -> str:
    return str(post.get(name, "")).replace("\r\n", "\n").strip()


def _rows_in(field: Field, post: QueryDict) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    keys = {column.key for column in columns_of(field)}
    for name in post:
        first, _, rest = name.partition(".")
        place, _, column = rest.partition(".")
        if first == field.key and column in keys:
            rows.setdefault(place, dict.fromkeys(keys, ""))[column] = _posted(post, name)
    return [row for row in rows.values() if any(row.values())]


def value_of(field: Field, raw: Raw) -> Any:
    """The value that was typed; None when the field was emptied.

    Raises:
        Unreadable: it is no value of the field's kind, or too long.
    """
    if isinstance(raw, str):
        return _read(field.kind, raw, field) if raw else None
    if isinstance(raw, dict):
        return _mapping(field, raw)
    if field.kind == "choices":
        return [_choice(field, str(one)) for one in raw] or None
    return _rows(field, raw)


def _mapping(field: Field, raw: Mapping[str, str]) -> dict[str, Any] | None:
    kinds = dict(_parts(field.kind))
    held = {part: _read(kinds[part], text, field) for part, text in raw.items() if text}
    if field.kind == "span" and set(held) == set(kinds) and held["ended_at"] < held["started_at"]:
        raise Unreadable("结束时间早于开始时间。")
    if field.kind == "party" and held.get("kind") not in (None, "person", "organisation"):
        raise Unreadable("请选择是自然人还是法人、其他组织。")
    return held or None


def _rows(field: Field, raw: Sequence[Any]) -> list[dict[str, Any]] | None:
    if len(raw) > MOST_ROWS:
        raise Unreadable(f"最多 {MOST_ROWS} 项，请分成几份。")
    found = []
    for place, row in enumerate(raw, start=1):
        read = {}
        for column in columns_of(field):
            try:
                read[column.key] = _cell(column, row[column.key])
            except Unreadable as wrong:
                raise Unreadable(f"第 {place} 项“{column.label}”：{wrong}") from wrong
        found.append({key: value for key, value in read.items() if value is not None})
    return found or None


def _cell(column: Column, text: str) -> Any:
    if len(text) > _LONGEST_CELL:
        raise Unreadable(f"最多 {_LONGEST_CELL} 字。")
    return _READ[column.kind](text) if text else None


def _read(kind: str, text: str, field: Field) -> Any:
    longest = _LONGEST.get(kind, 200)
    if len(text) > longest:
        raise Unreadable(f"最多 {longest} 字，现在有 {len(text)} 字。")
    return _choice(field, text) if kind == "choice" else _READ[kind](text)


def _choice(field: Field, value: str) -> str:
    if value not in {option.value for option in field.options}:
        raise Unreadable("请从列出的选项中选择。")
    return value


def _line(text: str) -> str:
    return " ".join(clean(text).split("\n"))


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unreadable("请填整数。") from error


def _money(text: str) -> int:
    try:
        return fen(Decimal(text.replace(",", "").replace("，", "")))
    except InvalidOperation as error:
        raise Unreadable("请填数字，单位是元。") from error
    except Refused as refused:
        raise Unreadable(explain(refused).message) from refused


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Unreadable("请填年月日，例如 2026-03-05。") from error


def _instant(text: str) -> str:
    try:
        read = dt.datetime.fromisoformat(text.replace(" ", "T"))
        return clock.iso(read if read.tzinfo else read.replace(tzinfo=clock.CHINA))
    except (ValueError, OverflowError) as error:
        raise Unreadable("请填日期和时间，例如 2026-03-05 14:02。") from error


def _flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise Unreadable("请选择是或者否。")
    return text == "yes"


_READ: Mapping[str, Callable[[str], Any]] = {
    "text": _line,
    "long_text": clean,
    "opinion": clean,
    "number": _number,
    "money": _money,
    "date": _date,
    "instant": _instant,
    "flag": _flag,
}
