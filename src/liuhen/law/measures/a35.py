"""Article 35: reminding.

Restated: where a party does not perform a decision in time and is reminded as the law provides, the
reminder is a written one. When a fine is due is the Penalty Law's (67); a deferral approved counts
in. Before the reminder nothing is late: it stays open until the case is closed.
"""

from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Decision
from liuhen.law.phrases import open_until_closed, served_at
from liuhen.law.subjects import DECISIONS
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import PenaltyKind

REMINDER = "45"


def payment_due(view: View, decision: Decision) -> Due | None:
    """Until when a fine is to be paid: counted from the service of its decision."""
    view.use(decision, "paper", "sanctions")
    return view.due("penalty_law.pay_fine", served_at(view, decision.paper), rolls=True)


def is_fined(decision: Decision) -> bool | None:
    """Whether a decision imposes a fine."""
    if decision.sanctions is None:
        return None
    return any(each.kind is PenaltyKind.FINE for each in decision.sanctions)


def _is_overdue(view: View, decision: Decision) -> bool | None:
    due = payment_due(view, decision)
    performed = view.known("performances")
    if performed is None:
        return None
    is_over = False if due is None else view.at > due.due_at
    mine = any(each.decision in (None, decision.key) for each in performed)
    return conj(is_over, is_fined(decision), not mine)


def _reminded(view: View, decision: Decision) -> Verdict:
    found = view.papers(REMINDER)
    if found is None:
        return unknown()
    return met() if any(view.has(each.issued_at) for each in found) else open_until_closed(view)


DUTIES = (
    Duty("overdue_party_reminded", "35.1", DECISIONS, _reminded, _is_overdue, act="issue_reminder"),
)
