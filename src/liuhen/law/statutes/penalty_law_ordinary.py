"""Penalty Law: the ordinary procedure, from notice to service.

Restated. 44, 45, 62: no decision before the party is told and heard, save by express waiver; what
it puts forward is reviewed. 57: complex or serious cases are discussed by the heads. 58: in listed
situations, and where a hearing was held, legality review must have passed, by a qualified reviewer,
after the hearing. 59: the decision's particulars. 60: ninety days from initiation. 61: seven
working days to serve an absent party. 63, 64: the right to a hearing is told where a penalty is
heavy, the hearing is held on request, notified seven working days before and chaired by somebody
who didn't investigate. 65: the decision after it follows its record.
"""

from datetime import datetime

from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import (
    Activity,
    Case,
    Decision,
    Hearing,
    LegalityReview,
    Moment,
    Notice,
    Paper,
    Statement,
)
from liuhen.law.measures.a25 import heads_took_part
from liuhen.law.phrases import (
    called_in_time,
    filled,
    in_time_for_decision,
    is_chaired_apart,
    is_decided,
    is_given_up,
    is_ordinary_penalty,
    is_recorded_for_decision,
    is_waiver,
    is_with_police,
    one_of,
)
from liuhen.law.statutes.penalty_law import FEN
from liuhen.law.statutes.penalty_law_limits import DECISION_CLOCK
from liuhen.law.subjects import CASE, DECISIONS, HEARINGS, STATEMENTS, papers
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, CaseKind, Conclusion, PartyKind, PenaltyKind

DECISION_FIELDS = ("party", "facts_evidence", "penalty_basis", "performance", "remedies", "seal")
_HEAVY = frozenset({PenaltyKind.CONFISCATION, PenaltyKind.REVOCATION, PenaltyKind.CLOSURE})


def _is_ordinary(view: View, subject: object) -> bool | None:
    return is_ordinary_penalty(view)


def _is_punishing(view: View, case: Case) -> bool | None:
    """Whoever is not to be punished need not be heard before it is so decided."""
    view.use(case, "is_without_penalty")
    return conj(_is_decided_here(view), not case.is_without_penalty)


def _is_decided_here(view: View) -> bool | None:
    """An ordinary penalty, save while the police have the case: theirs comes first (Art. 27)."""
    return conj(is_ordinary_penalty(view), not is_with_police(view))


# -- 44, 45, 62: told and heard ---------------------------------------------------------------


def _heard(view: View, case: Case) -> Verdict:
    notices, statements = view.known("notices"), view.known("statements")
    if notices is None or statements is None:
        return unknown()
    said = [_is_said(view, each) for each in statements]
    silent = [_is_silent(view, each) for each in notices]
    return one_of(view, [*said, *silent])


