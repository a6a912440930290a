"""The list of offences as forms offer it: a choice fills other fields. Not for the list itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from liuhen.assembly.amounts import figures
from liuhen.cases.models import Offence

# A list this long no longer helps anybody; the forms can be filled without it.
_MOST = 1000


def offences_in_use() -> list[Offence]:
    """What is offered, by code."""
    return list(Offence.objects.filter(is_in_use=True).order_by("code")[:_MOST])


def offer_offences(
    field: forms.Field, offences: Sequence[Offence], names: Sequence[str], *, empty: str
) -> None:
    """Let a field offer offences by code; choosing one fills the fields `names`."""
    field.choices = [("", empty), *((one.code, one.cause) for one in offences)]  # type: ignore[attr-defined]
    _fill(field, {one.code: {name: getattr(one, name) for name in names} for one in offences})


def offer_grades(field: forms.Field, offences: Sequence[Offence]) -> dict[str, tuple[str, str]]:
    """Let a field offer offences grade by grade; choosing one fills basis and discretion.

    Returns what each key stands for: code and grade, "" for an offence without grades.
    """
    known, fills = dict[str, tuple[str, str]](), dict[str, dict[str, str]]()
    choices: list[Any] = [("", "不选")]
    for one in offences:
        group = []
        for place, grade in enumerate(one.grades or [{}]):
            key = f"{one.id}:{place}"
            known[key] = (one.code, grade.get("name", ""))
            fills[key] = {"basis": one.basis}
            if grade.get("circumstances"):
                fills[key]["discretion"] = grade["circumstances"]
            group.append((key, grade_words(grade) if grade else one.cause))
        choices += [(one.cause, group)] if one.grades else group
    field.choices = choices  # type: ignore[attr-defined]
    _fill(field, fills)
    return known


def range_words(from_fen: int, to_fen: int) -> str:
    """100.00 元至 500.00 元."""
    return f"{figures(from_fen)} 元至 {figures(to_fen)} 元"


def grade_words(grade: Mapping[str, Any]) -> str:
    """较轻：100.00 元至 500.00 元."""
    return f"{grade['name']}：{range_words(grade['from_fen'], grade['to_fen'])}"


def _fill(field: forms.Field, fills: dict[str, dict[str, str]]) -> None:
    field.widget.attrs["data-fills"] = json.dumps(fills, ensure_ascii=False)
