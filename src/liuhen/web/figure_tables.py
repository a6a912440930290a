"""The figures of supervision to take away: CSV, Excel and PDF of the same tables.

Nothing in them is taken for a formula. Not for counting (`oversight`) nor for the page (`figures`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from liuhen.actions.disposal import authority_name
from liuhen.assembly.rendering import render
from liuhen.kernel import clock
from liuhen.oversight.comparing import Compared
from liuhen.oversight.figures import Period
from liuhen.people.models import Person
from liuhen.web.workbooks import Table, sheets

TYPE = "supervision_report"
_COMPARED = (
    *("启动", "有违反", "有逾期", "按时存入", "应知是否按时", "返回时间未知"),
    *("覆盖率", "缺口", "缺口秒数", "拒签", "退回审批", "认定违规"),
)
_BARS = ("数", "总数", "比例", "未知")


def tables(context: dict[str, Any]) -> list[Table]:
    """The tables of a page of figures."""
    kinds = [
        [one["label"], one["procedure_label"], one["begun"], one["closed"], one["archived"]]
        for one in context["kinds"]
    ]
    gaps = context["gaps"]
    sums = [
        ["未补足的记录缺口", gaps["number"]],
        ["没有说明的缺口", gaps["unexplained"]],
        ["拒绝签字", context["refused"]],
        ["退回的审批", context["returned"]],
        ["不涉及案件的违规线索", context["loose"]["number"]],
        ["其中认定违规的", context["loose"]["established"]],
    ]
    return [
        Table("案件", ("程序", "启动", "结案", "归档"), kinds),
        Table("合计", ("数",), sums),
        Table("承办机构比较", _COMPARED, [_compared(one) for one in context["units"]]),
        Table("承办人比较", _COMPARED, [_compared(one) for one in context["handlers"]]),
        *(
            Table(one["title"], _BARS, [_bar(row) for row in one["rows"]])
            for one in context["charts"]
        ),
        Table("年度公示数据", ("数值",), context["published"]),
    ]


def _compared(one: Compared) -> list[object]:
    coverage = "" if one.coverage is None else f"{one.coverage}%"
    return [
        *(one.name, one.cases, one.breached, one.overdue, one.in_time, one.judged, one.unknown),
        *(coverage, one.gaps, round(one.uncovered.total_seconds()), one.refused, one.returned),
        one.established,
    ]


def _bar(row: dict[str, Any]) -> list[object]:
    whole = row["whole"] if row["whole"] is not None else ""
    return [row["label"], row["number"], whole, row["rate"], row["unknown"] or ""]


def lines(period: Period, found: Iterable[Table]) -> Iterable[Sequence[object]]:
    """The tables below one another, as CSV has them."""
    yield ["期间", *_scope(period)]
    for table in found:
        yield [table.title, *table.columns]
        yield from table.rows


def _scope(period: Period) -> list[str]:
    kind = period.kind_words or "全部类别"
    officer = period.officer.name if period.officer else "全部人员"
    unit = period.unit.name if period.unit else "全部机构"
    return [period.since.isoformat(), period.until.isoformat(), unit, kind, officer]


def workbook(period: Period, found: Iterable[Table]) -> bytes:
    """An Excel file with a sheet for each table."""
    scope = Table("期间", ("起止和范围",), [["期间", "、".join(_scope(period))]])
    return sheets([scope, *found])


def report(person: Person, period: Period, found: Iterable[Table]) -> bytes:
    """The report of the period as PDF/A."""
    by_title = {table.title: table for table in found}

    def rows(title: str, *keys: str) -> list[dict[str, str]]:
        picked = by_title[title].rows
        return [dict(zip(keys, map(str, row), strict=False)) for row in picked]

    compared = (
        *("name", "cases", "breached", "overdue", "in_time", "judged", "unknown", "coverage"),
        *("gaps", "seconds", "refused", "returned", "established"),
    )
    data = {
        "authority_name": authority_name(person),
        "period": f"{period.since.isoformat()}至{period.until.isoformat()}启动的案件",
        "scope": "，".join(_scope(period)[2:]),
        "kinds": rows("案件", "kind", "procedure", "begun", "closed", "archived"),
        "sums": rows("合计", "what", "number"),
        "units": rows("承办机构比较", *compared),
        "handlers": rows("承办人比较", *compared),
        "articles": rows("违反最多的条款", "clause", "number"),
        "breaches": rows("违规线索，按情形", "item", "number"),
        "published": rows("年度公示数据", "what", "value"),
        "made_by": person.name,
        "made_on": clock.local_date(clock.now()).isoformat(),
    }
    return render(TYPE, data, timestamp=clock.now())
