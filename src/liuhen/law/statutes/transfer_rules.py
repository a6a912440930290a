"""Transfer of suspected crime.

Restated. 5: the head of the authority decides within three days of the report whether to transfer,
and an approved transfer is carried out within twenty-four hours (judged under Art. 11 of the
measures). 12: within three days of the police's notice that they filed a case, things and material
are handed to them. Days are natural days by our reading.
"""

from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Lead
from liuhen.law.subjects import LEADS
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant


def _is_reported(view: View, lead: Lead) -> bool | None:
    view.use(lead, "is_suspected_crime", "transfer_proposed_at")
    return conj(lead.is_suspected_crime, view.has(lead.transfer_proposed_at))


def _decided(view: View, lead: Lead) -> Verdict:
    view.use(lead, "transfer_decided_at")
    done = view.has(lead.transfer_decided_at)
    if done is None:
        return unknown()
    return met(instant(lead.transfer_decided_at)) if done else unmet()


def _decision_due(view: View, lead: Lead) -> Due | None:
    return view.due("transfer.decide", lead.transfer_proposed_at)


def _is_filed(view: View, lead: Lead) -> bool | None:
    view.use(lead, "is_suspected_crime", "transferred_at", "crime_filed_at")
    transferred = conj(lead.is_suspected_crime, view.has(lead.transferred_at))
    return conj(transferred, view.has(lead.crime_filed_at)) if transferred else transferred


def _handed_over(view: View, lead: Lead) -> Verdict:
    view.use(lead, "things_handed_over_at")
    done = view.has(lead.things_handed_over_at)
    if done is None:
        return unknown()
    return met(instant(lead.things_handed_over_at)) if done else unmet()


def _hand_over_due(view: View, lead: Lead) -> Due | None:
    return view.due("transfer.hand_over_things", lead.crime_filed_at)


DUTIES = (
    Duty(
        "transfer_decided_in_time",
        "transfer_rules:5",
        LEADS,
        _decided,
        _is_reported,
        _decision_due,
        act="transfer_lead",
    ),
    Duty(
        "things_handed_to_police",
        "transfer_rules:12",
        LEADS,
        _handed_over,
        _is_filed,
        _hand_over_due,
        act="transfer_lead",
    ),
)
