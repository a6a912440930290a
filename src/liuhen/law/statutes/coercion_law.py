"""Coercion Law: sealing and seizure.

Restated. 17, 18: only within the powers of the authority, and approved by its head before; 19:
where it can't wait, reported and approved within twenty-four hours, or else lifted at once. 18:
two or more officers with certificates; the party called to the scene, told there of reasons, basis,
rights and remedies, and heard; absent, a witness is asked and signs; a record on the scene. 24:
decision and list, in duplicate, are handed over on the spot. 25: thirty days, once prolonged by at
most thirty with the head's approval, the party told why; testing does not count and the party is
told of it. What is decided on the things: `coercion_handling`.
"""

from collections.abc import Callable

from liuhen.law.duties import Due, Duty, conj, negate
from liuhen.law.facts import Activity, Case, Measure, Prolongation, Suspension
from liuhen.law.moments import Moment
from liuhen.law.phrases import prolonged_lawfully, signed_by
from liuhen.law.statutes.penalty_law import certified
from liuhen.law.subjects import CASE, activities, measures_taken, prolongations, suspensions
from liuhen.law.verdicts import (
    Verdict,
    answer,
    failed,
    met,
    not_applicable,
    still_open,
    unknown,
    unmet,
)
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, CaseKind, MeasureKind, Procedure, SignerRole

CLOCK = "coercion_law.seizure"
ENFORCEMENT_DECISION, SCENE_RECORD = "46", "17"
_AT_THE_SCENE = activities("sealing_or_seizure")
_TAKINGS = measures_taken(MeasureKind.SEALING, MeasureKind.SEIZURE)


def _uses_force(view: View, case: Case) -> bool | None:
    """Coercion by the unit itself: one that only reminds and goes to the court (53) uses none."""
    ours = view.is_kind(CaseKind.COERCION)
    if not ours or view.is_procedure(Procedure.ENFORCEMENT) is not True:
        return ours
    decided = view.papers(ENFORCEMENT_DECISION)
    enforced = view.where("activities", lambda each: each.kind == "enforcement")
    return None if decided is None or enforced is None else bool(decided or enforced)


def _within_powers(view: View, case: Case) -> Verdict:
    view.use(case, "has_coercive_power")
    if case.has_coercive_power is None:
        return unknown()
    return met() if case.has_coercive_power else failed()


def _is_coercion(view: View, activity: Activity) -> bool | None:
    return view.is_kind(CaseKind.COERCION)


def _certified(view: View, activity: Activity) -> Verdict:
    return certified(view, activity, "coercion_law.officers_minimum")


def _done_there(name: str, *, to_a_party_there: bool) -> Callable[[View, Activity], Verdict]:
    """What is owed on the spot: open while it goes on, what was left out then stays left out."""

    def verdict(view: View, activity: Activity) -> Verdict:
        view.use(activity, name, "ended_at")
        done: bool | None = getattr(activity, name)
        is_there: bool | None = True
        if to_a_party_there:
            view.use(activity, "is_party_present")
            is_there = activity.is_party_present
        if is_there is False:
            return not_applicable()
        if done:
            return met()
        if view.has(activity.ended_at) is False:
            return still_open()
        return unknown() if done is None or is_there is None else failed()

    return verdict


def _is_without_party(view: View, activity: Activity) -> bool | None:
    view.use(activity, "is_party_present")
    return conj(_is_coercion(view, activity), negate(activity.is_party_present))


def _witnessed(view: View, activity: Activity) -> Verdict:
    """A witness signed the record of the scene; what is issued without stays so."""
    records = view.papers(SCENE_RECORD)
    if records is None:
        return unknown()
    mine = [each for each in records if each.activity == activity.key]
    signed = [signed_by(view, each, (SignerRole.WITNESS,)) for each in mine]
    if any(signed):
        return met()
    if None in signed:
        return unknown()
    for each in mine:
        view.use(each, "issued_at")
    return failed() if any(view.has(each.issued_at) for each in mine) else still_open()


def _is_taking(view: View, measure: Measure) -> bool | None:
    view.use(measure, "kind")
    return None if measure.kind is None else measure.kind is not MeasureKind.PRESERVATION


def _is_urgent_taking(view: View, measure: Measure) -> bool | None:
    view.use(measure, "is_urgent")
    return conj(_is_taking(view, measure), measure.is_urgent)


def approved_before(view: View, measure: Measure) -> Verdict:
    """Approved before it began; open while neither has happened."""
    view.use(measure, "approved_at", "started_at")
    approved, started = view.when(measure.approved_at), view.when(measure.started_at)
    if approved is None or started is None:
        return unknown()
    if approved is NOT_YET:
        return still_open("not_approved") if started is NOT_YET else unmet("not_approved")
    begun, given = instant(started), instant(approved)
    if begun is None or given is None or given <= begun:
        return met()
    return failed("approved_late")


