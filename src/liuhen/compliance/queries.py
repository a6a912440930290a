"""Reads of findings: a case's by article, what to do next, a person's desk, what is due.

Everything of a case is read through its visibility: callers pass cases they got from
`cases.queries`. Not for judging (`judging`), nor for a past instant (`past_findings`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.compliance.models import ExpiryWarning, Explanation, Finding
from liuhen.compliance.shown import (
    BLUE,
    GREY,
    OPEN,
    RED,
    UNKNOWN,
    YELLOW,
    GroupedFindings,
    ShownFinding,
    by_article,
    shown,
)
from liuhen.compliance.stored import finding_from
from liuhen.kernel import clock
from liuhen.law.clauses import clause_order
from liuhen.law.findings import Column, Outcome
from liuhen.law.steps import ACT_ORDER
from liuhen.people.models import Person

PAGE = 50
COUNTED = 1000
_TEXT = Q(column=Column.TEXT.value)
_URGENCY = {RED: 0, YELLOW: 1, OPEN: 2, BLUE: 3, UNKNOWN: 4}


# -- one case ----------------------------------------------------------------------------------


def findings_of_case(case: Case, at: dt.datetime | None = None) -> list[ShownFinding]:
    """All stored findings of a case in words, as their clocks stand at `at` (now). Two queries."""
    return shown_findings(case, Finding.objects.filter(case=case), at)


def findings_of_duty(case: Case, rule: str) -> QuerySet[Finding]:
    """How one duty stands for everything of a case it is about; `shown_findings` has the words."""
    return Finding.objects.filter(case=case, rule=rule).order_by("id")


def shown_findings(
    case: Case, rows: Iterable[Finding], at: dt.datetime | None = None
) -> list[ShownFinding]:
    """Stored findings of a case in words, as their clocks stand at `at` (now)."""
    instant = at or clock.now()
    acknowledged = acknowledged_of(case)
    return [
        shown(
            finding_from(row.body, row.judged_at),
            instant,
            row.warn_at,
            is_acknowledged=(row.rule, row.subject_id) in acknowledged,
        )
        for row in rows
    ]


def findings_about(
    kind: str, case_ids: Iterable[UUID], at: dt.datetime | None = None
) -> dict[str, list[ShownFinding]]:
    """What the text asks about subjects of a kind (`lead`, `activity` …), by subject. One query.

    The cases are such as the caller may see.
    """
    instant = at or clock.now()
    found: dict[str, list[ShownFinding]] = {}
    for row in Finding.objects.filter(_TEXT, case__in=list(case_ids), subject_kind=kind):
        told = shown(finding_from(row.body, row.judged_at), instant, row.warn_at)
        found.setdefault(row.subject_id, []).append(told)
    return {subject: sorted(rows, key=_urgency) for subject, rows in found.items()}


def acknowledged_of(case: Case) -> set[tuple[str, str]]:
    """What a leader has taken note of in a case: rule and subject."""
    return set(
        Explanation.objects.filter(case=case, acknowledged_at__isnull=False).values_list(
            "rule", "subject_id"
        )
    )


def grouped_findings(case: Case, at: dt.datetime | None = None) -> GroupedFindings:
    """The findings of a case by article, as `parts/duties.html` shows them."""
    return by_article(findings_of_case(case, at))


@dataclass(frozen=True)
class NextStep:
    """Something a person can do now, with every finding it would settle, most urgent first."""

    act: str
    text: str
    lamp: str
    due_at: dt.datetime | None
    warn_at: dt.datetime | None
    subject_kind: str
    subject_id: str
    findings: tuple[ShownFinding, ...]


def next_steps(findings: Sequence[ShownFinding]) -> list[NextStep]:
    """What to do next out of a case's findings: by lamp, then by clock, then in the law's order.

    Met and inapplicable duties ask for nothing, nor does a breach that can't be made good.
    """
    steps: dict[tuple[str, str], list[ShownFinding]] = {}
    for finding in sorted(findings, key=_urgency):
        if finding.lamp in _URGENCY and finding.is_curable and finding.act:
            steps.setdefault((finding.act, finding.subject_id), []).append(finding)
    return [
        NextStep(
            act=act,
            text=found[0].act_text,
            lamp=found[0].lamp,
            # Our own advice has no clock anybody could miss.
            due_at=found[0].due_at if found[0].column == Column.TEXT else None,
            warn_at=found[0].warn_at,
            subject_kind=found[0].subject_kind,
            subject_id=subject,
            findings=tuple(found),
        )
        for (act, subject), found in steps.items()
    ]


def _urgency(finding: ShownFinding) -> tuple[object, ...]:
    """Our own advice last; then lamp, clock, the order in which a case takes its acts."""
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    acts = ACT_ORDER.index(finding.act) if finding.act in ACT_ORDER else len(ACT_ORDER)
    return (
        finding.column != Column.TEXT,
        _URGENCY.get(finding.lamp, len(_URGENCY)),
        finding.due_at or far,
        acts,
        clause_order(finding.clause),
        finding.subject_id,
    )


def explanations_of_case(case: Case) -> QuerySet[Explanation]:
    """The explanations of a case, oldest first, with their writers."""
    return (
        Explanation.objects.filter(case=case)
        .select_related("explained_by", "acknowledged_by")
        .order_by("explained_at", "id")
    )


# -- the desk ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeskFinding:
    """A finding on somebody's desk, with its case."""

    case: Case
    finding: ShownFinding


