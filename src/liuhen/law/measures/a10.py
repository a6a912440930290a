"""Article 10: approving the start of a procedure.

Restated: an ordinary procedure started ex officio that has an internal acceptance or filing
approval is approved at its start; in an emergency it may start first and the approval is made up
within twenty-four hours of the start. The form holds cause, party, the handler's, the legal and
the unit's opinion. Major decisions go to the legal office as well: a step of its own, before the
decision.
"""

from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Case, LegalityReview, Paper
from liuhen.law.phrases import approved, filled, in_time_for_decision, is_with_police, one_of
from liuhen.law.subjects import CASE, papers
from liuhen.law.verdicts import State, Verdict, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, Conclusion, Initiation, Office, Procedure

FORM_FIELDS = ("cause", "party", "handler_opinion", "legal_opinion", "unit_opinion")


def _needs_approval(view: View, case: Case) -> bool | None:
    view.use(case, "initiation", "procedure", "has_internal_approval")
    return conj(
        None if case.initiation is None else case.initiation is Initiation.EX_OFFICIO,
        None if case.procedure is None else case.procedure is not Procedure.SIMPLE,
        case.has_internal_approval,
    )


def _approved_first(view: View, case: Case) -> Verdict:
    verdict = approved(view, "initiation", Office.AUTHORITY_HEAD)
    view.use(case, "started_at")
    started = view.when(case.started_at)
    if verdict.state is State.OPEN:
        if started is None:
            return unknown()
        return still_open() if started is NOT_YET else unmet("not_approved")
    if verdict.state is not State.MET or started is None:
        return unknown()
    begun = instant(started)
    if begun is None or (verdict.done_at is not None and verdict.done_at <= begun):
        return met()
    return failed("approved_late")


def _is_emergency(view: View, case: Case) -> bool | None:
    view.use(case, "is_emergency_start")
    return conj(_needs_approval(view, case), case.is_emergency_start)


def _made_up(view: View, case: Case) -> Verdict:
    verdict = approved(view, "initiation", Office.AUTHORITY_HEAD)
    return unknown() if verdict.state is State.MET and verdict.done_at is None else verdict


def _made_up_due(view: View, case: Case) -> Due | None:
    view.use(case, "started_at")
    return view.due("measures.make_up_approval", case.started_at)


def _form_filled(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *FORM_FIELDS)


def _is_major(view: View, case: Case) -> bool | None:
    view.use(case, "is_major")
    return conj(case.is_major, not is_with_police(view))


def _reviewed(view: View, case: Case) -> Verdict:
    reviews = view.where("legality_reviews", lambda each: each.stage == "decision")
    if reviews is None:
        return unknown()
    return one_of(view, [_is_passed(view, each) for each in reviews])


def _is_passed(view: View, review: LegalityReview) -> bool | None:
    view.use(review, "conclusion", "reviewed_at", "was_in_office")
    passed = None if review.conclusion is None else review.conclusion is Conclusion.PASSED
    return conj(passed, review.was_in_office, in_time_for_decision(view, review.reviewed_at))


DUTIES = (
    Duty(
        "start_approved",
        "10.1",
        CASE,
        _approved_first,
        _needs_approval,
        act="approve_initiation",
    ),
    Duty(
        "emergency_approval_made_up",
        "10.1",
        CASE,
        _made_up,
        _is_emergency,
        _made_up_due,
        exception_to="start_approved",
        act="approve_initiation",
    ),
    Duty("start_form_complete", "10.2", papers("2"), _form_filled, act="complete_paper"),
    Duty(
        "major_decision_reviewed",
        "10.2",
        CASE,
        _reviewed,
        _is_major,
        act="review_legality",
    ),
)
