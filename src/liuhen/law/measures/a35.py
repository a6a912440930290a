"""Article 35: reminding.

Restated: where a party does not perform a decision in time and is reminded as the law provides, the
reminder is a written one. When a fine is due is the Penalty Law's (67); a deferral approved counts
in. A levy is due on the day its decision names. Before the reminder nothing is late: it stays open
until the case is closed.
"""

from datetime import datetime

from liuhen.law.calendar import end_of_day
from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Decision
from liuhen.law.phrases import open_until_closed, served_at
from liuhen.law.subjects import DECISIONS
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import CaseKind, PenaltyKind

REMINDER = "45"


def payment_due(view: View, decision: Decision) -> Due | None:
    """Until when what a served decision asks for is to be paid: a fine within its days, a levy by
    the day its decision names."""
    view.use(decision, "paper", "sanctions", "due_on")
    served = view.when(served_at(view, decision.paper))
    if not view.is_kind(CaseKind.LEVY):
        return view.due("penalty_law.pay_fine", served, rolls=True)
    if decision.due_on is None or not isinstance(served, datetime):
        return None
    return Due(served, end_of_day(decision.due_on))


def is_fined(decision: Decision) -> bool | None:
    """Whether a decision imposes a fine."""
    if decision.sanctions is None:
        return None
    return any(each.kind is PenaltyKind.FINE for each in decision.sanctions)


def is_owed(view: View, decision: Decision) -> bool | None:
    """Whether a decision asks for money: a fine, or a levy."""
    return disj(view.is_kind(CaseKind.LEVY), is_fined(decision))


def _is_overdue(view: View, decision: Decision) -> bool | None:
    performed = view.known("performances")
    view.use(decision, "paper", "sanctions")
    if performed is None:
        return None
    mine = any(each.decision in (None, decision.key) for each in performed)
    is_unpaid = conj(is_owed(view, decision), not mine)
    if not is_unpaid:
        return is_unpaid
    if view.is_kind(CaseKind.LEVY) and decision.due_on is None:
        return None
    due = payment_due(view, decision)
    return due is not None and view.is_past(due.due_at)


def _reminded(view: View, decision: Decision) -> Verdict:
    found = view.papers(REMINDER)
    if found is None:
        return unknown()
    return met() if any(view.has(each.issued_at) for each in found) else open_until_closed(view)


DUTIES = (
    Duty("overdue_party_reminded", "35.1", DECISIONS, _reminded, _is_overdue, act="issue_reminder"),
)