@dataclass(frozen=True)
class DeskPage:
    """One page of a desk; `has_next` says whether another follows."""

    rows: tuple[DeskFinding, ...]
    number: int
    has_next: bool


def desk_findings(
    person: Person, lamp: str, *, page: int = 1, at: dt.datetime | None = None
) -> DeskPage:
    """The findings of a person's visible cases that show a lamp now, the nearest clock first.

    `lamp` is red, yellow, open, unknown or blue. One query for the page whatever its size, beside
    those that say what the person may see.
    """
    instant = at or clock.now()
    start = (max(page, 1) - 1) * PAGE
    rows = list(
        _with_lamp(person, lamp, instant)
        .select_related("case", "case__unit", "case__handler")
        .order_by("due_at", "id")[start : start + PAGE + 1]
    )
    return DeskPage(
        rows=tuple(
            DeskFinding(
                row.case, shown(finding_from(row.body, row.judged_at), instant, row.warn_at)
            )
            for row in rows[:PAGE]
        ),
        number=max(page, 1),
        has_next=len(rows) > PAGE,
    )


def by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases in the order of the nearest clock of what is not done yet; the oldest before others."""
    undone = Finding.objects.filter(
        _TEXT,
        case=OuterRef("id"),
        outcome__in=(Outcome.PENDING.value, Outcome.BREACHED.value),
        due_at__isnull=False,
    )
    nearest = Subquery(undone.order_by("due_at").values("due_at")[:1])
    ordered = cases.annotate(nearest=nearest)
    return ordered.order_by(F("nearest").asc(nulls_last=True), "started_at", "id")


def undone_findings(
    cases: Iterable[Case], at: dt.datetime | None = None
) -> dict[UUID, list[ShownFinding]]:
    """What the text still asks of each of these cases, in words. One query.

    What a leader acknowledged is done with. The cases are such as the caller may see.
    """
    instant = at or clock.now()
    undone = Finding.objects.filter(_TEXT, case__in=list(cases)).exclude(
        outcome__in=(Outcome.MET.value, Outcome.NOT_APPLICABLE.value)
    )
    found: dict[UUID, list[ShownFinding]] = {}
    for row in undone.exclude(Exists(_acknowledging())):
        told = shown(finding_from(row.body, row.judged_at), instant, row.warn_at)
        found.setdefault(row.case_id, []).append(told)
    return found


def unacknowledged(cases: Iterable[Case]) -> set[tuple[UUID, str, str]]:
    """What is explained in writing and waits for a leader: case, rule and subject."""
    waiting = Explanation.objects.filter(case__in=list(cases), acknowledged_at=None)
    return set(waiting.values_list("case_id", "rule", "subject_id"))


def broken_cases(
    person: Person, *, limit: int, at: dt.datetime | None = None
) -> list[tuple[Case, int, dt.datetime | None]]:
    """Visible cases with breaches of the text: how many, and the oldest clock that ran out."""
    red = _with_lamp(person, RED, at or clock.now()).order_by()
    rows = list(
        red.values("case")
        .annotate(count=Count("id"), due=Min("due_at"))
        .order_by(F("due").asc(nulls_last=True), "case")[:limit]
    )
    cases = Case.objects.in_bulk([row["case"] for row in rows])
    return [(cases[row["case"]], row["count"], row["due"]) for row in rows]


def desk_counts(person: Person, at: dt.datetime | None = None) -> dict[str, int]:
    """How many findings show each lamp, counted up to `COUNTED`."""
    instant = at or clock.now()
    return {
        lamp: _with_lamp(person, lamp, instant).order_by()[:COUNTED].count()
        for lamp in (RED, YELLOW, OPEN, BLUE, UNKNOWN)
    }


def _with_lamp(person: Person, lamp: str, at: dt.datetime) -> QuerySet[Finding]:
    """Findings of visible cases with a lamp at an instant; what was acknowledged is done with."""
    return Finding.objects.filter(_lamp(lamp, at), case__in=visible_cases(person)).exclude(
        Exists(_acknowledging())
    )


def _acknowledging() -> QuerySet[Explanation]:
    return Explanation.objects.filter(
        case=OuterRef("case"),
        rule=OuterRef("rule"),
        subject_id=OuterRef("subject_id"),
        acknowledged_at__isnull=False,
    )


def _lamp(lamp: str, at: dt.datetime) -> Q:
    """`shown.lamp_of` as a condition on rows, for the text's own duties."""
    pending = _TEXT & Q(outcome=Outcome.PENDING.value)
    is_over, is_near = Q(due_at__lt=at), Q(due_at__gte=at, warn_at__lte=at)
    conditions = {
        RED: _TEXT & Q(outcome=Outcome.BREACHED.value) | pending & is_over,
        YELLOW: pending & is_near,
        OPEN: pending
        & (Q(due_at=None) | Q(due_at__gte=at) & (Q(warn_at=None) | Q(warn_at__gt=at))),
        BLUE: _TEXT & Q(outcome=Outcome.JUDGEMENT.value),
        UNKNOWN: _TEXT & Q(outcome=Outcome.UNKNOWN.value),
        GREY: _TEXT & Q(outcome=Outcome.NOT_APPLICABLE.value),
    }
    return conditions[lamp]