def _is_unapproved(view: View, measure: Measure) -> bool | None:
    """Taken in an emergency, and the head refused it, or had not approved it in its hours."""
    view.use(measure, "approved_at", "refused_at")
    urgent = conj(_is_urgent_taking(view, measure), negate(view.has(measure.approved_at)))
    if not urgent or view.has(measure.refused_at):
        return urgent
    due = _made_up_due(view, measure)
    return None if due is None else view.is_past(due.due_at)


def _made_up(view: View, measure: Measure) -> Verdict:
    view.use(measure, "approved_at")
    return _done(view, measure.approved_at)


def _made_up_due(view: View, measure: Measure) -> Due | None:
    view.use(measure, "started_at")
    return view.due("coercion_law.urgent_report", measure.started_at)


def _done(view: View, moment: Moment) -> Verdict:
    done = view.has(moment)
    if done is None:
        return unknown()
    return met(instant(moment)) if done else unmet()


def _handed_over(view: View, measure: Measure) -> Verdict:
    view.use(measure, "papers_handed_over_at")
    return _done(view, measure.papers_handed_over_at)


def _in_duplicate(view: View, measure: Measure) -> Verdict:
    view.use(measure, "list_copies", "started_at")
    least = view.figure("coercion_law.list_copies", measure.started_at)
    return answer(None if measure.list_copies is None else measure.list_copies >= least)


def _ended(view: View, measure: Measure) -> Verdict:
    view.use(measure, "disposed_at")
    return _done(view, measure.disposed_at)


def _end_due(view: View, measure: Measure) -> Due | None:
    view.use(measure, "started_at")
    return view.due(CLOCK, measure.started_at)


def _prolonged(view: View, prolongation: Prolongation) -> Verdict:
    return prolonged_lawfully(view, prolongation, "coercion_law.seizure_prolonged")


def _told_of_testing(view: View, suspension: Suspension) -> Verdict:
    view.use(suspension, "told_at")
    return _done(view, suspension.told_at)


DUTIES = (
    Duty(
        "coercion_within_powers",
        "coercion_law:17",
        CASE,
        _within_powers,
        _uses_force,
        act="use_other_procedure",
    ),
    Duty(
        "coercion_officers_certified",
        "coercion_law:18",
        activities("sealing_or_seizure", "enforcement"),
        _certified,
        _is_coercion,
        act="assign_officers",
    ),
    Duty(
        "party_called_to_scene",
        "coercion_law:18",
        _AT_THE_SCENE,
        _done_there("is_party_called", to_a_party_there=False),
        _is_coercion,
        act="describe_scene",
    ),
    Duty(
        "party_told_at_scene",
        "coercion_law:18",
        _AT_THE_SCENE,
        _done_there("is_party_told", to_a_party_there=True),
        _is_coercion,
        act="describe_scene",
    ),
    Duty(
        "party_heard_at_scene",
        "coercion_law:18",
        _AT_THE_SCENE,
        _done_there("is_party_heard", to_a_party_there=True),
        _is_coercion,
        act="describe_scene",
    ),
    Duty(
        "absent_party_witnessed",
        "coercion_law:18",
        _AT_THE_SCENE,
        _witnessed,
        _is_without_party,
        act="sign_paper",
    ),
    Duty(
        "measure_approved",
        "coercion_law:18",
        _TAKINGS,
        approved_before,
        _is_taking,
        act="approve_measure",
    ),
    Duty(
        "urgent_measure_made_up",
        "coercion_law:19",
        _TAKINGS,
        _made_up,
        _is_urgent_taking,
        _made_up_due,
        exception_to="measure_approved",
        act="approve_measure",
    ),
    Duty(
        "unapproved_measure_lifted",
        "coercion_law:19",
        _TAKINGS,
        _ended,
        _is_unapproved,
        act="release_things",
    ),
    Duty(
        "measure_papers_handed_over",
        "coercion_law:24",
        _TAKINGS,
        _handed_over,
        _is_taking,
        act="record_service",
    ),
    Duty(
        "measure_list_in_duplicate",
        "coercion_law:24",
        _TAKINGS,
        _in_duplicate,
        _is_taking,
        act="issue_paper",
    ),
    Duty(
        "measure_ended_in_time",
        "coercion_law:25",
        _TAKINGS,
        _ended,
        _is_taking,
        _end_due,
        act="release_things",
    ),
    Duty(
        "measure_prolongation_allowed",
        "coercion_law:25",
        prolongations(CLOCK),
        _prolonged,
        act="approve_prolongation",
    ),
    Duty(
        "testing_period_told",
        "coercion_law:25",
        suspensions(CLOCK),
        _told_of_testing,
        act="tell_party",
    ),
)
