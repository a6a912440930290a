"""Findings in words a layman understands: templates in `explanations.toml`, filled with data.

For: screens, reports and `liuhen check`, all in Simplified Chinese.
Not for: deciding anything, and not for the official text.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.clauses import citation
from liuhen.law.findings import Finding, Outcome, ParameterUsed
from liuhen.law.parameters import packaged_parameters

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Unknown, and no fact that somebody could supply would settle it.
_UNASKING = frozenset({"contradicted", "engine_error"})
_FIGURE = re.compile(r"\{(\w+\.\w+)\}")
_NO_PERIOD = "规定期限"
UNITS = {
    **{"hours": "小时", "days": "日", "workdays": "个工作日", "months": "个月", "years": "年"},
    **{"seconds": "秒", "persons": "人", "copies": "份", "items": "项", "times": "次"},
    **{"yuan": "元", "percent": "%", "percent_per_day": "%/日", "thirds": "个三分之一"},
}
"""How a figure's unit is said behind its number."""
_LISTED = ("fields", "lacking", "papers", "kinds")


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Mapping[str, str]]:
    """The tables of `explanations.toml`: one per rule, `outcome`, `field`, `entity`, `act`.

    A text names a period by its figure, "{penalty_law.decision}".
    """
    text = resources.files("liuhen.law").joinpath("explanations.toml").read_text("utf-8")
    return tomllib.loads(text)


def duty_text(rule: str, used: Iterable[ParameterUsed] = ()) -> str:
    """The duty in our words, such as "执法人员不得少于两人"; KeyError for an unknown rule.

    Its periods are as they were `used`, else as the law has them today.
    """
    return _with_figures(templates()[rule]["duty"], used)


def _with_figures(text: str, used: Iterable[ParameterUsed]) -> str:
    """A text with the figures it names in words."""
    told = {each.name: each for each in used}

    def words(named: re.Match[str]) -> str:
        figure = told.get(named[1]) or law_figure(named[1])
        return figure_text(figure) if figure.value is not None else _NO_PERIOD

    return _FIGURE.sub(words, text)


def law_figure(name: str) -> ParameterUsed:
    """A figure as the law itself has it today."""
    return packaged_parameters().on(name, clock.local_date(clock.now()))


def figure_text(used: ParameterUsed) -> str:
    """A figure with its unit: 90日, 7个工作日."""
    return f"{used.value}{UNITS.get(used.unit, '')}"


def explain(finding: Finding) -> str:
    """One or two sentences: what the duty is, how it stands, why, and by when.

    Every finding has a text: without a template of its own it takes its outcome's.
    """
    template = _with_figures(template_of(finding), finding.parameters_used)
    text = template.format_map(defaultdict(str, values_of(finding)))
    if finding.is_provisional:
        text += templates()["outcome"]["provisional"]
    if finding.needs_confirmation:
        text += templates()["outcome"]["to_confirm"]
    return text


def template_of(finding: Finding) -> str:
    """The text a finding is told with, its places not yet filled."""
    rule, _, suffix = finding.explanation.code.partition(".")
    own = templates().get(rule, {}).get(suffix or "?")
    return own or _general(finding, suffix or rule)


def names_what_is_missing(finding: Finding) -> bool:
    """Whether the text names the missing facts itself, or no fact that could be given is."""
    is_asking = finding.outcome is Outcome.UNKNOWN and finding.explanation.code not in _UNASKING
    return not is_asking or "{missing}" in template_of(finding)


def label_of(path: str) -> str:
    """A fact's path as people say it: "activity:ab12.officers" is "活动·执法人员"."""
    entity, _, field = path.partition(".")
    return _label(entity.partition(":")[0], field)


def entity_key(path: str) -> str:
    """The key of what a fact is of: "activity:ab12.officers" is of ab12; "" for a kind."""
    return path.partition(".")[0].partition(":")[2]


@lru_cache(maxsize=1024)
def _label(kind: str, field: str) -> str:
    names = templates()
    first = names["entity"].get(kind, kind)
    parts = [_part(kind, part, names["field"]) for part in field.split(".") if part]
    return "·".join([first, *parts])


def _part(kind: str, part: str, names: Mapping[str, str]) -> str:
    """A field by the name it has of its own kind, else of any; a type of paper by its title."""
    paper = catalogue().papers.get(part) if kind == "paper" else None
    return names.get(f"{kind}.{part}") or names.get(part) or (paper.name if paper else part)


def act_text(act: str | None) -> str:
    """What a person does to satisfy a duty, as a button says it."""
    return templates()["act"].get(act, act) if act else ""


def _general(finding: Finding, code: str) -> str:
    general = templates()["outcome"]
    if code in general and code != finding.outcome.value:
        return general[code]
    if finding.outcome is Outcome.PENDING and finding.due_at is None:
        return general["pending_open"]
    if finding.outcome is Outcome.BREACHED and finding.due_at is not None:
        return general["overdue"]
    return general[finding.outcome.value]


def values_of(finding: Finding) -> dict[str, str]:
    """What fills the places of a finding's text, in words."""
    values = {name: _shown(name, value) for name, value in finding.explanation.data}
    is_known = finding.rule in templates()
    values |= {
        "duty": duty_text(finding.rule, finding.parameters_used) if is_known else finding.rule,
        "clause": citation(finding.clause),
        "due": due_text(finding.due_at) if finding.due_at else "",
        "changes": due_text(finding.changes_at) if finding.changes_at else "",
        "missing": "、".join(dict.fromkeys(label_of(path) for path in finding.missing)),
        "decider": _office(finding),
    }
    return values


def _office(finding: Finding) -> str:
    if finding.decider is None:
        return ""
    return catalogue().offices[finding.decider].name


def _shown(name: str, value: Any) -> str:
    if _INSTANT.fullmatch(value):
        return local_text(clock.parse_iso(value))
    if _DAY.fullmatch(value):
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if name == "papers":
        return "、".join(catalogue().papers[each].name for each in value.split(","))
    if name in _LISTED:
        names = templates()["field"]
        return "、".join(names.get(each, each) for each in value.split(","))
    return str(value)


def due_text(instant: datetime) -> str:
    """The end of a period on the authority's wall clock: 2026年3月1日 24:00."""
    day, time_of_day = clock.end_words(instant)
    return f"{day.year}年{day.month}月{day.day}日 {time_of_day}"


def local_text(instant: datetime) -> str:
    """An instant on the wall clock: 2026年3月1日 08:05; the last of a day is its 24:00."""
    local = clock.local(instant)
    if local.time() == time.max:
        return due_text(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
