"""Article 22: the approval form and the paper of a decision.

Restated: before a decision an approval form is made, and the paper of the decision states the
party's acts, the reasons, basis and content, how and by when it is performed, and the remedies.
"""

from liuhen.law.duties import Duty, negate
from liuhen.law.facts import Case, Paper
from liuhen.law.phrases import filled, in_time_for_decision, one_of
from liuhen.law.subjects import CASE, papers
from liuhen.law.verdicts import Verdict, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import CaseKind, Procedure

FORMS = ("35", "14", "decision_approval")
DECISION_PAPERS = ("36", "57", "58", "46", "15")
CONTENTS = ("acts", "reasons", "basis", "content", "performance", "remedies")


def _is_without_decision(view: View) -> bool:
    """Enforcement that takes its decision to the court, or is performed upon the reminder, makes
    none of its own; one that can't wait is approved afterwards (Coercion Law 19)."""
    if not view.is_kind(CaseKind.COERCION):
        return False
    if view.is_procedure(Procedure.ENFORCEMENT):
        decided = view.known("decisions")
        return decided is not None and not decided
    urgent = view.where("measures", lambda each: each.is_urgent is True)
    return bool(urgent)


def is_decided_in_writing(view: View, case: Case) -> bool | None:
    """Trigger: every kind of case but inspections, simple procedure, and where none is made."""
    if _is_without_decision(view):
        return False
    inspects = view.is_kind(CaseKind.INSPECTION)
    simple = view.is_procedure(Procedure.SIMPLE)
    if inspects or simple:
        return False
    return negate(inspects) if simple is False else None


def _form_made(view: View, case: Case) -> Verdict:
    found = view.papers(*FORMS)
    if found is None:
        return unknown()
    for paper in found:
        view.use(paper, "made_at")
    return one_of(view, [in_time_for_decision(view, paper.made_at) for paper in found])


def _states_all(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *CONTENTS)


DUTIES = (
    Duty(
        "decision_form_made",
        "22.1",
        CASE,
        _form_made,
        is_decided_in_writing,
        act="issue_decision_approval",
    ),
    Duty(
        "decision_paper_complete",
        "22.1",
        papers(*DECISION_PAPERS),
        _states_all,
        act="complete_paper",
    ),
)
