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


def is_decided_in_writing(view: View, case: Case) -> bool | None:
    """Trigger: every kind of case but inspections and simple procedure."""
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
        is_curable=False,
    ),
    Duty(
        "decision_paper_complete",
        "22.1",
        papers(*DECISION_PAPERS),
        _states_all,
        act="complete_paper",
    ),
)
