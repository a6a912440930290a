"""What can be done in a case now, and what waits: for an answer, for a step before it, for a clock.

The law names what is owed; here stands whether its time has come. Not for what the law forbids
(`gating`, which refuses) nor for who may do it. A page or a desk asks this of cases it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, Party, Performance
from liuhen.compliance.queries import NextStep, next_steps
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Paper, Service
from liuhen.law.findings import Column, Outcome
from liuhen.law.gates import gates


@dataclass(frozen=True)
class CaseState:
    """How far a case is: types of paper issued and served, who is asked about what, its ends."""

    case: Case
    issued: frozenset[str]
    served: frozenset[str]
    asked: Mapping[str, str]  # kind of request still open: the office asked
    is_performed: bool = False
    is_party_gone: bool = False

    @property
    def may_be_ended(self) -> bool:
        """Whether nothing is left but to end it: its party is no more and it is not performed."""
        is_open = self.case.closed_at is None and "closing" not in self.asked
        is_penalty = self.case.kind == Case.Kind.PENALTY
        return is_open and is_penalty and self.is_party_gone and not self.is_performed


@dataclass(frozen=True)
class Ready:
    """What an act waits for: papers issued, papers served, a gate's duties, an open request."""

    issued: frozenset[str] = frozenset()
    served: frozenset[str] = frozenset()
    gate: str = ""
    request: str = ""


_REPORTED = frozenset({"investigation_report"})
_TOLD = frozenset({"prior_notice"})
_DECIDED = frozenset({"penalty_decision"})
# Acts of an ordinary penalty that others come before. What isn't named can be done at any time.
_ORDINARY: Mapping[str, Ready] = {
    "approve_initiation": Ready(request="initiation"),
    "issue_prior_notice": Ready(issued=_REPORTED),
    "issue_hearing_notice": Ready(issued=_REPORTED),
    "record_statement": Ready(served=_TOLD),
    "hold_hearing": Ready(served=_TOLD),
    "review_statement": Ready(served=_TOLD, request="defence_review"),
    "review_legality": Ready(issued=_REPORTED, request="legality_review"),
    "hold_discussion": Ready(issued=_REPORTED),
    "issue_decision_approval": Ready(served=_TOLD, gate="approve_decision", request="decision"),
    "approve_decision": Ready(served=_TOLD, gate="approve_decision", request="decision"),
    "issue_decision": Ready(gate="issue_decision"),
    "record_performance": Ready(served=_DECIDED),
}
# Whoever is not punished is not told of a penalty before.
_SPARED: Mapping[str, Ready] = {
    act: Ready(issued=_REPORTED, gate="approve_decision", request="decision")
    for act in ("issue_decision_approval", "approve_decision")
}
# The tail every case has.
_CLOSING = Ready(request="closing")


@dataclass(frozen=True)
class Work:
    """What a case asks for: `steps` can be done now, `clocks` run for what can't be yet.

    `waiting` are the kinds of request somebody else has to answer, with the office asked.
    """

    steps: tuple[NextStep, ...]
    clocks: tuple[ShownFinding, ...]
    waiting: Mapping[str, str]


def states_of(cases: Iterable[Case]) -> dict[UUID, CaseState]:
    """How far each of these cases is. Five queries, whatever their number."""
    listed = list(cases)
    papers = Paper.objects.filter(case__in=listed, state=Paper.State.ISSUED)
    served = Service.objects.filter(paper__case__in=listed)
    asked = Approval.objects.filter(case_id__in=[one.id for one in listed], outcome="")
    issued = list(papers.values_list("case_id", "type").distinct())
    reached = list(served.values_list("paper__case_id", "paper__type").distinct())
    requests = list(asked.values_list("case_id", "kind", "office"))
    performed = set(
        Performance.objects.filter(case__in=listed, purpose=Performance.Purpose.WHOLE).values_list(
            "case_id", flat=True
        )
    )
    gone = Party.objects.filter(case__in=listed, role=Party.Role.PARTY, died_on__isnull=False)
    without_party = set(gone.values_list("case_id", flat=True))
    return {
        one.id: CaseState(
            one,
            frozenset(key for case_id, key in issued if case_id == one.id),
            frozenset(key for case_id, key in reached if case_id == one.id),
            {kind: office for case_id, kind, office in requests if case_id == one.id},
            one.id in performed,
            one.id in without_party,
        )
        for one in listed
    }


