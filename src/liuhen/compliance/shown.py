"""A finding in the words and marks of a page: lamp, text, clock, facts, figures.

For pages, `liuhen check` and reports. Links belong to the doors: a finding shows the kind and id
of what it is about. Not for deciding anything (`law`, `judging`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from liuhen.cases.models import Case, Party
from liuhen.documents.models import Service
from liuhen.kernel import clock
from liuhen.law import explanations
from liuhen.law.catalogue import catalogue
from liuhen.law.clauses import citation, clause_order, clauses
from liuhen.law.errors import ClauseError
from liuhen.law.findings import Column, FactUsed, Finding, Outcome, ParameterUsed
from liuhen.law.parameters import packaged_parameters
from liuhen.recordings.models import Recording

GREEN, YELLOW, RED, BLUE, GREY = "green", "yellow", "red", "blue", "grey"
UNKNOWN, OPEN = "unknown", "open"
SETTLED = frozenset({GREEN, GREY})
_ADVICE, _WAITS = "建议改进", "尚未到期"
TO_CONFIRM = "数字待本机关确认"
_SPANS = ("hours", "days", "workdays", "months", "years")
_WORDS: dict[object, str] = {None: "不清楚", True: "是", False: "否", "not_yet": "尚未发生"}


@dataclass(frozen=True)
class Told:
    """A label and what stands against it."""

    label: str
    value: str


@dataclass(frozen=True)
class ToldFigure:
    """A dated figure of the law that decided, with its source."""

    label: str
    value: str
    source: str
    needs_confirmation: bool


@dataclass(frozen=True)
class ShownFinding:
    """One finding as `parts/duty.html` shows it. Instants are UTC; texts are Chinese."""

    rule: str
    clause: str
    citation: str
    lamp: str
    lamp_words: str
    text: str
    column: str
    outcome: str
    subject_kind: str
    subject_id: str
    subject_label: str
    due_at: dt.datetime | None
    warn_at: dt.datetime | None
    started_at: dt.datetime | None
    length_words: str
    reason: str
    facts: tuple[Told, ...]
    parameters: tuple[ToldFigure, ...]
    missing: tuple[str, ...]
    is_missing_told: bool  # by the reason itself
    decider: str
    is_curable: bool
    is_provisional: bool
    is_acknowledged: bool
    act: str | None
    act_text: str

    @property
    def needs_confirmation(self) -> bool:
        """Whether a figure that decided is still to be confirmed by the authority."""
        return any(one.needs_confirmation for one in self.parameters)


@dataclass(frozen=True)
class ArticleGroup:
    """The findings of one article, in the order of the law."""

    article: str
    title: str
    duties: tuple[ShownFinding, ...]


@dataclass(frozen=True)
class GroupedFindings:
    """Findings of a case by article: `open` has something to do or to know, `settled` has not."""

    open: tuple[ArticleGroup, ...]
    settled: tuple[ArticleGroup, ...]


def lamp_of(
    outcome: str,
    column: str,
    due_at: dt.datetime | None,
    warn_at: dt.datetime | None,
    at: dt.datetime,
) -> str:
    """The lamp at an instant: green, yellow, red, blue, grey, unknown or open.

    What falls short of our own standard alone is open, never red.
    """
    if outcome == Outcome.BREACHED:
        return RED if column == Column.TEXT else OPEN
    if outcome == Outcome.PENDING:
        if due_at is None or column != Column.TEXT:
            return OPEN
        if at > due_at:
            return RED
        return YELLOW if warn_at is not None and at >= warn_at else OPEN
    return _LAMPS[outcome]


_LAMPS: dict[str, str] = {
    Outcome.MET: GREEN,
    Outcome.NOT_APPLICABLE: GREY,
    Outcome.UNKNOWN: UNKNOWN,
    Outcome.JUDGEMENT: BLUE,
}


def shown(
    finding: Finding,
    at: dt.datetime,
    warn_at: dt.datetime | None,
    *,
    is_acknowledged: bool = False,
) -> ShownFinding:
    """A finding in words as of an instant; `warn_at` is when its clock turns yellow."""
    lamp = lamp_of(finding.outcome, finding.column, finding.due_at, warn_at, at)
    kind = finding.subject.kind
    return ShownFinding(
        rule=finding.rule,
        clause=finding.clause,
        citation=citation(finding.clause),
        lamp=lamp,
        lamp_words=_lamp_words(finding),
        text=_duty_words(finding),
        column=finding.column.value,
        outcome=finding.outcome.value,
        subject_kind=kind,
        subject_id=finding.subject.key,
        subject_label=explanations.templates()["entity"].get(kind, kind),
        due_at=finding.due_at,
        warn_at=warn_at,
        started_at=finding.clock_started_at,
        length_words=_length_words(finding.parameters_used),
        reason=explanations.explain(finding),
        facts=tuple(map(_told_fact, finding.facts_used)),
        parameters=tuple(map(told_figure, finding.parameters_used)),
        missing=tuple(dict.fromkeys(map(explanations.label_of, finding.missing))),
        is_missing_told=explanations.names_what_is_missing(finding),
        decider=catalogue().offices[finding.decider].name if finding.decider else "",
        is_curable=finding.is_curable,
        is_provisional=finding.is_provisional,
        is_acknowledged=is_acknowledged,
        act=finding.act,
        act_text=explanations.act_text(finding.act),
    )


def is_waiting(finding: Finding) -> bool:
    """Whether a duty does not bite yet: its day is still to come."""
    return finding.explanation.code == "waits"


def _lamp_words(finding: Finding) -> str:
    """Words beside the lamp where its own don't say it; "" for the lamp's own."""
    if is_waiting(finding):
        return _WAITS
    is_advice = finding.outcome is Outcome.BREACHED and finding.column is Column.PRODUCT
    return _ADVICE if is_advice else ""


def _duty_words(finding: Finding) -> str:
    """The duty, with a mark when a figure nobody has confirmed yet decided how it stands."""
    mark = f"（{TO_CONFIRM}）" if finding.needs_confirmation else ""
    return explanations.duty_text(finding.rule, finding.parameters_used) + mark


def _length_words(used: Sequence[ParameterUsed]) -> str:
    """The length of the clock that ran: the first figure that is a span of time."""
    return next((_figure_words(each) for each in used if each.unit in _SPANS), "")


def _figure_words(used: ParameterUsed) -> str:
    if used.unit == "text":
        return _TEXTS.get(str(used.value), str(used.value))
    return explanations.figure_text(used)


_TEXTS = {"act_ended": "行为终结之日", "case_closed": "结案批准之日", "A": "任一形式"}
# Sources of figures that are no statute.
_SOURCES = {
    "memory": "尚未核对出处",
    "Fujian construction rule, shape only": "外省标准，仅供参照",
    "Hebei practice": "外省做法，仅供参照",
    "state_council:2018-118": "国办发〔2018〕118号",
}
_OWN = "本系统的理解"


def source_words(source: str) -> str:
    """Where a figure comes from, as people cite it; what the authority wrote stays as it is."""
    if source in _SOURCES:
        return _SOURCES[source]
    try:
        return citation(source)
    except ClauseError:
        return _OWN if source.isascii() else source


def told_figure(used: ParameterUsed) -> ToldFigure:
    """A figure by its title, with its unit in Chinese."""
    title = packaged_parameters().table[used.name].title
    source = used.source if used.is_overridden else source_words(used.source)
    return ToldFigure(title, _figure_words(used), source, used.confidence == "M")


def _told_fact(used: FactUsed) -> Told:
    return Told(explanations.label_of(used.path), value_words(used.value))


def value_words(value: Any) -> str:
    """The value of a fact in Chinese, whether fresh from the engine or out of a stored body."""
    if value is None or isinstance(value, bool) or value == "not_yet":
        return _WORDS[value]
    if isinstance(value, list | tuple | frozenset | dict):
        return f"{len(value)}项"
    text = str(value)
    if text in _names():
        return _names()[text]
    try:
        instant = value if isinstance(value, dt.datetime) else clock.parse_iso(text)
    except ValueError:
        return text or "空"
    return explanations.local_text(instant)


@cache
def _names() -> dict[str, str]:
    """What the vocabularies of a case call their members."""
    lists = (Party.Kind, Service.Mode, Recording.Kind, Case.Procedure, Case.Kind)
    return {
        **explanations.templates()["member"],
        **{key: kind.name for key, kind in catalogue().activities.items()},
        **{str(key): str(label) for choices in lists for key, label in choices.choices},
    }


def by_article(findings: Iterable[ShownFinding]) -> GroupedFindings:
    """Group findings by article in the order of the law; with nothing left it is settled."""
    articles: dict[str, list[ShownFinding]] = {}
    for finding in sorted(findings, key=lambda each: (clause_order(each.clause), each.rule)):
        articles.setdefault(article_of(finding.clause), []).append(finding)
    groups = [
        ArticleGroup(article, title_of(found[0].clause), tuple(found))
        for article, found in articles.items()
    ]
    is_settled = [all(duty.lamp in SETTLED for duty in group.duties) for group in groups]
    return GroupedFindings(
        open=tuple(group for group, done in zip(groups, is_settled, strict=True) if not done),
        settled=tuple(group for group, done in zip(groups, is_settled, strict=True) if done),
    )


def article_of(clause: str) -> str:
    """The article of a clause: "27" of "27.1(3)", "penalty_law:51" of "penalty_law:51"."""
    statute, colon, _ = clause.rpartition(":")
    return f"{statute}{colon}{clause_order(clause)[1]}"


def title_of(clause: str) -> str:
    """The clause in our own words; "" when the table has none."""
    found = clauses().get(clause)
    return found.zh if found else ""