def _is_said(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form", "made_at")
    made = in_time_for_decision(view, statement.made_at)
    return conj(made, None if statement.form is None else True)


def _is_silent(view: View, notice: Notice) -> bool | None:
    """The period for statements ran out unused before the decision: silence, not a waiver."""
    view.use(notice, "statement_until", "told_at")
    if isinstance(notice.statement_until, datetime):
        view.wake(notice.statement_until)
    told = in_time_for_decision(view, notice.told_at)
    return conj(told, in_time_for_decision(view, notice.statement_until))


def _is_defence(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    waived = is_waiver(statement)
    return conj(is_ordinary_penalty(view), None if waived is None else not waived)


def answered_reviews(view: View, statement: Statement) -> list[bool | None] | None:
    """Of each review of a statement, whether it judged it with reasons before the decision."""
    found = view.where("defence_reviews", lambda each: each.statement == statement.key)
    if found is None:
        return None
    answers = []
    for each in found:
        view.use(each, "is_adopted", "has_reason", "reviewed_at")
        judged = None if each.is_adopted is None else True
        in_time = in_time_for_decision(view, each.reviewed_at)
        answers.append(conj(judged, each.has_reason, in_time))
    return answers


def _reviewed(view: View, statement: Statement) -> Verdict:
    answers = answered_reviews(view, statement)
    return unknown() if answers is None else one_of(view, answers)


# -- 57, 58: discussion and legality review ---------------------------------------------------


def _is_complex(view: View, case: Case) -> bool | None:
    view.use(case, "is_complex", "is_major")
    return conj(_is_decided_here(view), disj(case.is_complex, case.is_major))


def _needs_review(view: View, case: Case) -> bool | None:
    """On a ground a person stated, or after a hearing: the law gives one on major rights only."""
    view.use(case, "review_grounds")
    grounds = None if case.review_grounds is None else bool(case.review_grounds)
    heard = _heard_activities(view)
    return conj(_is_decided_here(view), disj(grounds, None if heard is None else bool(heard)))


def _heard_activities(view: View) -> list[Activity] | None:
    """Hearings that were opened and that the party did not give up at the table."""
    found = view.known("hearings")
    if found is None:
        return None
    for each in found:
        view.use(each, "activity", "was_given_up")
    opened = [view.by_key("activities", each.activity) for each in found if not each.was_given_up]
    return [each for each in opened if each is not None]


def _passed(view: View, case: Case) -> Verdict:
    found = view.where("legality_reviews", lambda each: each.stage == "decision")
    heard = _heard_activities(view)
    if found is None or heard is None:
        return unknown()
    answers = [_is_pass(view, each, heard) for each in found]
    is_early = heard and any(_is_pass(view, each, []) for each in found)
    return one_of(view, answers, "before_hearing" if is_early else "")


def _is_pass(view: View, review: LegalityReview, heard: list[Activity]) -> bool | None:
    """One before the hearing may be added to the one after it, and never stands in its place."""
    view.use(review, "conclusion", "is_qualified", "reviewed_at")
    passed = None if review.conclusion is None else review.conclusion is Conclusion.PASSED
    in_time = in_time_for_decision(view, review.reviewed_at)
    follows = [_is_after(view, review.reviewed_at, each) for each in heard]
    return conj(passed, review.is_qualified, in_time, *follows)


def _is_after(view: View, moment: Moment, activity: Activity) -> bool | None:
    view.use(activity, "ended_at")
    ended, done = view.when(activity.ended_at), instant(moment)
    if ended is NOT_YET:
        return False
    return None if ended is None or done is None else done >= ended


# -- 59 to 61: paper, ninety days, service ----------------------------------------------------


def _stated(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *DECISION_FIELDS)


def _is_initiated(view: View, case: Case) -> bool | None:
    view.use(case, "initiated_at")
    return conj(_is_decided_here(view), view.has(case.initiated_at))


def _decided(view: View, case: Case) -> Verdict:
    return is_decided(view)


def _decision_due(view: View, case: Case) -> Due | None:
    stops = [each for each in view.all("suspensions") or () if each.clock == DECISION_CLOCK]
    for figure in sorted({each.ground or "order55.not_counted" for each in stops}):
        view.setting(figure, case.initiated_at)
    return view.due(DECISION_CLOCK, case.initiated_at)


def _served(view: View, decision: Decision) -> Verdict:
    view.use(decision, "paper")
    found = view.where("services", lambda each: each.paper == decision.paper)
    if found is None or decision.paper is None:
        return unknown()
    for each in found:
        view.use(each, "made_at")
    made = [each.made_at for each in found if isinstance(each.made_at, datetime)]
    if made:
        return met(min(made))
    return unknown() if found else unmet()


def _service_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    return view.due("penalty_law.serve_decision", decision.decided_at)


# -- 63, 64: hearing --------------------------------------------------------------------------


def _has_hearing_right(view: View, case: Case) -> bool | None:
    """As granted, or as what is decided gives it by the figures that stand now."""
    view.use(case, "hearing_right")
    by_figures = [_is_heavy(view, each) for each in view.all("decisions") or ()]
    return conj(_is_decided_here(view), disj(case.hearing_right, *by_figures))


def _is_heavy(view: View, decision: Decision) -> bool | None:
    view.use(decision, "sanctions", "party")
    if decision.sanctions is None:
        return None
    if any(each.kind in _HEAVY for each in decision.sanctions):
        return True
    fines = [each.amount_fen for each in decision.sanctions if each.kind is PenaltyKind.FINE]
    party = view.by_key("parties", decision.party)
    if party is not None:
        view.use(party, "kind")
    if party is None or party.kind is None or None in fines:
        return None
    suffix = "person" if party.kind is PartyKind.PERSON else "organisation"
    limit = view.figure(f"penalty_law.hearing_fine_{suffix}", decision.decided_at)
    return sum(each for each in fines if each is not None) >= limit * FEN


def _right_told(view: View, case: Case) -> Verdict:
    notices = view.known("notices")
    if notices is None:
        return unknown()
    answers = []
    for each in notices:
        view.use(each, "offers_hearing", "told_at")
        answers.append(conj(each.offers_hearing, in_time_for_decision(view, each.told_at)))
    return one_of(view, answers)


def _is_requested(view: View, case: Case) -> bool | None:
    found = view.known("hearing_requests")
    if found is None:
        return None
    for each in found:
        view.use(each, "made_at", "is_waived")
    asked = [
        conj(view.has(each.made_at), None if each.is_waived is None else not each.is_waived)
        for each in found
        if not is_given_up(each, found)
    ]
    return conj(is_ordinary_penalty(view), disj(False, *asked))


def _held(view: View, case: Case) -> Verdict:
    hearings = view.known("hearings")
    if hearings is None or view.known("activities") is None:
        return unknown()
    answers = []
    for each in hearings:
        activity = view.by_key("activities", each.activity)
        ended = NOT_YET if activity is None else activity.ended_at
        answers.append(in_time_for_decision(view, ended))
    return one_of(view, answers)


def _is_of_penalty(view: View, hearing: Hearing) -> bool | None:
    return view.is_kind(CaseKind.PENALTY)


DUTIES = (
    Duty(
        "party_heard_before_decision",
        "penalty_law:62",
        CASE,
        _heard,
        _is_punishing,
        act="record_statement",
    ),
    Duty(
        "defence_reviewed",
        "penalty_law:45.1",
        STATEMENTS,
        _reviewed,
        _is_defence,
        act="review_statement",
    ),
    Duty(
        "heads_discussed",
        "penalty_law:57.2",
        CASE,
        heads_took_part,
        _is_complex,
        act="hold_discussion",
    ),
    Duty(
        "legality_review_passed",
        "penalty_law:58.1",
        CASE,
        _passed,
        _needs_review,
        act="review_legality",
    ),
    Duty(
        "decision_states_particulars",
        "penalty_law:59.1",
        papers("36"),
        _stated,
        _is_ordinary,
        act="complete_paper",
    ),
    Duty(
        "decided_in_time",
        "penalty_law:60",
        CASE,
        _decided,
        _is_initiated,
        _decision_due,
        act="issue_decision",
    ),
    Duty(
        "decision_served_in_time",
        "penalty_law:61.1",
        DECISIONS,
        _served,
        _is_ordinary,
        _service_due,
        act="record_service",
    ),
    Duty(
        "hearing_right_told",
        "penalty_law:63.1",
        CASE,
        _right_told,
        _has_hearing_right,
        act="issue_hearing_notice",
    ),
    Duty(
        "hearing_held_on_request",
        "penalty_law:63.1",
        CASE,
        _held,
        _is_requested,
        act="hold_hearing",
    ),
    Duty(
        "hearing_notified_in_time",
        "penalty_law:64.1",
        HEARINGS,
        called_in_time("penalty_law.hearing_notice"),
        _is_of_penalty,
        act="notify_hearing",
    ),
    Duty(
        "hearing_chaired_apart",
        "penalty_law:64.1",
        HEARINGS,
        is_chaired_apart,
        _is_of_penalty,
        act="appoint_chair",
    ),
    Duty(
        "penalty_decided_on_record",
        "penalty_law:65",
        HEARINGS,
        is_recorded_for_decision,
        _is_of_penalty,
        act="hold_hearing",
    ),
)