def state_from(
    case: Case, papers: Iterable[Paper], services: Iterable[Service], asked: Iterable[Approval]
) -> CaseState:
    """How far a case is, from rows that are at hand."""
    types = {paper.id: paper.type for paper in papers if paper.state == Paper.State.ISSUED}
    return CaseState(
        case,
        frozenset(types.values()),
        frozenset(types[one.paper_id] for one in services if one.paper_id in types),
        {one.kind: one.office for one in asked if not one.outcome},
    )


def work_on(state: CaseState, findings: Sequence[ShownFinding]) -> Work:
    """What a case asks for now, out of its findings: what is late first, advice last."""
    standing = {
        one.rule for one in findings if one.column == Column.TEXT and one.lamp not in _SETTLED
    }
    steps = [step for step in next_steps(findings) if is_ready(step.act, state, standing)]
    ready = {(step.act, step.subject_id) for step in steps}
    clocks = [
        one
        for one in findings
        if one.column == Column.TEXT
        and one.outcome == Outcome.PENDING
        and one.due_at is not None
        and (one.act, one.subject_id) not in ready
    ]
    return Work(tuple(steps), tuple(sorted(clocks, key=lambda one: str(one.due_at))), state.asked)


_SETTLED = frozenset({"green", "grey"})
# What can still be done to a case that is closed, and to one that is bound: the file stands as it
# is, its recordings and what a person judges of it go on.
_AFTER_BINDING = frozenset(
    {
        *("hand_over_case", "keep_unit_copy", "file_disc", "decide_judgement"),
        "withdraw_publication",
    }
)
_AFTER_CLOSING = _AFTER_BINDING | {
    *("bind_case", "upload_recording", "hand_in_recording", "label_recording"),
    *("review_recording", "explain_gap", "report_gap"),
}


# The kinds whose course has a step for making the result public; the others may do so also after
# their closing.
PUBLIC_IN_COURSE = (Case.Kind.INSPECTION, Case.Kind.LICENSING)


def may_still(act: str | None, case: Case) -> bool:
    """Whether an act can be done at all, now that the case is open, closed or bound."""
    if act == "publish_result" and case.kind not in PUBLIC_IN_COURSE:
        return True  # its days run on after the case is closed
    if case.bound_at is not None:
        return act in _AFTER_BINDING
    return case.closed_at is None or act in _AFTER_CLOSING


def is_ready(act: str, state: CaseState, standing: Collection[str]) -> bool:
    """Whether the time of an act has come; `standing` are the duties not yet met."""
    if not may_still(act, state.case):
        return False
    wanted = _wanted(act, state.case)
    if wanted is None:
        return True
    if not (wanted.issued <= state.issued and wanted.served <= state.served):
        return False
    if wanted.request in state.asked:
        return False
    return not wanted.gate or not (_others(wanted.gate, act) & set(standing))


def _wanted(act: str, case: Case) -> Ready | None:
    if act == "bind_case" and case.closed_at is None:
        return _NEVER
    if act in ("hand_over_case", "keep_unit_copy", "file_disc") and case.bound_at is None:
        return _NEVER
    if act in ("issue_closing_report", "approve_closing"):
        return _CLOSING
    if act in _SPARED and "no_penalty" in case.facts:
        return _SPARED[act]
    is_ordinary = case.kind == Case.Kind.PENALTY and case.procedure == Case.Procedure.ORDINARY
    return _ORDINARY.get(act) if is_ordinary else None


_NEVER = Ready(issued=frozenset({""}))  # no paper has this type: not now


def _others(gate: str, act: str) -> frozenset[str]:
    """The duties of a gate that another act satisfies."""
    own = _OWN_RULES.get(act, frozenset())
    return gates()[gate].rules - own


# Met by the act itself, so it does not wait for them.
_OWN_RULES: Mapping[str, frozenset[str]] = {
    "approve_decision": frozenset({"decision_form_made", "decision_approved_by_head"}),
    "issue_decision_approval": frozenset({"decision_form_made", "decision_approved_by_head"}),
}
