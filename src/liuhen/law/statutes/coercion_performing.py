"""Coercion Law: what stands before an enforcement on the spot, and what its record bears.

Restated. 38: the decision to enforce is served on the party; 51: so is the one by which another
performs, before that begins. 46: an authority enforces money itself only when the penalty for
delay has run for more than thirty days. 51: where another performs, somebody of the authority
watches, and afterwards who watched, who performed, and the party or a witness sign the record.
"""

from liuhen.law.duties import Duty, conj, negate
from liuhen.law.facts import Activity, Paper
from liuhen.law.phrases import first_at, open_until_closed, served_at, signed_by
from liuhen.law.statutes.coercion_enforcement import DECISION, is_substitute
from liuhen.law.statutes.coercion_law import SCENE_RECORD
from liuhen.law.subjects import activities, papers
from liuhen.law.verdicts import Verdict, failed, met, still_open, unknown
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import SignerRole

_ENFORCEMENTS = activities("enforcement")
_SIGNERS = {
    "到场监督的工作人员": (SignerRole.OFFICER,),
    "代履行人": (SignerRole.PERFORMER,),
    "当事人或者见证人": (SignerRole.PARTY, SignerRole.WITNESS),
}


# -- 46: money ----------------------------------------------------------------------------------


def _takes_money(view: View, paper: Paper) -> bool | None:
    """A decision to enforce a fine or a levy; what another performs is paid by no such decision."""
    view.use(view.case, "is_money_enforced")
    (substitute,) = view.use_state(paper, "fields", "is_substitute")
    return conj(view.case.is_money_enforced, negate(substitute))


def _delayed(view: View, paper: Paper) -> Verdict:
    view.use(view.case, "enforced_due_on")
    view.use(paper, "issued_at")
    due_on, issued = view.case.enforced_due_on, view.when(paper.issued_at)
    if due_on is None or issued is None:
        return unknown()
    decided = instant(issued)
    days = view.figure("coercion_law.late_penalty_before_force", issued)
    last = view.calendar.after_days(due_on, days)
    if view.is_past(last.due_at) if decided is None else decided > last.due_at:
        return met()
    # A draft forbids nothing yet; it waits for the days.
    early = still_open if decided is None else failed
    return early("too_early", until=last.last_on)


# -- 38, 51: served before ----------------------------------------------------------------------


def _served_before(view: View, activity: Activity) -> Verdict:
    view.use(activity, "started_at")
    decided, started = view.papers(DECISION), instant(activity.started_at)
    if decided is None or started is None or view.known("services") is None:
        return unknown()
    served = [view.when(served_at(view, each.key)) for each in decided]
    if None in served:
        return unknown()
    first = first_at(served)
    if first is None:
        return failed("not_served")
    return met() if first <= started else failed("served_after")


# -- 51: signed afterwards ----------------------------------------------------------------------


def _signed(view: View, activity: Activity) -> Verdict:
    """A record all of them signed; what is issued without one of them stays so."""
    records = view.papers(SCENE_RECORD)
    if records is None:
        return unknown()
    mine = [each for each in records if each.activity == activity.key]
    if not mine:
        is_vague = any(each.activity is None for each in records)
        return unknown() if is_vague else open_until_closed(view, "no_paper")
    lacking = [_lacking(view, each) for each in mine]
    if [] in lacking:
        return met()
    known = [each for each in lacking if each is not None]
    if len(known) < len(lacking):
        return unknown()
    for each in mine:
        view.use(each, "issued_at")
    verdict = failed if any(view.has(each.issued_at) for each in mine) else still_open
    return verdict("unsigned", who="、".join(known[0]))


def _lacking(view: View, record: Paper) -> list[str] | None:
    """Who has not signed a record; None when its signatures are not known."""
    signed = {name: signed_by(view, record, roles) for name, roles in _SIGNERS.items()}
    if None in signed.values():
        return None
    return [name for name, found in signed.items() if not found]


DUTIES = (
    Duty(
        "money_enforced_after_delay",
        "coercion_law:46",
        papers(DECISION),
        _delayed,
        _takes_money,
        act="wait_for_delay",
    ),
    Duty(
        "enforcement_decision_served",
        "coercion_law:38",
        _ENFORCEMENTS,
        _served_before,
        act="record_service",
    ),
    Duty(
        "substitute_performance_signed",
        "coercion_law:51",
        _ENFORCEMENTS,
        _signed,
        is_substitute,
        act="sign_paper",
    ),
)
