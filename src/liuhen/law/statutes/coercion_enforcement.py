"""Coercion Law: reminding, enforcing, applying to the court.

Restated. 35: before enforcement the party is reminded in writing: period, manner, of money the
amount and how to pay it, and the right to state and defend. 36: what it puts forward is reviewed.
37: enforcement is decided when the reminder's period is over, or at once where goods are being
moved or hidden. 43: not at night or on statutory holidays unless it can't wait. 50: performance by
another is reminded of three working days before. 53, 54: the court is applied to when the periods
for review and suit have run out and ten working days after the reminder was served, within three
months of that running out, or of the end of a deferral (Penalty Law 72), also while no case
enforces the fine or the levy yet. 55: the application has five contents and the head's own
signature. Reconsideration Law 20, Litigation Law 45, 46: sixty days for review, a year where the
party wasn't told of it, six months for a suit, fifteen days after a review; while either goes on
nothing has run out.
"""

from datetime import date, datetime

from liuhen.kernel.clock import local, local_date
from liuhen.law.calendar import end_of_day, start_of_day
from liuhen.law.duties import Due, Duty, conj, disj, negate, utc
from liuhen.law.facts import Activity, Case, Paper, Remedy, Statement
from liuhen.law.measures.a35 import REMINDER, is_owed
from liuhen.law.measures.a36 import APPLICATION
from liuhen.law.moments import Moment, happened
from liuhen.law.phrases import (
    filled,
    first_at,
    is_waiver,
    one_of_now,
    served_at,
    signed_by,
)
from liuhen.law.statutes.penalty_law_ordinary import answered_reviews
from liuhen.law.subjects import CASE, STATEMENTS, activities, papers
from liuhen.law.verdicts import State, Verdict, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import (
    NOT_YET,
    CaseKind,
    Procedure,
    RemedyKind,
    RemedyOutcome,
    SignerRole,
)

REMINDER_FIELDS = ("period", "manner", "amount", "statement_right")
APPLICATION_FIELDS = ("decision_number", "facts", "reminded", "target", "materials")
DECISION = "46"


def _reminder_complete(view: View, paper: Paper) -> Verdict:
    """Its contents; a sum, and how to pay it, only where money is asked for."""
    view.use(view.case, "is_money_enforced")
    others = [name for name in REMINDER_FIELDS if name != "amount"]
    if view.case.is_money_enforced is False:
        return filled(view, paper, *others)
    told = filled(view, paper, *REMINDER_FIELDS)
    if view.case.is_money_enforced or told.state is not State.UNMET:
        return told
    told = filled(view, paper, *others)
    return unknown() if told.state is State.MET else told


def _is_enforcement(view: View, subject: object) -> bool | None:
    return conj(view.is_kind(CaseKind.COERCION), view.is_procedure(Procedure.ENFORCEMENT))


