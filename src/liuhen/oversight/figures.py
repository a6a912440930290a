"""What supervision counts over a period: cases, hand-in, coverage, gaps, breaches, refusals.

Each figure is one grouped query over the cases a person may see that began in the period; its
cost follows the period, not the archive. Findings are counted as they stand now. Not for one
case (`compliance.queries`) and not for deciding what a figure means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth

from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, CaseOfficer, Performance
from liuhen.cases.queries import visible_cases
from liuhen.compliance.models import Finding
from liuhen.documents.models import Signature
from liuhen.kernel import clock
from liuhen.law.clauses import citation, clause_order
from liuhen.law.findings import Column, Outcome
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.models import Suspicion
from liuhen.oversight.queries import visible_suspicions
from liuhen.people.models import Certificate, Person, Unit
from liuhen.recordings.models import Gap, Recording

# The duty whose findings say whether a recording came onto dedicated storage in time (Art. 39).
HAND_IN = "recording_stored_in_time"
LONGEST = dt.timedelta(days=366)
ROWS = 12


@dataclass(frozen=True)
class Period:
    """Local days, both included, and perhaps one unit, one kind of case, one officer."""

    since: dt.date
    until: dt.date
    unit: Unit | None = None
    kind: str = ""
    officer: Person | None = None

    @property
    def kind_words(self) -> str:
        """The kind in words; empty for all."""
        return Case.Kind(self.kind).label if self.kind else ""

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The half-open span of instants."""
        begin = dt.datetime.combine(self.since, dt.time(), tzinfo=clock.CHINA)
        end = dt.datetime.combine(self.until, dt.time(), tzinfo=clock.CHINA)
        return begin, end + dt.timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """One row of a chart: what is counted, how often, of how many (None: of no whole).

    `unknown` are those of which it is not known whether they count.
    """

    label: str
    number: int
    whole: int | None = None
    key: str = ""
    unknown: int = 0


def cases_of(person: Person, period: Period) -> QuerySet[Case]:
    """The cases a person may see that began in the period."""
    begin, end = period.span
    cases = visible_cases(person).filter(started_at__gte=begin, started_at__lt=end)
    if period.unit:
        cases = cases.filter(unit=period.unit)
    if period.kind:
        cases = cases.filter(kind=period.kind)
    if period.officer:
        carried = CaseOfficer.objects.filter(person=period.officer).values("case")
        cases = cases.filter(Q(handler=period.officer) | Q(id__in=carried))
    return cases


def by_kind(cases: QuerySet[Case]) -> list[dict[str, Any]]:
    """Cases of each kind and procedure: begun, closed, in the archive room."""
    rows = (
        cases.order_by()
        .values("kind", "procedure")
        .annotate(
            begun=Count("id"),
            closed=Count("id", filter=Q(closed_at__isnull=False)),
            archived=Count("id", filter=Q(handed_over_at__isnull=False)),
        )
        .order_by("kind", "procedure")
    )
    return [
        {
            **row,
            "label": Case.Kind(row["kind"]).label,
            "procedure_label": Case.Procedure(row["procedure"]).label if row["procedure"] else "",
        }
        for row in rows
    ]


def by_month(cases: QuerySet[Case]) -> list[Bar]:
    """Cases begun in each month of the authority's calendar; of them, those with a breach."""
    rows = (
        cases.order_by()
        .annotate(month=TruncMonth("started_at", tzinfo=clock.CHINA))
        .values("month")
        .annotate(
            whole=Count("id", distinct=True),
            number=Count("id", distinct=True, filter=Q(findings__in=_breached(cases))),
        )
        .order_by("month")
    )
    return [
        Bar(f"{row['month'].year}年{row['month'].month}月", row["number"], row["whole"])
        for row in rows
    ]


def breaches_by_article(cases: QuerySet[Case]) -> list[Bar]:
    """Breaches of the text by paragraph, the most frequent first; each case once a paragraph."""
    rows = (
        _breached(cases)
        .values("clause")
        .annotate(number=Count("case", distinct=True))
        .order_by("-number", "clause")[:ROWS]
    )
    found = sorted(rows, key=lambda row: (-row["number"], clause_order(row["clause"])))
    return [Bar(citation(row["clause"]), row["number"], key=row["clause"]) for row in found]


def breaches_by_unit(cases: QuerySet[Case]) -> list[Bar]:
    """Cases with a breach of the text, of the cases of each unit."""
    rows = (
        cases.order_by()
        .values("unit", "unit__name")
        .annotate(
            whole=Count("id", distinct=True),
            number=Count("id", distinct=True, filter=Q(findings__in=_breached(cases))),
        )
        .order_by("-number", "unit__name")[:ROWS]
    )
    return [Bar(r["unit__name"], r["number"], r["whole"], str(r["unit"])) for r in rows]


def _breached(cases: QuerySet[Case]) -> QuerySet[Finding]:
    return Finding.objects.filter(
        case__in=cases.order_by().values("id"),
        outcome=Outcome.BREACHED.value,
        column=Column.TEXT.value,
    ).order_by()


