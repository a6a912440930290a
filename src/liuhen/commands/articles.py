"""`liuhen articles`: the 48 articles, paragraph by paragraph, with rules, tests and live counts.

Not for the findings of one case (`liuhen check`). Works without a home: then nothing is counted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import django
from django.db import DatabaseError

from liuhen.commands import home_option
from liuhen.host.home import Home

if TYPE_CHECKING:
    from liuhen.law.documentation import ClauseRow

Counts = Mapping[str, Mapping[str, int]]

ARTICLES = 48
OUTCOMES = {
    "met": "已履行",
    "breached": "违反",
    "pending": "待履行",
    "unknown": "缺少事实",
    "judgement": "待认定",
    "not_applicable": "暂不或者经认定不适用",
}
# Falling short of our own standard breaches nothing.
ADVICE = {"breached": "建议改进"}
KINDS = {
    "duty": "义务",
    "power": "授权",
    "definition": "定义",
    "judgement": "由人判断",
    "out_of_scope": "不在范围",
}
STATES = {
    "written": "规则已编写",
    "partly written": "规则部分编写",
    "not yet written": "规则尚未编写",
    "no rule needed": "不另设规则",
}


SCOPES = {"case": "案件", "unit": "机构"}


@click.command(name="articles")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def command(home: Path, as_json: bool) -> None:
    """The 48 articles, paragraph by paragraph: kind, rules, tests and cases by outcome."""
    django.setup()
    from liuhen.law.documentation import clause_table  # noqa: PLC0415 - after the home is known

    rows = clause_table()
    counts = live_counts(home)
    if as_json:
        click.echo(json.dumps(as_data(rows, counts), ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\n".join(lines_of(row, counts)))
    click.echo("\n".join(summary(rows, counts)))


def live_counts(home: Path) -> Counts | None:
    """Cases, of a unit's own duty units, by rule and outcome; None without a database."""
    if not (Home(home).is_created() or os.environ.get("LIUHEN_DATABASE_URL")):
        return None
    from liuhen.compliance.queries import cases_by_rule  # noqa: PLC0415 - models need Django
    from liuhen.oversight.standing import units_by_rule  # noqa: PLC0415 - models need Django

    try:
        return {**cases_by_rule(), **units_by_rule()}
    except DatabaseError:
        return None


def as_data(rows: list[ClauseRow], counts: Counts | None) -> dict[str, Any]:
    """The whole table as JSON values; `cases` is null when nothing could be counted."""
    return {
        "articles": len({row.article for row in rows if _is_of_measures(row)}),
        "has_counts": counts is not None,
        "clauses": [_row_data(row, counts) for row in rows],
        "not_yet_written": [row.clause for row in rows if row.unwritten],
    }


def _row_data(row: ClauseRow, counts: Counts | None) -> dict[str, Any]:
    return {
        "clause": row.clause,
        "citation": row.citation,
        "article": row.article,
        "kind": row.kind,
        "state": row.state,
        "zh": row.zh,
        "en": row.en,
        "reason": row.reason,
        "functions": list(row.functions),
        "through": list(row.through),
        "acts": list(row.acts),
        "not_yet_written": row.unwritten,
        "rules": [
            {
                "name": rule.name,
                "duty": rule.text,
                "column": rule.column,
                "module": rule.module,
                "tests": rule.table,
                "exception_to": rule.exception_to,
                "scope": rule.scope,
                "cases": None if counts is None else _of_rule(counts, rule.name),
            }
            for rule in row.rules
        ],
    }


def _of_rule(counts: Counts, rule: str) -> dict[str, int]:
    return {outcome: counts.get(rule, {}).get(outcome, 0) for outcome in OUTCOMES}


def lines_of(row: ClauseRow, counts: Counts | None) -> list[str]:
    """One paragraph as text."""
    lines = [f"{row.citation}  [{KINDS[row.kind]}·{STATES[row.state]}]  {row.zh}"]
    if row.reason:
        lines.append(f"    理由：{row.reason}")
    if row.through:
        lines.append(f"    由{'、'.join(row.through_cited)}的规则判断")
    if row.acts:
        lines.append(f"    由行为把关：{'、'.join(row.acts)}")
    if row.functions:
        lines.append(f"    功能：{'；'.join(row.functions)}")
    for rule in row.rules:
        told = f"，是 {rule.exception_to} 的例外" if rule.exception_to else ""
        column = "" if rule.column == "text" else "，系统建议"
        lines.append(f"    规则 {rule.name}{column}{told}：{rule.text}（测试 {rule.table}）")
        if counts is not None:
            found = _of_rule(counts, rule.name)
            named = OUTCOMES if rule.column == "text" else OUTCOMES | ADVICE
            words = "  ".join(f"{named[name]} {found[name]}" for name in OUTCOMES)
            lines.append(f"        {SCOPES[rule.scope]}：{words}")
    if row.unwritten:
        lines.append(f"    尚未编写：{row.unwritten}")
    return lines


def summary(rows: list[ClauseRow], counts: Counts | None) -> list[str]:
    """How much of the text there is, what is not written, and whether cases were counted."""
    measures = [row for row in rows if _is_of_measures(row)]
    articles = {row.article for row in measures}
    unwritten = [row for row in rows if row.unwritten]
    lines = [
        "",
        f"办法{ARTICLES}条中列出{len(articles)}条，共{len(measures)}款（项）；"
        f"相关法律{len(rows) - len(measures)}条款。",
        f"还有{len(unwritten)}款（项）的规则没有写完："
        + "、".join(row.citation for row in unwritten)
        if unwritten
        else "每一项义务都有规则，或者由行为把关、由功能承载。",
    ]
    if counts is None:
        lines.append("没有统计案件：没有主目录，或者数据库没有运行（请先运行 liuhen serve）。")
    return lines


def _is_of_measures(row: ClauseRow) -> bool:
    return ":" not in row.clause