def _is_defence(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    return conj(_is_enforcement(view, statement), negate(is_waiver(statement)))


def _reviewed(view: View, statement: Statement) -> Verdict:
    answers = answered_reviews(view, statement)
    return unknown() if answers is None else one_of_now(view, answers)


# -- 35 to 37: the reminder before enforcement ------------------------------------------------


def reminded_at(view: View) -> Moment:
    """When the first reminder was served: NOT_YET when none was, None when it isn't known."""
    reminders = view.papers(REMINDER)
    if reminders is None or view.known("services") is None:
        return None
    served = [view.when(served_at(view, each.key)) for each in reminders]
    return None if None in served else first_at(served) or NOT_YET


def _reminded_first(view: View, paper: Paper) -> Verdict:
    """The decision to enforce comes after the period the reminder gave, unless it says by what
    evidence goods are being moved or hidden."""
    view.use(paper, "issued_at")
    reminders, reminded = view.papers(REMINDER) or [], reminded_at(view)
    issued = view.when(paper.issued_at)
    if reminded is None or issued is None:
        return unknown()
    # A draft forbids nothing yet; it waits for the reminder.
    early = still_open if issued is NOT_YET else failed
    if reminded is NOT_YET:
        return early("not_reminded")
    for each in reminders:
        view.use(each, "until")
    until = [each.until for each in reminders if each.until is not None]
    if not until:
        return unknown()
    last, decided = end_of_day(min(until)), instant(issued)
    is_over = view.is_past(last) if decided is None else decided > last
    return met() if is_over else _at_once(view, paper) or early("too_early", until=min(until))


def _at_once(view: View, paper: Paper) -> Verdict | None:
    (hiding,) = view.use_state(paper, "fields", "hiding_evidence")
    if hiding is None:
        return None if view.has(paper.issued_at) is False else unknown()
    return met(None, "hiding") if hiding else None


# -- 43, 50: when and how ---------------------------------------------------------------------


def _cannot_wait(view: View, activity: Activity) -> bool | None:
    view.use(activity, "is_urgent")
    return negate(activity.is_urgent)


def _by_day(view: View, activity: Activity) -> Verdict:
    view.use(activity, "started_at", "ended_at")
    started = instant(view.when(activity.started_at))
    if started is None:
        return unknown()
    ended = instant(view.when(activity.ended_at)) or started
    first = view.figure("coercion_law.night_ends", started)
    last = view.figure("coercion_law.night_begins", started)
    begins, ends = local(started), local(ended)
    is_day = first <= begins.hour < last and first <= ends.hour < last
    if not is_day or ends.date() != begins.date():
        return failed("at_night")
    holiday = view.calendar.is_statutory_holiday(local_date(started))
    if holiday is None:
        return unknown("calendar.statutory")
    return failed("on_holiday") if holiday else met()


def is_substitute(view: View, activity: Activity) -> bool | None:
    """Trigger: somebody else performs in the party's place."""
    view.use(activity, "is_substitute")
    return activity.is_substitute


def _reminded_days_before(view: View, activity: Activity) -> Verdict:
    view.use(activity, "started_at")
    started = instant(activity.started_at)
    reminded = reminded_at(view)
    if started is None or reminded is None:
        return unknown()
    if not isinstance(reminded, datetime):
        return failed("not_reminded")
    days = view.figure("coercion_law.substitute_reminder", reminded)
    last = view.calendar.after_workdays(local_date(reminded), days)
    return met() if local_date(started) >= last.last_on else failed("too_early", until=last.last_on)


# -- 53, 54: the court ------------------------------------------------------------------------


def remedies_end(view: View, on: datetime) -> Due | None:
    """When what the party may take has run out, as it stood at an instant; None = not yet known.

    Taken up, a suit ends it with its judgement, a review with the days for a suit after it; what
    was withdrawn leaves the periods that run from the decision's service.
    """
    view.use(view.case, "enforced_served_on", "enforced_remedies_told")
    taken = _taken(view, on)
    if taken is None or any(_goes_on(each, on) for each in taken):
        return None
    closed = [each for each in taken if each.outcome is not RemedyOutcome.WITHDRAWN]
    suits = [instant(each.ended_at) for each in closed if each.kind is RemedyKind.SUIT]
    reviews = [instant(each.ended_at) for each in closed if each.kind is RemedyKind.REVIEW]
    if last := max(filter(None, suits), default=None):
        return Due(utc(last), end_of_day(local_date(last)))
    if last := max(filter(None, reviews), default=None):
        return view.due("litigation.sue_after_reconsideration", last, rolls=True)
    case = view.case
    return remedies_of(view, case.enforced_served_on, is_told=case.enforced_remedies_told)


def _taken(view: View, on: datetime) -> list[Remedy] | None:
    """Reviews and suits begun by an instant; None = not known."""
    found = view.known("remedies")
    if found is None:
        return None
    for each in found:
        view.use(each, "kind", "began_at", "ended_at", "outcome")
    if any(each.began_at is None for each in found):
        return None
    return [each for each in found if happened(each.began_at, on)]


def _goes_on(remedy: Remedy, on: datetime) -> bool:
    return happened(remedy.ended_at, on) is not True


def remedies_of(view: View, served: date | None, *, is_told: bool | None) -> Due | None:
    """When the periods for review and suit against what was served on a day have run out.

    A party that wasn't told of them has longer.
    """
    if is_told is None:
        return None
    start = start_of_day(served) if served else None
    review = "reconsideration.apply" if is_told else "reconsideration.apply_untold"
    found = [view.due(review, start, rolls=True), view.due("litigation.sue", start, rolls=True)]
    ends = [each for each in found if each is not None]
    return max(ends, key=lambda each: each.due_at) if len(ends) == len(found) else None


def _after_remedies(view: View, paper: Paper) -> Verdict:
    view.use(paper, "made_at")
    made = instant(paper.made_at)
    if made is None:
        return unknown()
    if any(_goes_on(each, made) for each in _taken(view, made) or ()):
        return failed("under_way")
    over = remedies_end(view, made)
    if over is None:
        return unknown()
    return met() if made > over.due_at else failed("too_early", until=local_date(over.due_at))


def _court_start(view: View) -> datetime | None:
    """When the three months begin: with the end of the remedies, or of a deferral after it."""
    over = remedies_end(view, view.at)
    if over is None:
        return None
    view.use(view.case, "enforced_deferred_until")
    later = view.case.enforced_deferred_until
    return max(over.due_at, end_of_day(later)) if later else over.due_at


def _court_due(view: View, case: Case) -> Due | None:
    return view.due("coercion_law.court_application", _court_start(view))


def _is_owed_here(view: View, case: Case) -> bool | None:
    """A fine or a levy of this case, served and not paid, that no case of its own enforces."""
    view.use(case, "is_enforced_apart")
    ours = conj(view.is_kind(CaseKind.PENALTY, CaseKind.LEVY), not case.is_enforced_apart)
    decisions, performed = view.known("decisions"), view.known("performances")
    if ours is False or performed:
        return False
    if decisions is None or performed is None:
        return None
    owed = (conj(is_owed(view, each), view.has(served_at(view, each.paper))) for each in decisions)
    return conj(ours, disj(False, *owed))


def _is_to_be_applied(view: View, case: Case) -> bool | None:
    """Not performed and not enforced on one's own when the remedies have run out."""
    ours = disj(_is_enforcement(view, case), _is_owed_here(view, case))
    if not ours:
        return ours
    view.use(case, "enforced_served_on")
    if case.enforced_served_on is None:
        return None
    performed, enforced = view.known("performances"), view.papers(DECISION)
    if performed is None or enforced is None:
        return None
    if performed or enforced:
        return False
    start = _court_start(view)
    return start is not None and view.is_past(start)


def _applied(view: View, case: Case) -> Verdict:
    found = view.papers(APPLICATION)
    if found is None:
        return unknown()
    made = first_at(view.when(each.made_at) for each in found)
    return met(made) if made else unmet()


def _days_after_reminder(view: View, paper: Paper) -> Verdict:
    view.use(paper, "made_at")
    made = instant(paper.made_at)
    reminded = reminded_at(view)
    if made is None or reminded is None:
        return unknown()
    if not isinstance(reminded, datetime):
        return failed("not_reminded")
    days = view.figure("coercion_law.court_reminder", reminded)
    last = view.calendar.after_workdays(local_date(reminded), days)
    return met() if made > last.due_at else failed("too_early", until=last.last_on)


# -- 55: what goes to the court ---------------------------------------------------------------


def _is_issued(view: View, paper: Paper) -> bool | None:
    view.use(paper, "issued_at")
    return view.has(paper.issued_at)


def _application_complete(view: View, paper: Paper) -> Verdict:
    """Its five contents, and the signature of the head."""
    told = filled(view, paper, *APPLICATION_FIELDS)
    signed = signed_by(view, paper, [SignerRole.HEAD])
    if told.state is not State.MET:
        return told
    if signed is None:
        return unknown()
    return met() if signed else unmet("not_signed")


DUTIES = (
    Duty(
        "court_application_complete",
        "coercion_law:55",
        papers(APPLICATION),
        _application_complete,
        _is_issued,
        act="complete_paper",
    ),
    Duty(
        "reminder_complete",
        "coercion_law:35",
        papers(REMINDER),
        _reminder_complete,
        act="complete_paper",
    ),
    Duty(
        "reminder_answer_reviewed",
        "coercion_law:36",
        STATEMENTS,
        _reviewed,
        _is_defence,
        act="review_statement",
    ),
    Duty(
        "enforcement_after_reminder",
        "coercion_law:37",
        papers(DECISION),
        _reminded_first,
        act="issue_reminder",
    ),
    Duty(
        "enforcement_by_day",
        "coercion_law:43",
        activities("enforcement"),
        _by_day,
        _cannot_wait,
        act="enforce_by_day",
    ),
    Duty(
        "substitute_performance_reminded",
        "coercion_law:50",
        activities("enforcement"),
        _reminded_days_before,
        is_substitute,
        act="issue_reminder",
    ),
    Duty(
        "court_applied_after_remedies",
        "coercion_law:53",
        papers(APPLICATION),
        _after_remedies,
        act="apply_to_court",
    ),
    Duty(
        "court_applied_in_time",
        "coercion_law:53",
        CASE,
        _applied,
        _is_to_be_applied,
        _court_due,
        act="apply_to_court",
    ),
    Duty(
        "court_applied_after_reminder",
        "coercion_law:54",
        papers(APPLICATION),
        _days_after_reminder,
        act="issue_reminder",
    ),
)
