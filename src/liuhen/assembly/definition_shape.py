"""The shape of a document type's definition as data from outside: which parts, of what sort.

Strict: a part that is not known is wrong. Not for what the parts mean together (`own_types`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MOST_FIELDS = 80
MOST_LINES = 100
MOST_COLUMNS = 20
Check = Callable[[Any], bool]
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Categories of characters that have no form of their own.
_FORMLESS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _words(most: int, least: int = 1) -> Check:
    return lambda value: (
        isinstance(value, str)
        and least <= len(value.strip()) <= most
        and value == value.strip()
        and not _FORMLESS.intersection(map(unicodedata.category, value))
    )


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _count(most: int) -> Check:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    )


def _width(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 20


def _key(value: Any) -> bool:
    return isinstance(value, str) and bool(_KEY.fullmatch(value))


def _list(most: int, of: Check) -> Check:
    return lambda value: (
        isinstance(value, list) and len(value) <= most and all(of(one) for one in value)
    )


def _option(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_words(80)(one) for one in value)


def _rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _condition(value: Any) -> bool:
    if not isinstance(value, Mapping) or set(value) != {"field", "values"}:
        return False
    values = value["values"]
    is_list = isinstance(values, list) and len(values) <= 50
    return _key(value["field"]) and is_list and all(isinstance(v, str | bool) for v in values)


# Part: its words, whether it must be there, what it must be.
Shape = Mapping[str, tuple[str, bool, Check]]
_TYPE: Shape = {
    "volume": ("订入哪一卷（main 或者 side）", False, lambda value: value in ("main", "side")),
    "title": ("名称（不超过60字）", True, _words(60)),
    "layout": ("版式", True, _words(40)),
    "size": ("字号", False, _words(20, 0)),
    "series": ("文号格式（不超过60字）", False, _words(60, 0)),
    "seal": ("盖章", False, _flag),
    "approval": ("经审批", False, _flag),
    "catalogue": ("目录号", False, _count(999)),
    "kinds": ("适用的案件", False, _list(10, _words(20))),
    "articles": ("依据（不超过20条）", False, _list(20, _words(40))),
    "copies": ("联（不超过5联，每联不超过30字）", False, _list(5, _words(30))),
    "body": ("正文（不超过100段，每段不超过1000字）", False, _list(MOST_LINES, _words(1000))),
    "field": ("各栏", True, _rows),
    "signer": ("签字", False, _rows),
}
_FIELD: Shape = {
    "key": ("代号", True, _key),
    "label": ("名称（不超过40字）", True, _words(40)),
    "kind": ("内容", True, _words(20)),
    "required": ("必填", False, _flag),
    "required_when": ("条件", False, _condition),
    "source": ("来源", False, _words(80, 0)),
    "at_issue": ("制作时填写", False, _flag),
    "minimum": ("最少项数", False, _count(50)),
    "seconds": ("到秒", False, _flag),
    "half": ("半行", False, _flag),
    "role": ("身份", False, _words(40, 0)),
    "options": ("选项（不超过30个）", False, _list(30, _option)),
    "columns": ("列", False, _rows),
}
_COLUMN: Shape = {
    "key": ("代号", True, _key),
    "label": ("名称（不超过30字）", True, _words(30)),
    "kind": (
        "内容",
        False,
        lambda one: one in ("text", "long_text", "number", "money", "date", "flag"),
    ),
    "width": ("宽度", False, _width),
    "required": ("必填", False, _flag),
}
_SIGNER: Shape = {
    "role": ("身份", True, _words(40)),
    "label": ("名称（不超过40字）", True, _words(40)),
    "minimum": ("人数（不超过10）", False, _count(10)),
    "may_refuse": ("可以拒签", False, _flag),
    "per_page": ("逐页", False, _flag),
}


def shape_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    """Everything in a definition that is not of the shape it must be, in words."""
    yield from _against(_TYPE, raw, "")
    rows = raw.get("field")
    if _rows(rows):
        assert rows is not None
        if not 1 <= len(rows) <= MOST_FIELDS:
            yield f"栏数要在1到{MOST_FIELDS}之间"
        for place, one in enumerate(rows, start=1):
            yield from _field_faults(one, f"第{place}栏的")
    signers = raw.get("signer", [])
    if _rows(signers):
        if len(signers) > 10:
            yield "签字超过10行"
        for place, one in enumerate(signers, start=1):
            yield from _against(_SIGNER, one, f"第{place}行签字的")


def is_field(raw: Any) -> bool:
    """Whether something is of the shape of a field's definition."""
    return isinstance(raw, Mapping) and not any(_field_faults(raw, ""))


def _field_faults(raw: Mapping[str, Any], where: str) -> Iterator[str]:
    yield from _against(_FIELD, raw, where)
    columns = raw.get("columns", [])
    if _rows(columns):
        if len(columns) > MOST_COLUMNS:
            yield f"{where}列超过{MOST_COLUMNS}列"
        for column in columns:
            yield from _against(_COLUMN, column, f"{where}列的")


def _against(shape: Shape, raw: Mapping[str, Any], where: str) -> Iterator[str]:
    for part in sorted(set(map(str, raw)) - set(shape)):
        yield f"{where}“{part}”不认识"
    for part, (words, is_needed, check) in shape.items():
        if part not in raw:
            if is_needed:
                yield f"{where}{words}没有写"
        elif not check(raw[part]):
            yield f"{where}{words}不对"