def hand_in_by_officer(cases: QuerySet[Case]) -> list[Bar]:
    """Recordings stored in time, of those of which that is known, by who made them."""
    return _hand_in(cases, "made_by", "made_by__name")


def hand_in_by_unit(cases: QuerySet[Case]) -> list[Bar]:
    """The same by the unit of who made them."""
    return _hand_in(cases, "made_by__unit", "made_by__unit__name")


def _hand_in(cases: QuerySet[Case], key: str, name: str) -> list[Bar]:
    """The worst first. A return to the office nobody stated is neither in time nor late."""
    found = Finding.objects.filter(case__in=cases.order_by().values("id"), rule=HAND_IN)

    def counted(outcome: Outcome) -> Count:
        subjects = found.filter(outcome=outcome.value).order_by().values("subject_id")
        return Count("id", filter=Q(subject__in=subjects))

    recordings = Recording.objects.filter(case__in=cases.order_by().values("id"))
    rows = (
        recordings.filter(**{f"{key}__isnull": False})
        .annotate(subject=Cast("id", CharField()))
        .order_by()
        .values(key, name)
        .annotate(
            met=counted(Outcome.MET),
            late=counted(Outcome.BREACHED),
            unknown=counted(Outcome.UNKNOWN),
        )
        .order_by("-late", "-unknown", name)[:ROWS]
    )
    return [Bar(r[name], r["met"], r["met"] + r["late"], str(r[key]), r["unknown"]) for r in rows]


def gaps_of(cases: QuerySet[Case]) -> dict[str, Any]:
    """Gaps nobody filled: how many, how long, how many without an explanation."""
    return Gap.objects.filter(
        activity__case__in=cases.order_by().values("id"), filled_at=None
    ).aggregate(
        number=Count("id"),
        length=Sum(F("ended_at") - F("started_at")),
        unexplained=Count("id", filter=Q(explained_at=None)),
    )


def refusals_and_returns(cases: QuerySet[Case]) -> dict[str, int]:
    """Signatures refused, approvals returned."""
    ids = cases.order_by().values("id")
    return {
        "refused": Signature.objects.filter(paper__case__in=ids, is_refused=True).count(),
        "returned": Approval.objects.filter(
            case_id__in=ids, outcome=Approval.Outcome.RETURNED
        ).count(),
    }


def suspicions_by_item(cases: QuerySet[Case]) -> list[Bar]:
    """Suspected breaches by the six situations of Art. 47."""
    rows = (
        Suspicion.objects.filter(case__in=cases.order_by().values("id"))
        .order_by()
        .values("item")
        .annotate(number=Count("id"))
        .order_by("item")
    )
    return [Bar(ITEMS[row["item"]], row["number"], key=str(row["item"])) for row in rows]


def breaches_without_case(person: Person, period: Period) -> QuerySet[Suspicion]:
    """Suspected breaches of no case raised in the period, newest first."""
    begin, end = period.span
    rows = visible_suspicions(person)
    rows = rows.filter(case=None, raised_at__gte=begin, raised_at__lt=end)
    if period.unit:
        rows = rows.filter(unit=period.unit)
    if period.officer:
        rows = rows.filter(person=period.officer)
    return rows


def counted_breaches(rows: QuerySet[Suspicion]) -> dict[str, int]:
    """How many suspected breaches there are, and how many are established."""
    made = Q(outcome=Suspicion.Outcome.ESTABLISHED)
    return rows.order_by().aggregate(number=Count("id"), established=Count("id", filter=made))


def published(person: Person, period: Period) -> Sequence[tuple[str, str]]:
    """The figures an authority publishes of a year: cases by kind, fines collected, people."""
    begin, end = period.span
    cases = cases_of(person, period)
    kinds = {row["kind"]: 0 for row in cases.order_by().values("kind")}
    for row in by_kind(cases):
        kinds[row["kind"]] += row["begun"]
    # what an officer collected on the spot is there when it was paid in, not before
    direct = ~Q(way=Performance.Way.ON_THE_SPOT) & Q(performed_at__gte=begin, performed_at__lt=end)
    fines = Performance.objects.filter(
        direct | Q(banked_at__gte=begin, banked_at__lt=end),
        case__in=visible_cases(person).filter(kind=Case.Kind.PENALTY).values("id"),
    )
    paid = fines.aggregate(fen=Sum("amount_fen"))
    last = period.until
    officers = Certificate.objects.filter(
        valid_from__lte=last, valid_until__gt=last, revoked_at=None
    ).aggregate(people=Count("person", distinct=True))
    lines = [(Case.Kind(kind).label, f"{number} 件") for kind, number in sorted(kinds.items())]
    yuan = f"{(paid['fen'] or 0) / 100:,.2f} 元"
    people = f"{officers['people']} 人"
    return [*lines, ("罚款入库", yuan), ("持有效执法证件人员", people)]
