"""The page that explains one finding so that a layman understands it, and takes a judgement.

Not for lists of findings (`case_duties`), nor for deciding (`actions.judgements`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.judgements import decide_judgement
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.explaining import Explained, explained
from liuhen.compliance.shown import told_figure, value_words
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.clauses import STATUTES
from liuhen.law.clock_days import ClockDay, DayState, Month
from liuhen.law.explanations import label_of
from liuhen.law.findings import FactUsed, Outcome, ParameterUsed
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.law_forms import JudgementForm
from liuhen.web.one_form import posted
from liuhen.web.steps import duty

_WORDS = {
    DayState.START: "起算事件当日，不计入",
    DayState.COUNTED: "第{n}日",
    DayState.REST: "休息日，不计入",
    DayState.PAUSED: "期限中止，不计入",
    DayState.ROLLED: "顺延",
    DayState.LAST: "最后一日",
}
_PLACES = {
    "activity": "recordings",
    "recording": "recordings",
    "paper": "papers",
    "decision": "papers",
    "notice": "papers",
}


@signed_in
def finding(request: HttpRequest, case_id: UUID, rule: str, subject: str) -> HttpResponse:
    """What a finding says, why, and what the clock counted."""
    actor = person_of(request)
    case = visible_case(actor, case_id)
    found = explained(case, rule, subject)
    context = case_frame(case, found.shown.text, **_context(case, found, actor))
    if not context["may_decide"]:
        return render(request, "case_finding.html", context)

    def perform(data: dict[str, Any]) -> str:
        decide_judgement(
            actor=actor,
            case_id=case.id,
            rule=rule,
            subject_id=subject,
            **JudgementForm.answers(data),
        )
        return reverse("case", args=[case.id])

    return form_page(
        request,
        JudgementForm(posted(request)),
        "case_finding.html",
        perform=perform,
        success="认定已登记，案件已按此重新判断。",
        context=context,
    )


def _context(case: Case, found: Explained, actor: Person) -> dict[str, Any]:
    engine = found.finding
    decider = engine.decider
    asks = engine.outcome is Outcome.JUDGEMENT and decider is not None
    return {
        "duty": duty(found.shown, case.id),
        "clause": engine.clause,
        "restated": found.restated,
        "official": found.official,
        "facts": [_fact(one, case.id, found) for one in engine.facts_used],
        "about": found.names.get(engine.subject.key, ""),
        "figures": [_figure(one) for one in engine.parameters_used],
        "months": list(_months(found.months)),
        "paused_days": _paused_days(found.months),
        "started_at": engine.clock_started_at,
        "due_at": engine.due_at,
        "changes_at": engine.changes_at,
        "rule": engine.rule,
        "table": found.table,
        "exception": engine.exception,
        "text_of": _text_words(engine.text_version),
        "engine_version": engine.engine_version,
        "judged_at": engine.judged_at,
        "judgements": found.judgements,
        "decider": catalogue().offices[decider].name if decider is not None else "",
        "may_decide": asks and decider is not None and decider.value in office_kinds(actor),
    }


def _text_words(version: str) -> str:
    """The text that a finding was judged by: "penalty_law/2021-07-15" in words."""
    name, _, day = version.partition("/")
    since = dt.date.fromisoformat(day)
    title = f"《{STATUTES[name]}》" if name in STATUTES else "办法"
    return f"{title}{since.year}年{since.month}月{since.day}日起施行的文本"


def _fact(used: FactUsed, case_id: UUID, found: Explained) -> dict[str, Any]:
    """A fact in words; of which of several rows, where it isn't what the finding is about."""
    kind, _, key = used.path.partition(".")[0].partition(":")
    place = _PLACES.get(kind, "timeline")
    link = reverse("paper", args=[key]) if kind == "paper" and _is_id(key) else None
    href = f"{reverse('case', args=[case_id])}#{place}"
    whose = found.names.get(key, "") if key != found.finding.subject.key else ""
    value = found.names.get(str(used.value)) or value_words(used.value)
    return {"label": label_of(used.path), "whose": whose, "value": value, "href": link or href}


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


def _figure(used: ParameterUsed) -> dict[str, Any]:
    return {
        "told": told_figure(used),
        "is_set": used.is_overridden,
        "href": reverse("law_figure", args=[used.name]),
    }


def _paused_days(months: Iterable[Month]) -> int:
    cells = (cell for month in months for week in month.weeks for cell in week)
    days = [cell[1] for cell in cells if cell is not None]
    return sum(day is not None and day.state is DayState.PAUSED for day in days)


def _months(months: Iterable[Month]) -> Iterator[dict[str, Any]]:
    today = clock.local_date(clock.now())
    for month in months:
        weeks = [[_cell(cell, today) for cell in week] for week in month.weeks]
        yield {"label": f"{month.year}年{month.month}月", "weeks": weeks}


def _cell(cell: tuple[dt.date, ClockDay | None] | None, today: dt.date) -> dict[str, Any]:
    if cell is None:
        return {}
    day, known = cell
    words = _WORDS[known.state].format(n=known.ordinal) if known else ""
    return {
        "day": day.day,
        "state": known.state.value if known else "outside",
        "ordinal": known.ordinal if known and known.ordinal else "",
        "words": words + ("，今天" if day == today else ""),
        "is_today": day == today,
    }
