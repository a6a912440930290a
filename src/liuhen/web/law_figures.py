"""Pages of the law's figures and year tables, and of what the authority set and imported.

Not for the law's own tables (`law`), nor for judging by them (`compliance`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.figures import import_year_table, set_figure, withdraw_figure
from liuhen.compliance.shown import source_words
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import citation, clause_order
from liuhen.law.errors import ClauseError
from liuhen.law.explanations import UNITS, duty_text
from liuhen.law.findings import ParameterUsed
from liuhen.law.parameters import Parameter, packaged_parameters
from liuhen.people.queries import is_allowed
from liuhen.rulebook.queries import history_of_figure, imported_tables, rulebook
from liuhen.web.acting import person_of, signed_in
from liuhen.web.law_forms import FigureForm, WithdrawForm, YearTableForm
from liuhen.web.one_form import OneForm, posted

_LIST, _CALENDAR = "数字与假设", "放假安排"
FILTERS = (
    ("", "全部"),
    ("confirm", "待本机关确认"),
    ("assumed", "我们的理解"),
    ("set", "本机关已设定"),
    ("idle", "不起作用"),
)
_CONFIDENCE = {
    "A": ("已核对条文", "grey"),
    "B": ("见于摘录", "grey"),
    "M": ("待本机关确认", "yellow"),
    "I": ("我们的理解", "blue"),
}


@dataclass(frozen=True)
class FigureLine:
    """One figure as the list shows it."""

    name: str
    title: str
    value: str
    clause: str
    mark: str
    tone: str
    source: str
    reason: str
    is_set: bool
    uses: tuple[str, ...]
    idle: str


@signed_in
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure and assumption of the law as it stands today."""
    show = request.GET.get("show", "")
    lines = [line for line in _lines() if _is_shown(line, show)]
    context = {
        "items": lines,
        "filters": FILTERS,
        "show": show if show in dict(FILTERS) else "",
        "may_set": is_allowed(person_of(request), "figure.set"),
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "law_figures.html", context)


def _lines() -> Iterator[FigureLine]:
    table = sorted(packaged_parameters().table.values(), key=_place)
    parameters, today = rulebook().parameters, clock.local_date(clock.now())
    for one in table:
        yield _line(one, parameters.on(one.name, today))


def _place(one: Parameter) -> tuple[Any, ...]:
    """In the order of the law; clauses outside our statutes by name."""
    try:
        return (0, clause_order(one.clause), one.name)
    except ClauseError:
        return (1, one.clause, one.name)


def _line(one: Parameter, used: ParameterUsed) -> FigureLine:
    mark, tone = _CONFIDENCE[used.confidence]
    if used.is_overridden:
        mark, tone = "本机关设定", "green"
    return FigureLine(
        name=one.name,
        title=one.title,
        value=value_words(one, used.value),
        clause=_cited(one.clause),
        mark=mark,
        tone=tone,
        source=used.source if used.is_overridden else source_words(used.source),
        reason=one.reason,
        is_set=used.is_overridden,
        uses=_uses(one),
        idle=one.idle,
    )


def _uses(one: Parameter) -> tuple[str, ...]:
    """What the figure decides: duties by their words, then what else reads it."""
    told = [*map(duty_text, one.rules), *(words for _, words in one.functions)]
    return tuple(dict.fromkeys(told)) or (("规则本身",) if one.is_fixed else ())


def value_words(one: Parameter, value: int | str | None) -> str:
    """A value with its unit in Chinese; a period that isn't set is said to be none."""
    if value is None:
        return "未设定"
    if one.unit == "flag":
        return "是" if value else "否"
    return f"{value}{UNITS.get(one.unit, '')}"


def _cited(clause: str) -> str:
    try:
        return citation(clause)
    except ClauseError:
        return source_words(clause)


def _is_shown(line: FigureLine, show: str) -> bool:
    if show == "idle":
        return bool(line.idle)
    wanted = {"confirm": "待本机关确认", "assumed": "我们的理解", "set": "本机关设定"}.get(show)
    return wanted is None or line.mark == wanted


@signed_in
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure: what the law says, what the authority set and why; a form to set it."""
    one = packaged_parameters().table.get(name)
    if one is None:
        raise Refused("record.not_found")
    actor = person_of(request)
    if request.method == "POST" or request.GET.get("set"):
        return _setting(request, one)
    used = rulebook().parameters.on(name, clock.local_date(clock.now()))
    context = {
        "figure": _line(one, used),
        "law": [
            (dated, value_words(one, dated.value), source_words(dated.source))
            for dated in one.values
        ],
        "history": [
            (row, "恢复法定值" if row.is_withdrawn else value_words(one, row.value))
            for row in history_of_figure(name)[:50]
        ],
        "may_set": is_allowed(actor, "figure.set") and one.is_settable,
        "is_fixed": one.is_fixed,
        "crumbs": [{"label": _LIST, "href": reverse("law_figures")}, {"label": one.title}],
    }
    return render(request, "law_figure.html", context)


def _setting(request: HttpRequest, one: Parameter) -> HttpResponse:
    actor, here = person_of(request), reverse("law_figure", args=[one.name])
    is_back = request.GET.get("set") == "law"

    def perform(data: dict[str, Any]) -> str:
        if is_back:
            withdraw_figure(actor=actor, name=one.name, **data)
        else:
            set_figure(actor=actor, name=one.name, **data)
        return here

    page = OneForm(
        permission="figure.set",
        title="恢复法定值" if is_back else f"设定：{one.title}",
        submit="恢复" if is_back else "设定",
        success="已登记，全部案件正在按新的数字重新认定。",
        crumbs=[(_LIST, reverse("law_figures")), (one.title, here)],
        article=_cited(one.clause),
        notes=[
            f"现在的取值：{_line(one, rulebook().parameters.on(one.name, _today())).value}。",
            "从生效日起的事项按新数字认定，之前的不变。",
            "理由写明依据的文件和文号，随数字一起显示。",
        ],
    )
    form = WithdrawForm(posted(request)) if is_back else FigureForm(posted(request), parameter=one)
    return page.answer(request, form, perform)


def _today() -> Any:
    return clock.local_date(clock.now())


@signed_in
@require_safe
def year_tables(request: HttpRequest) -> HttpResponse:
    """The years whose working days are known, where from, and which are still provisional."""
    calendar = rulebook().calendar
    imported = {row.year: row for row in reversed(imported_tables()[:100])}
    context = {
        "years": [(table, imported.get(table.year)) for table in reversed(calendar.tables)],
        "may_import": is_allowed(person_of(request), "year_table.import"),
        "crumbs": [{"label": _LIST, "href": reverse("law_figures")}, {"label": _CALENDAR}],
    }
    return render(request, "year_tables.html", context)


@signed_in
def year_table_import(request: HttpRequest) -> HttpResponse:
    """Import the table of a year."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        import_year_table(actor=actor, **data)
        return reverse("year_tables")

    page = OneForm(
        permission="year_table.import",
        title="导入放假安排",
        submit="导入",
        success="已导入，全部案件正在重新认定。",
        crumbs=[(_LIST, reverse("law_figures")), (_CALENDAR, reverse("year_tables"))],
        notes=[
            "按国务院办公厅公布的通知逐日填写：rest 为全部放假日（含其中的周末），"
            "work 为调休上班的周末，statutory 为法定节假日本身。",
            "日期写作 月-日 或者 月-日/月-日。source 写明通知的名称和日期。",
            "系统与另一来源逐日对照；不一致的先列出，核对无误后勾选再导入。",
        ],
    )
    return page.answer(request, YearTableForm(posted(request)), perform)
