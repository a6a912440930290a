"""The page of the regulation, clause by clause: what each asks for and by what it is carried out.

Art. 1: on which laws the system rests. Not for the figures (`law_figures`), nor for the findings of
a case (`case_finding`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.law.clauses import STATUTES
from liuhen.law.documentation import CHAPTERS, ClauseRow, clause_table
from liuhen.law.findings import Column
from liuhen.web.acting import signed_in

_TITLE = "规定与规则"
_KINDS = {
    "duty": "义务",
    "power": "授权",
    "definition": "定义",
    "judgement": "由人判断",
    "out_of_scope": "不在范围",
}


@dataclass(frozen=True)
class RuleLine:
    """One rule: the duty in our words, and whether it is our own standard."""

    text: str
    is_advice: bool


@dataclass(frozen=True)
class ClauseLine:
    """One clause as the page shows it."""

    row: ClauseRow
    kind: str
    rules: tuple[RuleLine, ...]


@signed_in
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """One part of the law: a chapter of the measures, or a statute beneath them."""
    parts = dict(_parts())
    part = request.GET.get("part", "")
    shown = part if part in parts else next(iter(parts))
    context = {
        "items": [_line(row) for row in clause_table() if _part_of(row) == shown],
        "parts": parts.items(),
        "part": shown,
        "crumbs": [{"label": _TITLE}],
    }
    return render(request, "law_articles.html", context)


def _parts() -> Iterator[tuple[str, str]]:
    for number, (first, last, title) in enumerate(CHAPTERS, start=1):
        yield str(number), f"{title}（第{first}至{last}条）"
    held = {_part_of(row) for row in clause_table()}
    yield from ((key, title) for key, title in STATUTES.items() if key in held)


def _part_of(row: ClauseRow) -> str:
    statute, colon, _ = row.clause.partition(":")
    if colon:
        return statute
    return next(
        str(number)
        for number, (first, last, _) in enumerate(CHAPTERS, start=1)
        if first <= row.article <= last
    )


def _line(row: ClauseRow) -> ClauseLine:
    rules = tuple(RuleLine(one.text, one.column == Column.PRODUCT) for one in row.rules)
    return ClauseLine(row, _KINDS[row.kind], rules)
