"""Gates: whether the law lets a case take its next step now, and what stands in the way.

An act that the law forbids is judged on the facts with that act in them: the decision about to be
issued counts as made. Not for permissions, nor for our own advice, which never stops anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_from, judged
from liuhen.compliance.handling_facts import handlings
from liuhen.compliance.paper_facts import decisions
from liuhen.compliance.present import present_rows
from liuhen.compliance.procedure_facts import PROPOSED, proposed_enforcement, proposed_measure
from liuhen.compliance.rows import CaseRows
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law import gates
from liuhen.law.facts import CaseFacts, Paper
from liuhen.law.gates import Obstacle
from liuhen.law.lapse import has_lapsed
from liuhen.law.measures.a36 import APPLICATION
from liuhen.law.vocabulary import NOT_YET, Procedure

# Gates before which a draft decision counts as made at the instant asked about.
_DECIDING = frozenset(
    {
        *("issue_decision", "draw_up_on_spot_decision", "issue_on_spot_decision"),
        *("issue_licence_decision", "issue_levy_decision"),
        *("issue_sealing_decision", "issue_enforcement_decision"),
    }
)
# The step asked about brings these about itself: they can't be asked of it beforehand.
_REPORT = frozenset({"closing_report_made"})
_BROUGHT: Mapping[str, frozenset[str]] = {"close": _REPORT, "terminate": _REPORT}


@dataclass(frozen=True)
class Way:
    """What stands between a case and a step.

    `curable` blocks until it is made good. `incurable` can't be made good: `is_open_by_leader`
    tells whether an explanation and the leader's acknowledgement open the way all the same.
    """

    curable: tuple[Obstacle, ...]
    incurable: tuple[Obstacle, ...]

    @property
    def is_open(self) -> bool:
        """Nothing stands in the way."""
        return not (self.curable or self.incurable)

    @property
    def is_open_by_leader(self) -> bool:
        """Only explanations and acknowledgements are lacking."""
        return not self.curable and all(each.act == gates.ACKNOWLEDGE for each in self.incurable)


def way_through(name: str, case_id: UUID, at: dt.datetime | None = None) -> Way:
    """What stands in the way of a case at a gate, at an instant (now), by its present rows.

    Raises:
        Refused: `record.not_found`.
    """
    instant = at or clock.now()
    rows = present_rows([case_id]).get(case_id)
    if rows is None:
        raise Refused("record.not_found")
    facts = facts_from(rows)
    gate = _gate_for(name, facts)
    facts = with_the_step(gate, rows, facts, instant)
    standing = [each for each in judged(rows, facts, instant) if not has_lapsed(each, facts)]
    found = [
        each
        for each in gates.obstacles(gate, standing, facts, instant)
        if each.rule not in _BROUGHT.get(gate, frozenset())
    ]
    return Way(
        curable=tuple(each for each in found if each.is_curable),
        incurable=tuple(each for each in found if not each.is_curable),
    )


def with_the_step(gate: str, rows: CaseRows, facts: CaseFacts, instant: dt.datetime) -> CaseFacts:
    """The facts as they would be with the step taken, where it has left no row yet."""
    if gate in _DECIDING:
        return replace(facts, decisions=decisions(rows, proposed_at=instant))
    if gate == "take_measure" and not _is_under_way(facts, "sealing_or_seizure"):
        proposed = proposed_measure(rows, instant)
        return replace(facts, measures=(*(facts.measures or ()), proposed))
    if gate == "handle_things":
        return replace(facts, handlings=handlings(rows, proposed_at=instant))
    if gate == "enforce" and not _is_under_way(facts, "enforcement"):
        activity = proposed_enforcement(rows, instant)
        return replace(facts, activities=(*(facts.activities or ()), activity))
    if gate == "apply_to_court":
        # A draft is no application yet: the one asked about takes its place.
        others = [each for each in facts.papers or () if not _is_draft_application(each)]
        application = Paper(key=PROPOSED, type=APPLICATION, made_at=instant)
        return replace(facts, papers=(*others, application))
    return facts


def _is_draft_application(paper: Paper) -> bool:
    return paper.type == APPLICATION and paper.issued_at is NOT_YET


def _is_under_way(facts: CaseFacts, kind: str) -> bool:
    return any(each.kind == kind and each.ended_at is NOT_YET for each in facts.activities or ())


def _gate_for(name: str, facts: CaseFacts) -> str:
    """A decision is issued by the gate of its procedure."""
    if name == "issue_decision" and facts.case.procedure is Procedure.SIMPLE:
        return "issue_on_spot_decision"
    return name


def refuse_at_gate(name: str, case: Case, at: dt.datetime) -> None:
    """Refuse the step when something stands in its way.

    Raises:
        Refused: `law.forbids` with `gate`, `article`, `missing` and `todo` as texts, and
            `obstacles`, one mapping each: clause, rule, subject, text, todo, act, is_curable.
    """
    way = way_through(name, case.id, at)
    if way.is_open:
        return
    found = [*way.curable, *way.incurable]
    raise Refused(
        "law.forbids",
        gate=gates.gates()[found[0].gate].name,
        article="、".join(dict.fromkeys(each.citation for each in found)),
        missing="".join(dict.fromkeys(each.text for each in found)),
        todo="；".join(dict.fromkeys(each.remedy for each in found if each.remedy)),
        obstacles=[_plain(each) for each in found],
    )


def _plain(obstacle: Obstacle) -> dict[str, Any]:
    return {
        "clause": obstacle.clause,
        "citation": obstacle.citation,
        "rule": obstacle.rule,
        "subject": {"kind": obstacle.subject.kind, "id": obstacle.subject.key},
        "text": obstacle.text,
        "todo": obstacle.remedy,
        "act": obstacle.act,
        "is_curable": obstacle.is_curable,
    }
