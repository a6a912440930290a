"""Penalty Law: what may not be punished twice or too late, and things taken as evidence.

Restated. 29: one act is fined once. 36: an act found out more than two years after its end is no
longer punished, five years where life, health or financial safety is concerned with harmful
consequences, which a person judges. 56: registration-and-preservation is approved by the head and
decided upon within seven working days. 60, and Order 55: ninety days may be prolonged by thirty,
and after discussion by up to sixty more (to be confirmed by the authority).
"""

from datetime import date

from liuhen.kernel.clock import local_date
from liuhen.law.duties import Due, Duty, disj
from liuhen.law.facts import Case, Measure, Prolongation, SameActFine
from liuhen.law.measures.a08 import is_preservation
from liuhen.law.measures.a35 import is_fined
from liuhen.law.phrases import prolonged_lawfully
from liuhen.law.statutes.coercion_law import approved_before
from liuhen.law.subjects import CASE, SAME_ACT_FINES, measures_taken, prolongations
from liuhen.law.verdicts import Verdict, failed, judgement, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, CaseKind, MeasureKind, NotYet, Office

DECISION_CLOCK = "penalty_law.decision"
_PRESERVED = measures_taken(MeasureKind.PRESERVATION)


def _once(view: View, fine: SameActFine) -> Verdict:
    """Another fine for the same act; whether it is the same a person decides where it isn't plain.

    Before this case decides there is nothing to stop: it may still end without a fine.
    """
    view.use(fine, "is_same_act", "case_number")
    number = fine.case_number or ""
    is_fining = _is_fining(view)
    if fine.is_same_act is False or is_fining is False:
        return met()
    if is_fining is None:
        return unknown()
    if fine.is_same_act is None:
        return judgement(Office.UNIT_HEAD, is_final=True, number=number)
    return failed(number=number) if is_fining is True else still_open("fined_before", number=number)


def _is_fining(view: View) -> bool | NotYet | None:
    """Whether the case imposes a fine; NOT_YET before it decides."""
    decisions = view.known("decisions")
    if decisions is None:
        return None
    if not decisions:
        return NOT_YET
    for each in decisions:
        view.use(each, "sanctions")
    return disj(False, *map(is_fined, decisions))


def _is_penalty(view: View, case: Case) -> bool | None:
    return view.is_kind(CaseKind.PENALTY)


def _found_out(view: View) -> date | None:
    """Day the act came to light: as stated, else the first lead, else the start of the case."""
    case = view.case
    view.use(case, "discovered_on", "started_at")
    if case.discovered_on is not None:
        return case.discovered_on
    leads = [at for each in view.all("leads") or () if (at := instant(each.received_at))]
    found = min(leads, default=None) or instant(case.started_at)
    return None if found is None else local_date(found)


def _in_time(view: View, case: Case) -> Verdict:
    view.use(case, "violation_ended_on")
    ended, found = case.violation_ended_on, _found_out(view)
    if ended is None or found is None:
        return unknown()
    years = view.figure("penalty_law.limitation", case.started_at)
    longest = view.figure("penalty_law.limitation_extended", case.started_at)
    if found <= view.calendar.after_years(ended, years).last_on:
        return met()
    if found <= view.calendar.after_years(ended, longest).last_on:
        return judgement(Office.AUTHORITY_HEAD, is_final=True, ended=ended)
    return failed(ended=ended)


def _is_punished(view: View, case: Case) -> bool | None:
    """Judged from the notice of the penalty on: before it there is nothing to stop.

    That the act is too old may be why nobody is punished.
    """
    view.use(case, "is_without_penalty")
    if case.is_without_penalty:
        return False
    decisions, notices = view.known("decisions"), view.known("notices")
    if decisions or notices:
        return _is_penalty(view, case)
    return None if decisions is None or notices is None else False


def _settled(view: View, measure: Measure) -> Verdict:
    view.use(measure, "disposed_at")
    done = view.has(measure.disposed_at)
    if done is None:
        return unknown()
    return met(instant(measure.disposed_at)) if done else unmet()


def _settle_due(view: View, measure: Measure) -> Due | None:
    view.use(measure, "started_at")
    return view.due("penalty_law.preservation", measure.started_at)


def _prolonged(view: View, prolongation: Prolongation) -> Verdict:
    first = view.figure("order55.decision_prolonged", prolongation.approved_at)
    again = view.figure("order55.decision_prolonged_again", prolongation.approved_at)
    return prolonged_lawfully(view, prolongation, "order55.decision_prolonged", first + again)


FINED_ONCE = "act_fined_once"
DUTIES = (
    Duty(
        FINED_ONCE,
        "penalty_law:29",
        SAME_ACT_FINES,
        _once,
        act="drop_fine",
    ),
    Duty(
        "punished_within_limitation",
        "penalty_law:36",
        CASE,
        _in_time,
        _is_punished,
        act="decide_judgement",
    ),
    Duty(
        "preservation_approved",
        "penalty_law:56",
        _PRESERVED,
        approved_before,
        is_preservation,
        act="approve_preservation",
    ),
    Duty(
        "preservation_settled_in_time",
        "penalty_law:56",
        _PRESERVED,
        _settled,
        is_preservation,
        _settle_due,
        act="settle_preservation",
    ),
    Duty(
        "penalty_prolongation_allowed",
        "order55:39",
        prolongations(DECISION_CLOCK),
        _prolonged,
        act="approve_prolongation",
    ),
)
