"""Judges the duties that a unit bears as such, and keeps how it stands with each.

One row per unit and duty: how many of its subjects are met, breached and so on, and the findings
that ask for something, the gravest first. Derived. Not for the facts (`unit_facts`), nor for
cases (`compliance.judging`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from liuhen.cases.queries import ALL_CASES
from liuhen.compliance.judging import warning_of
from liuhen.compliance.shown import ShownFinding, shown
from liuhen.compliance.stored import body_text, finding_from
from liuhen.kernel import clock
from liuhen.law import explanations
from liuhen.law.clauses import citation, clause_order
from liuhen.law.engine import judge
from liuhen.law.findings import Finding, Outcome
from liuhen.law.parameters import Parameters
from liuhen.oversight.models import UnitStanding
from liuhen.oversight.unit_facts import facts_of_unit
from liuhen.people.models import Person, Unit
from liuhen.people.queries import standing_offices
from liuhen.rulebook.queries import figure_at, rulebook

# So many findings of a duty are kept with it; the rest are counted.
KEPT = 20
_GRAVITY = (
    *(Outcome.BREACHED, Outcome.UNKNOWN, Outcome.JUDGEMENT, Outcome.PENDING),
    *(Outcome.MET, Outcome.NOT_APPLICABLE),
)
_ASKING = frozenset(_GRAVITY[:4])


def judge_units(at: dt.datetime | None = None) -> int:
    """Judge every unit and replace its standing; returns how many units there are."""
    instant = at or clock.now()
    units = list(Unit.objects.order_by("id"))
    for unit in units:
        _keep(unit, _judged(unit, instant), instant)
    return len(units)


def _judged(unit: Unit, at: dt.datetime) -> dict[str, list[Finding]]:
    days = figure_at("product.unit_window", at)
    book = rulebook()
    facts = facts_of_unit(unit, at, days if isinstance(days, int) else 0)
    found: dict[str, list[Finding]] = {}
    for each in judge(facts, at, overrides=book.overrides, calendar=book.calendar):
        found.setdefault(each.rule, []).append(each)
    return found


def _keep(unit: Unit, found: dict[str, list[Finding]], at: dt.datetime) -> None:
    UnitStanding.objects.filter(unit=unit).exclude(rule__in=found).delete()
    for rule, findings in found.items():
        findings.sort(key=lambda each: (_GRAVITY.index(each.outcome), each.subject))
        asking = [each for each in findings if each.outcome in _ASKING]
        UnitStanding.objects.update_or_create(
            unit=unit,
            rule=rule,
            defaults={
                "clause": findings[0].clause,
                "counts": dict(Counter(each.outcome.value for each in findings)),
                "asking": [json.loads(body_text(each)) for each in asking[:KEPT]],
                "judged_at": at,
            },
        )


# -- reads -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """One duty of one unit: the worst lamp, counts by outcome, the findings that ask for something.

    `more` findings ask for something and are only counted.
    """

    rule: str
    citation: str
    text: str
    lamp: str
    counts: dict[str, int]
    asking: tuple[ShownFinding, ...]
    more: int


@dataclass(frozen=True)
class UnitAccount:
    """How one unit stands, in the order of the law; `judged_at` None: it was not judged yet."""

    unit: Unit
    judged_at: dt.datetime | None
    duties: tuple[Standing, ...]


def visible_units(person: Person) -> QuerySet[Unit]:
    """Units whose standing a person may see: their own, all for those who see every case."""
    held = standing_offices(person)
    if {office.kind for office in held} & ALL_CASES:
        return Unit.objects.all()
    return Unit.objects.filter(id__in=[office.unit_id for office in held if office.unit_id])


def accounts_of_units(person: Person, at: dt.datetime | None = None) -> list[UnitAccount]:
    """The standing of each unit the person may see that has any duty. Three queries."""
    instant = at or clock.now()
    units = {unit.id: unit for unit in visible_units(person).order_by("code")}
    rows: dict[object, list[UnitStanding]] = {}
    for row in UnitStanding.objects.filter(unit__in=units):
        rows.setdefault(row.unit_id, []).append(row)
    figures = rulebook().parameters
    return [_account(unit, rows.get(key, []), figures, instant) for key, unit in units.items()]


def _account(
    unit: Unit, rows: Iterable[UnitStanding], figures: Parameters, at: dt.datetime
) -> UnitAccount:
    mine = sorted(rows, key=lambda row: (clause_order(row.clause), row.rule))
    biting = [row for row in mine if set(row.counts) != {Outcome.NOT_APPLICABLE.value}]
    duties = tuple(_standing(row, figures, at) for row in biting)
    return UnitAccount(unit, min((row.judged_at for row in mine), default=None), duties)


def _standing(row: UnitStanding, figures: Parameters, at: dt.datetime) -> Standing:
    found = [finding_from(body, row.judged_at) for body in row.asking]
    told = tuple(shown(each, at, warning_of(each, figures)) for each in found)
    number = sum(row.counts.get(each.value, 0) for each in _ASKING)
    return Standing(
        rule=row.rule,
        citation=citation(row.clause),
        text=explanations.duty_text(row.rule),
        lamp=told[0].lamp if told else "green",
        counts={outcome.value: row.counts.get(outcome.value, 0) for outcome in _GRAVITY},
        asking=told,
        more=number - len(told),
    )


def units_by_rule() -> dict[str, dict[str, int]]:
    """For each rule of units, how many units have a finding of each outcome."""
    counts: dict[str, Counter[str]] = {}
    for rule, found in UnitStanding.objects.values_list("rule", "counts"):
        counts.setdefault(rule, Counter()).update(dict.fromkeys(found, 1))
    return {rule: dict(found) for rule, found in counts.items()}
