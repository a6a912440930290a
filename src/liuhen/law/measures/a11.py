"""Article 11: leads.

Restated: what calls for a procedure is taken up in time and recorded; a named complainant whose
matter isn't taken up is told, with a written record; suspected crime and matters outside
jurisdiction are transferred in time, with a written record. The days for checking a lead are
another rule's and still to be confirmed by the authority.
"""

from collections.abc import Callable

from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Lead
from liuhen.law.moments import Moment
from liuhen.law.phrases import open_until_closed
from liuhen.law.subjects import LEADS
from liuhen.law.verdicts import Verdict, answer, met, unknown
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import LeadOutcome

_CHECK = "order55.check_lead"


def _done(field: str) -> Callable[[View, Lead], Verdict]:
    def satisfied(view: View, lead: Lead) -> Verdict:
        view.use(lead, field)
        moment: Moment = getattr(lead, field)
        done = view.has(moment)
        if done is None:
            return unknown()
        return met(instant(moment)) if done else open_until_closed(view)

    return satisfied


def _check_due(view: View, lead: Lead) -> Due | None:
    view.use(lead, "received_at")
    due = view.due(_CHECK, lead.received_at)
    for each in view.all("prolongations") or ():
        if each.clock == _CHECK:  # by how much is a figure too
            view.setting(f"{_CHECK}_prolonged", each.approved_at)
    return due


def _is_named_refusal(view: View, lead: Lead) -> bool | None:
    view.use(lead, "is_named", "outcome", "outcome_at")
    return conj(lead.is_named, _is_outcome(view, lead, LeadOutcome.REFUSED))


def _is_outcome(view: View, lead: Lead, *outcomes: LeadOutcome) -> bool | None:
    decided = view.has(lead.outcome_at)
    return conj(decided, None if lead.outcome is None else lead.outcome in outcomes)


def _needs_record(view: View, lead: Lead) -> bool | None:
    view.use(lead, "outcome", "outcome_at")
    return _is_outcome(view, lead, *LeadOutcome)


def _recorded(view: View, lead: Lead) -> Verdict:
    view.use(lead, "is_recorded")
    return answer(lead.is_recorded)


def _goes_elsewhere(view: View, lead: Lead) -> bool | None:
    view.use(lead, "is_suspected_crime", "is_outside_jurisdiction")
    return disj(lead.is_suspected_crime, lead.is_outside_jurisdiction)


def _transfer_due(view: View, lead: Lead) -> Due | None:
    view.use(lead, "transfer_decided_at")
    if not lead.is_suspected_crime:
        return None
    return view.due("transfer.carry_out", lead.transfer_decided_at)


DUTIES = (
    Duty(
        "lead_checked_in_time",
        "11.1",
        LEADS,
        _done("outcome_at"),
        None,
        _check_due,
        act="decide_lead",
    ),
    Duty(
        "complainant_informed",
        "11.1",
        LEADS,
        _done("informed_at"),
        _is_named_refusal,
        act="inform_complainant",
    ),
    Duty("lead_outcome_recorded", "11.1", LEADS, _recorded, _needs_record, act="record_lead"),
    Duty(
        "lead_transferred",
        "11.1",
        LEADS,
        _done("transferred_at"),
        _goes_elsewhere,
        _transfer_due,
        act="transfer_lead",
    ),
)
