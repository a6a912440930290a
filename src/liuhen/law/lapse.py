"""What falls away when the party is no more: nobody can be told, heard, decided against or served.

Our reading: the Penalty Law says nothing of a party's death, so what was breached before it stays,
and what could only be done towards the party afterwards is asked of nobody. Not for the acts, which
refuse such a party themselves, nor for the estate (Coercion Law 39, 40).
"""

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


def has_lapsed(finding: Finding, facts: CaseFacts) -> bool:
    """Whether a duty that is not met asks for something towards a party that is no more."""
    died = [
        party.died_on
        for party in facts.parties or ()
        if party.role is PartyRole.PARTY and party.died_on is not None
    ]
    if not died or finding.outcome is Outcome.MET:
        return False
    if finding.rule == _STAGES:
        return not facts.decisions
    if finding.rule in _ASKED_FOR_A_DECISION:
        return finding.outcome is Outcome.UNKNOWN
    if finding.rule not in lapsing_rules():
        return False
    if finding.outcome is not Outcome.BREACHED:
        return True
    return finding.due_at is not None and finding.due_at >= start_of_day(min(died))
