"""What a paper still lacks before it may be issued.

Not for signatures, approvals or the order of steps: those are law and acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liuhen.assembly.document_types import DocumentType, Field, document_type
from liuhen.assembly.filling import is_known

ABSENT = "absent"
TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap: `path` names the value (`items.2.quantity`), `label` says it in Chinese."""

    path: str
    label: str
    reason: str = ABSENT
    needed: int = 0


def missing_fields(
    paper_type: str | DocumentType, data: Mapping[str, Any], *, before_issue: bool = False
) -> list[Missing]:
    """Every required value the data lack, in the order of the form; empty when complete.

    Looks into lists too: a required column of each row, the name of each officer and the number
    of the certificate shown. `before_issue=True` leaves out what the act of issue itself
    supplies (document number, day of issue).

    Raises:
        Refused: `paper.type_unknown`.
    """
    found = document_type(paper_type) if isinstance(paper_type, str) else paper_type
    return [
        gap
        for one in found.fields
        if not (before_issue and one.at_issue)
        for gap in _gaps(one, data.get(one.key), required=one.is_required(data))
    ]


def _gaps(one: Field, value: Any, *, required: bool) -> Iterator[Missing]:
    if not is_known(value):
        if required:
            yield Missing(one.key, one.label)
        return
    if one.kind in _ROW_PARTS or one.kind == "items":
        yield from _row_gaps(one, value)
    parts = _parts(one, value)
    for part, label in parts:
        if not is_known(value.get(part)):
            yield Missing(f"{one.key}.{part}", f"{one.label}：{label}")


_ROW_PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "officers": (("name", "姓名"), ("certificate_number", "执法证件号")),
    "dialogue": (("question", "问"), ("answer", "答")),
}
_PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "opinion": (("text", "意见"), ("name", "签署人"), ("signed_on", "签署日期")),
    "span": (("started_at", "开始时间"), ("ended_at", "结束时间")),
    "party": (("kind", "类别"), ("name", "姓名或者名称")),
}


def _parts(one: Field, value: Any) -> tuple[tuple[str, str], ...]:
    """The parts a known value of this kind must hold."""
    return _PARTS.get(one.kind, ()) if isinstance(value, Mapping) else ()


def _row_gaps(one: Field, rows: Any) -> Iterator[Missing]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return
    if len(rows) < one.minimum:
        yield Missing(one.key, one.label, TOO_FEW, one.minimum)
    needed = _ROW_PARTS.get(one.kind) or tuple(
        (column.key, column.label) for column in one.columns if column.required
    )
    for index, row in enumerate(rows):
        for part, label in needed:
            if not isinstance(row, Mapping) or not is_known(row.get(part)):
                where = f"{one.label}第{index + 1}项：{label}"
                yield Missing(f"{one.key}.{index}.{part}", where)
