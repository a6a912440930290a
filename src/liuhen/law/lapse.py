"""What falls away when the party is no more: nobody can be told, heard, decided against or served.
And when the case went to the police for good, whose matter it is now (Transfer rules 11, 12).

Our reading: the Penalty Law says nothing of a party's death, so what was breached before it stays,
and what could only be done towards the party afterwards is asked of nobody. Not for the acts, which
refuse such a party themselves, nor for the estate (Coercion Law 39, 40).
"""

import datetime as dt
from functools import cache

from liuhen.law.calendar import start_of_day
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Finding, Outcome
from liuhen.law.gates import gates
from liuhen.law.vocabulary import PartyRole

# Beside what stands before a decision: the decision itself, its service, the hearing.
_TOWARDS_THE_PARTY = frozenset(
    {
        *("decided_in_time", "decision_served_in_time"),
        *("hearing_notified_in_time", "hearing_chaired_apart", "head_took_part"),
    }
)
# Unknown as long as nobody states what a decision would need; none will come.
_ASKED_FOR_A_DECISION = frozenset({"expert_argument_minuted"})
# The papers of stages up to a decision; ended before it, a case passes them by.
_STAGES = "stages_recorded_in_text"


@cache
def lapsing_rules() -> frozenset[str]:
    """The duties that are owed towards a living party only."""
    return gates()["issue_decision"].rules | _TOWARDS_THE_PARTY


def _deaths(facts: CaseFacts) -> list[dt.datetime]:
    """The beginning of the day on which the party died or ceased to be."""
    return [
        start_of_day(party.died_on)
        for party in facts.parties or ()
        if party.role is PartyRole.PARTY and party.died_on is not None
    ]


def _transfers(facts: CaseFacts) -> list[dt.datetime]:
    """When the case went to the police who filed theirs and were given things and material."""
    return [
        lead.transferred_at
        for lead in facts.leads or ()
        if isinstance(lead.transferred_at, dt.datetime)
        and isinstance(lead.crime_filed_at, dt.datetime)
        and isinstance(lead.things_handed_over_at, dt.datetime)
        and not isinstance(lead.given_back_at, dt.datetime)
    ]


def has_lapsed(finding: Finding, facts: CaseFacts) -> bool:
    """Whether a duty that is not met asks for something nobody is left to do it to, or may do."""
    over = [*_deaths(facts), *_transfers(facts)]
    if not over or finding.outcome is Outcome.MET:
        return False
    if finding.rule == _STAGES:
        return not facts.decisions
    if finding.rule in _ASKED_FOR_A_DECISION:
        return finding.outcome is Outcome.UNKNOWN
    if finding.rule not in lapsing_rules():
        return False
    if finding.outcome is not Outcome.BREACHED:
        return True
    return finding.due_at is not None and finding.due_at >= min(over)
