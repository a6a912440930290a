"""Units and officers beside one another over a period, and the cases behind each figure.

Each figure is one grouped query over the cases of the period (`figures.cases_of`): its cost
follows the period and the question, not the archive. Not for what a figure means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity, Case
from liuhen.compliance.models import Finding
from liuhen.documents.models import Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.findings import Column, Outcome
from liuhen.oversight.figures import HAND_IN
from liuhen.oversight.models import Suspicion
from liuhen.recordings.models import Gap, Recording

UNIT, HANDLER = "unit", "handler"
# So many officers are compared, those with the most breaches; units are few.
MOST = 50


@dataclass(frozen=True)
class Compared:
    """One unit or handler: cases, and how many of them or of their records fall short.

    `judged` are recordings of which it is known whether they came in time, `unknown` the others.
    `span` is how long the activities lasted that were recorded or ought to have been.
    """

    key: str
    name: str
    cases: int
    breached: int
    overdue: int
    in_time: int
    judged: int
    unknown: int
    gaps: int
    span: dt.timedelta
    uncovered: dt.timedelta
    refused: int
    returned: int
    established: int

    @property
    def coverage(self) -> int | None:
        """How much of the activities recordings cover, in whole percent; None without any."""
        if not self.span:
            return None
        return int(100 * (self.span - self.uncovered) / self.span)


def compared(cases: QuerySet[Case], by: str) -> list[Compared]:
    """Each unit or handler of the cases, those with the most breaches first. Eleven queries."""
    ids = cases.order_by().values("id")
    rows = cases.order_by().values(by, f"{by}__name").annotate(number=Count("id"))
    breached = Finding.objects.filter(
        case__in=ids, outcome=Outcome.BREACHED.value, column=Column.TEXT.value
    )
    late = breached.filter(due_at__lt=clock.now())
    hand_in = Finding.objects.filter(case__in=ids, rule=HAND_IN)
    gaps = Gap.objects.filter(activity__case__in=ids, filled_at=None)
    length = Sum(F("ended_at") - F("started_at"))
    filmed = Activity.objects.filter(case__in=ids, ended_at__isnull=False).filter(
        Q(Exists(Gap.objects.filter(activity=OuterRef("id"))))
        | Q(Exists(Recording.objects.filter(activity=OuterRef("id"))))
    )
    owner = Subquery(Case.objects.filter(id=OuterRef("case_id")).values(by)[:1])
    returned = Approval.objects.filter(case_id__in=ids, outcome=Approval.Outcome.RETURNED)
    once, each, of = Count("case", distinct=True), Count("id"), f"case__{by}"
    found = {
        "breached": _grouped(breached, of, once),
        "overdue": _grouped(late, of, once),
        "in_time": _grouped(hand_in.filter(outcome=Outcome.MET.value), of, each),
        "late": _grouped(hand_in.filter(outcome=Outcome.BREACHED.value), of, each),
        "unknown": _grouped(hand_in.filter(outcome=Outcome.UNKNOWN.value), of, each),
        "gaps": _grouped(gaps, f"activity__case__{by}", each),
        "uncovered": _grouped(gaps, f"activity__case__{by}", length),
        "span": _grouped(filmed, of, length),
        "refused": _grouped(
            Signature.objects.filter(paper__case__in=ids, is_refused=True),
            f"paper__case__{by}",
            each,
        ),
        "returned": _grouped(returned.annotate(owner=owner), "owner", each),
        "established": _grouped(
            Suspicion.objects.filter(case__in=ids, outcome=Suspicion.Outcome.ESTABLISHED), of, each
        ),
    }
    made = [_row(row[by], row[f"{by}__name"], row["number"], found) for row in rows]
    return sorted(made, key=lambda one: (-one.breached, one.name))[:MOST]


def _grouped(rows: QuerySet[Any], by: str, what: Any) -> dict[Any, Any]:
    grouped = rows.order_by().values(by).annotate(figure=what)
    return dict(grouped.values_list(by, "figure"))


def _row(key: Any, name: str, cases: int, found: Mapping[str, Mapping[Any, Any]]) -> Compared:
    told = {what: figures.get(key, 0) for what, figures in found.items()}
    late, none = told.pop("late"), dt.timedelta(0)
    span, uncovered = told.pop("span") or none, told.pop("uncovered") or none
    return Compared(
        key=str(key),
        name=name,
        cases=cases,
        judged=told["in_time"] + late,
        span=span,
        uncovered=uncovered,
        **told,
    )


# -- drill down ---------------------------------------------------------------------------------


def _with_finding(**wanted: Any) -> Callable[[QuerySet[Case], str], QuerySet[Case]]:
    def narrowed(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
        return cases.filter(id__in=Finding.objects.filter(**wanted).values("case"))

    return narrowed


_BREACHED: Mapping[str, str] = {"outcome": Outcome.BREACHED.value, "column": Column.TEXT.value}


def _of_article(cases: QuerySet[Case], key: str) -> QuerySet[Case]:
    return _with_finding(**_BREACHED, clause=key)(cases, "")


def _overdue(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    return _with_finding(**_BREACHED, due_at__lt=clock.now())(cases, "")


def _with_gaps(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    return cases.filter(id__in=Gap.objects.filter(filled_at=None).values("activity__case"))


def _unexplained(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    gaps = Gap.objects.filter(filled_at=None, explained_at=None)
    return cases.filter(id__in=gaps.values("activity__case"))


def _refused(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    return cases.filter(id__in=Signature.objects.filter(is_refused=True).values("paper__case"))


def _returned(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    rows = Approval.objects.filter(outcome=Approval.Outcome.RETURNED, case_id__isnull=False)
    return cases.filter(id__in=rows.values("case_id"))


def _suspected(cases: QuerySet[Case], key: str) -> QuerySet[Case]:
    if not key.isascii() or not key.isdigit():
        raise Refused("record.not_found")
    return cases.filter(id__in=Suspicion.objects.filter(item=int(key[:3])).values("case"))


def _established(cases: QuerySet[Case], _: str) -> QuerySet[Case]:
    rows = Suspicion.objects.filter(outcome=Suspicion.Outcome.ESTABLISHED, case__isnull=False)
    return cases.filter(id__in=rows.values("case"))


# What lies behind a figure: its title, and how the cases are narrowed to it.
BEHIND: Mapping[str, tuple[str, Callable[[QuerySet[Case], str], QuerySet[Case]]]] = {
    "all": ("启动的案件", lambda cases, _: cases),
    "breached": ("有违反的案件", _with_finding(**_BREACHED)),
    "article": ("违反这一条款的案件", _of_article),
    "overdue": ("有逾期的案件", _overdue),
    "late": ("音像逾期存入的案件", _with_finding(rule=HAND_IN, outcome=Outcome.BREACHED.value)),
    "unknown": (
        "音像返回时间未知的案件",
        _with_finding(rule=HAND_IN, outcome=Outcome.UNKNOWN.value),
    ),
    "gaps": ("有未补足缺口的案件", _with_gaps),
    "unexplained": ("有未说明缺口的案件", _unexplained),
    "refused": ("有拒绝签字的案件", _refused),
    "returned": ("有退回审批的案件", _returned),
    "suspected": ("有违规线索的案件", _suspected),
    "established": ("认定违规的案件", _established),
}


def cases_behind(cases: QuerySet[Case], what: str, key: str = "") -> QuerySet[Case]:
    """The cases that a figure counts, newest first. Raises `Refused("record.not_found")`."""
    if what not in BEHIND:
        raise Refused("record.not_found")
    found = BEHIND[what][1](cases, key).select_related("unit", "handler")
    return found.prefetch_related("parties").order_by("-started_at", "-id")
