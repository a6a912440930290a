"""Sample values for every kind of field: to look at a type before any case uses it.

Plainly fictional. Not for drafts of real papers, which are filled from their case (`filling`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liuhen.assembly.document_types import Column, DocumentType, Field

_DAY = "2026-11-18"
_INSTANT = "2026-11-18T01:30:00.000000Z"
_SPAN = {"started_at": _INSTANT, "ended_at": "2026-11-18T02:15:00.000000Z"}
_PARTY = {
    "kind": "organisation",
    "name": "虚构市样例装饰有限公司",
    "identity_number": "91000000MA00000000",
    "representative": "曹样例",
    "address": "虚构市示例区样板路90号",
    "phone": "010-00000000",
}
_OFFICERS = [
    {"name": "张示例", "certificate_number": "XG-0001"},
    {"name": "李示例", "certificate_number": "XG-0002"},
]


def sample_data(found: DocumentType) -> dict[str, Any]:
    """Data that fill every field of a type, in the plain form `fill` gives."""
    return {one.key: sample_value(one) for one in found.fields}


def sample_value(one: Field) -> Any:
    """A value of the field's kind."""
    return _SAMPLES[one.kind](one)


def _cell(column: Column) -> Any:
    plain: Mapping[str, Any] = {"number": 1, "money": 12_300, "date": _DAY, "flag": True}
    return plain.get(column.kind, f"{column.label}样例")


_SAMPLES: Mapping[str, Callable[[Field], Any]] = {
    "text": lambda one: f"{one.label}样例",
    "long_text": lambda one: f"{one.label}的样例文字，第一段。\n第二段，说明版式如何换行。",
    "number": lambda one: 15,
    "date": lambda one: _DAY,
    "instant": lambda one: _INSTANT,
    "span": lambda one: dict(_SPAN),
    "money": lambda one: 12_300,
    "flag": lambda one: True,
    "choice": lambda one: one.options[0].value,
    "choices": lambda one: [one.options[0].value],
    "party": lambda one: dict(_PARTY),
    "officers": lambda one: [dict(officer) for officer in _OFFICERS],
    "items": lambda one: [{each.key: _cell(each) for each in one.columns}] * max(2, one.minimum),
    "dialogue": lambda one: [{"question": "请说明情况。", "answer": "情况如上所述。"}],
    "opinion": lambda one: {"text": "同意。", "name": "吴样例", "signed_on": _DAY},
}
