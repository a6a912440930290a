"""Reconsideration Law and Litigation Law: the authority's answer when its decision is contested.

Restated. Reconsideration Law 48: within ten working days of the copy of the application the
authority answers in writing and hands in evidence, basis and file; 54: within five where the review
takes the summary course. Litigation Law 67: within fifteen days of the copy of the complaint. Of
when the court may be applied to: `coercion_enforcement`.
"""

from datetime import datetime

from liuhen.law.duties import Due, Duty, conj, negate
from liuhen.law.facts import Remedy
from liuhen.law.subjects import REMEDIES
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import Procedure, RemedyKind, RemedyOutcome


def _is_own(view: View, remedy: Remedy, kind: RemedyKind) -> bool | None:
    """A remedy of this kind whose copy came in; taken back before it was answered, it asks nothing.

    The case that enforces knows it too: it is answered in the case that decided.
    """
    view.use(remedy, "kind", "outcome", "answered_at", "notified_at")
    is_enforcing = view.is_procedure(Procedure.ENFORCEMENT)
    is_kind = None if remedy.kind is None else remedy.kind is kind
    is_off = remedy.outcome is RemedyOutcome.WITHDRAWN and view.has(remedy.answered_at) is False
    return conj(negate(is_enforcing), is_kind, not is_off, view.has(remedy.notified_at))


def _is_review(view: View, remedy: Remedy) -> bool | None:
    return _is_own(view, remedy, RemedyKind.REVIEW)


def _is_suit(view: View, remedy: Remedy) -> bool | None:
    return _is_own(view, remedy, RemedyKind.SUIT)


def _answered(view: View, remedy: Remedy) -> Verdict:
    view.use(remedy, "answered_at")
    answered = view.when(remedy.answered_at)
    if answered is None:
        return unknown()
    return met(instant(answered)) if isinstance(answered, datetime) else unmet()


def _review_due(view: View, remedy: Remedy) -> Due | None:
    view.use(remedy, "notified_at", "is_summary")
    figure = "answer_summary" if remedy.is_summary else "answer"
    return view.due(f"reconsideration.{figure}", remedy.notified_at)


def _suit_due(view: View, remedy: Remedy) -> Due | None:
    view.use(remedy, "notified_at")
    return view.due("litigation.evidence", remedy.notified_at)


DUTIES = (
    Duty(
        "review_answered_in_time",
        "reconsideration_law:48",
        REMEDIES,
        _answered,
        _is_review,
        _review_due,
        act="answer_remedy",
    ),
    Duty(
        "suit_answered_in_time",
        "litigation_law:67",
        REMEDIES,
        _answered,
        _is_suit,
        _suit_due,
        act="answer_remedy",
    ),
)
