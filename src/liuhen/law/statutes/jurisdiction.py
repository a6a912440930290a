"""Order 55: who is competent.

Restated. 6: where it is disputed which authority is competent they talk it over within seven
working days and keep the record of it; what they can't agree on goes to their common superior.
Of several competent ones the first to initiate has the case (Penalty Law 25).
"""

from liuhen.law.duties import Due, Duty
from liuhen.law.facts import Lead
from liuhen.law.subjects import LEADS
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant


def _is_disputed(view: View, lead: Lead) -> bool | None:
    view.use(lead, "disputed_at")
    return view.has(lead.disputed_at)


def _settled(view: View, lead: Lead) -> Verdict:
    view.use(lead, "dispute_settled_at")
    done = view.has(lead.dispute_settled_at)
    if done is None:
        return unknown()
    return met(instant(lead.dispute_settled_at)) if done else unmet()


def _due(view: View, lead: Lead) -> Due | None:
    return view.due("order55.jurisdiction_dispute", lead.disputed_at)


DUTIES = (
    Duty(
        "jurisdiction_settled_in_time",
        "order55:6",
        LEADS,
        _settled,
        _is_disputed,
        _due,
        act="settle_jurisdiction",
    ),
)