# -- what is due -------------------------------------------------------------------------------


def due_case_ids(at: dt.datetime) -> QuerySet[Finding, UUID]:
    """Cases with a finding that time has changed by `at`, or a breach the ledger doesn't have yet.

    In the order of ids, each once. Read from one index, by what is due, however much isn't.
    """
    due = Finding.objects.filter(changes_at__lte=at)
    return due.order_by("case_id").values_list("case_id", flat=True).distinct()


def unnoted_breaches(at: dt.datetime) -> QuerySet[Finding]:
    """Breaches of the text whose clock ran out before `at` and which the ledger doesn't have."""
    return Finding.objects.filter(
        _TEXT, outcome=Outcome.BREACHED.value, due_at__lt=at, noted_at=None
    )


def unwarned_findings(at: dt.datetime) -> QuerySet[Finding]:
    """Clocks of the text in their last stretch of which nobody was warned yet, by case."""
    warned = ExpiryWarning.objects.filter(
        case=OuterRef("case"),
        rule=OuterRef("rule"),
        subject_id=OuterRef("subject_id"),
        due_at=OuterRef("due_at"),
    )
    return (
        Finding.objects.filter(
            _TEXT, outcome=Outcome.PENDING.value, warn_at__lte=at, due_at__gte=at
        )
        .exclude(Exists(warned))
        .order_by("case_id", "id")
    )


def standing_warnings(person: Person, at: dt.datetime, *, limit: int) -> list[DeskFinding]:
    """What the person was warned of and still waits for the same instant, the nearest first.

    Only of cases the person may still see; two queries beside those that say which.
    """
    told = ExpiryWarning.objects.filter(
        person=person,
        due_at__gte=at,
        case=OuterRef("case"),
        rule=OuterRef("rule"),
        subject_id=OuterRef("subject_id"),
    ).filter(due_at=OuterRef("due_at"))
    rows = Finding.objects.filter(
        Exists(told), outcome=Outcome.PENDING.value, case__in=visible_cases(person)
    ).select_related("case")
    return [
        DeskFinding(row.case, shown(finding_from(row.body, row.judged_at), at, row.warn_at))
        for row in rows.order_by("due_at", "id")[:limit]
    ]


# -- all cases ---------------------------------------------------------------------------------


def case_ids() -> QuerySet[Case, UUID]:
    """Ids of all cases, in order."""
    return Case.objects.order_by("id").values_list("id", flat=True)


def cases_by_rule() -> dict[str, dict[str, int]]:
    """For each rule, how many cases have a finding of each outcome. One query over all findings."""
    counts: dict[str, dict[str, int]] = {}
    rows = (
        Finding.objects.values("rule", "outcome")
        .annotate(cases=Count("case", distinct=True))
        .order_by("rule", "outcome")
    )
    for row in rows:
        counts.setdefault(row["rule"], {})[row["outcome"]] = row["cases"]
    return counts
