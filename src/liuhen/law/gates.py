"""Gates: what stands between a case and its next act, with article and what to do.

For: the acts, which refuse when a gate gives obstacles, and pages, which show them beforehand.
Not for: the product's advice, which never stops anything, and not for permissions.

What can be made good blocks until it is. What can't never holds a case open: closing and binding
ask for an explanation and the leader's acknowledgement instead. An act the law forbids is judged on
the facts with the proposed act in them.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from liuhen.law.calendar import Calendar
from liuhen.law.clauses import citation
from liuhen.law.engine import judge
from liuhen.law.errors import LawError
from liuhen.law.explanations import act_text, explain
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Column, Finding, Outcome, Subject
from liuhen.law.moments import happened
from liuhen.law.parameters import Override
from liuhen.law.registry import packaged_registry

ACKNOWLEDGE = "acknowledge_breach"
_CLEAR = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})


class Incurable(StrEnum):
    """What a breach that can't be made good does at a gate."""

    REFUSE = "refuse"
    ACKNOWLEDGE = "acknowledge"
    PASS = "pass"  # noqa: S105 - a verb, not a secret


@dataclass(frozen=True, slots=True)
class Gate:
    """One row of `gates.toml`; `rules` is already spelled out.

    With `may_run` a duty whose clock still runs does not stand in the way.
    """

    key: str
    name: str
    clause: str
    rules: frozenset[str]
    on_incurable: Incurable
    may_run: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way: `text` says what is missing, `remedy` what to do, `act` by which act.

    `is_curable` False means that nothing can make it good: with `act` = "acknowledge_breach" the
    way is open after an explanation and the leader's acknowledgement, with None the act is refused.
    """

    gate: str
    clause: str
    citation: str
    rule: str
    subject: Subject
    outcome: Outcome
    text: str
    remedy: str
    act: str | None
    is_curable: bool
    due_at: datetime | None = None


def gate(
    name: str,
    facts: CaseFacts,
    at: datetime,
    *,
    overrides: Sequence[Override] = (),
    calendar: Calendar | None = None,
) -> list[Obstacle]:
    """What stands in the way of an act now; empty = nothing.

    Raises:
        LawError: there is no gate of this name.
    """
    findings = judge(facts, at, overrides=overrides, calendar=calendar)
    return obstacles(name, findings, facts, at)


def obstacles(
    name: str, findings: Iterable[Finding], facts: CaseFacts, at: datetime
) -> list[Obstacle]:
    """Like `gate`, from findings already judged for these facts at this instant."""
    row = gates().get(name)
    if row is None:
        raise LawError(f"{name}: no such gate")
    found = []
    for finding in findings:
        if finding.rule in row.rules and finding.column is Column.TEXT:
            obstacle = _obstacle(row, finding, facts, at)
            if obstacle is not None:
                found.append(obstacle)
    return found


@lru_cache(maxsize=1)
def gates() -> Mapping[str, Gate]:
    """The gates of this package."""
    return gates_from_toml(resources.files("liuhen.law").joinpath("gates.toml").read_text("utf-8"))


def gates_from_toml(text: str) -> dict[str, Gate]:
    """Read gates from the format of `gates.toml`.

    Raises:
        LawError: a gate names, or leaves out, a rule that doesn't exist.
    """
    cases = packaged_registry().base_of(CaseFacts.scope)
    known = {duty.name for duty in cases if duty.column is Column.TEXT}
    found = {}
    for key, row in tomllib.loads(text)["gate"].items():
        named = known if row["rules"] == ["*"] else frozenset(row["rules"])
        left_out = frozenset(row.get("except", ()))
        for rule in (named | left_out) - known:
            raise LawError(f"gate {key}: there is no rule {rule}")
        how = Incurable(row["on_incurable"])
        rules = frozenset(named - left_out)
        found[key] = Gate(
            key, row["name"], row["clause"], rules, how, may_run=row.get("may_run", False)
        )
    return found


def is_acknowledged(facts: CaseFacts, finding: Finding, at: datetime) -> bool:
    """Whether an incurable breach is explained and the leader has acknowledged it by `at`."""
    return any(
        each.rule == finding.rule
        and each.subject == finding.subject.key
        and each.is_explained is True
        and happened(each.acknowledged_at, at) is True
        for each in facts.acknowledgements or ()
    )


def _runs(finding: Finding) -> bool:
    return finding.outcome is Outcome.PENDING and finding.due_at is not None


def _obstacle(row: Gate, finding: Finding, facts: CaseFacts, at: datetime) -> Obstacle | None:
    if finding.outcome in _CLEAR or (row.may_run and _runs(finding)):
        return None
    act: str | None = finding.act
    if finding.outcome is Outcome.UNKNOWN:
        act = "supply_facts"
    elif finding.outcome is Outcome.JUDGEMENT:
        act = "decide_judgement"
    elif finding.outcome is Outcome.BREACHED and not finding.is_curable:
        if row.on_incurable is Incurable.PASS:
            return None
        if row.on_incurable is Incurable.ACKNOWLEDGE:
            if is_acknowledged(facts, finding, at):
                return None
            act = ACKNOWLEDGE
        else:
            act = None
    return Obstacle(
        gate=row.key,
        clause=finding.clause,
        citation=citation(finding.clause),
        rule=finding.rule,
        subject=finding.subject,
        outcome=finding.outcome,
        text=explain(finding),
        remedy=act_text(act or finding.act),
        act=act,
        is_curable=finding.outcome is not Outcome.BREACHED or finding.is_curable,
        due_at=finding.due_at,
    )
