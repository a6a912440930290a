"""Article 22: the approval form and the paper of a decision.

Restated: before a decision an approval form is made, and the paper of the decision states the
party's acts, the reasons, basis and content, how and by when it is performed, and the remedies.
What a payer puts forward against a levy is answered by a decision of its own (8.1(6) records it).
"""

from liuhen.law.duties import Duty, conj, negate
from liuhen.law.facts import Case, Paper, Statement
from liuhen.law.moments import happened
from liuhen.law.phrases import (
    decided_at,
    filled,
    first_at,
    in_time_for_decision,
    is_waiver,
    is_with_police,
    one_of,
    open_until_closed,
)
from liuhen.law.subjects import CASE, STATEMENTS, papers
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View, instant
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
    if _is_without_decision(view) or is_with_police(view):
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


OBJECTION = "levy_objection_review"


def _is_objection(view: View, statement: Statement) -> bool | None:
    """What a payer says after the levy was decided; before it, it is a statement on the notice."""
    view.use(statement, "form", "made_at")
    made, decided = instant(statement.made_at), decided_at(view)
    after = None if made is None else decided is not None and made > decided
    return conj(view.is_kind(CaseKind.LEVY), negate(is_waiver(statement)), after)


def _answered(view: View, statement: Statement) -> Verdict:
    found = view.papers(OBJECTION)
    made = instant(statement.made_at)
    if found is None or made is None:
        return unknown()
    for paper in found:
        view.use(paper, "issued_at")
    later = [each.issued_at for each in found if not happened(each.issued_at, made)]
    given = first_at(view.when(each) for each in later)
    if given is None and None in later:
        return unknown()
    return met(given) if given else open_until_closed(view)


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
        "levy_objection_decided",
        "22.1",
        STATEMENTS,
        _answered,
        _is_objection,
        act="issue_paper",
    ),
    Duty(
        "decision_paper_complete",
        "22.1",
        papers(*DECISION_PAPERS),
        _states_all,
        act="complete_paper",
    ),
)
