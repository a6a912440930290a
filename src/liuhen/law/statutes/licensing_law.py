"""Licensing Law: applications answered, verified, decided and delivered in time.

Restated. 32: an application is answered at once or, where something is missing, by one notice of
everything within five working days; else it counts as accepted on receipt. 34: two or more verify
on site. 38: a refusal states its reasons. 40: licences granted are open to the public. 42: decided
within twenty working days of acceptance, once prolonged by at most ten with the head's approval and
the applicant told. 44: delivered within ten working days. 45: hearing, testing and the like don't
count, and the applicant is told so. 47: a hearing that is asked for is organised within twenty
working days. 48: a hearing is notified seven working days before. 82: the
authority's periods are working days.
"""

from datetime import datetime

from liuhen.kernel.clock import local_date
from liuhen.law.duties import Due, Duty
from liuhen.law.facts import (
    Activity,
    Application,
    ApplicationAnswer,
    Case,
    Decision,
    Hearing,
    HearingRequest,
    Paper,
    Prolongation,
)
from liuhen.law.phrases import (
    filled,
    first_at,
    is_decided,
    is_given_up,
    prolonged_lawfully,
    served_at,
)
from liuhen.law.subjects import (
    APPLICATIONS,
    CASE,
    DECISIONS,
    HEARINGS,
    activities,
    papers,
    prolongations,
)
from liuhen.law.verdicts import Verdict, failed, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import AnswerKind, CaseKind

CLOCK = "licensing_law.decision"


def _is_licensing(view: View, subject: object) -> bool | None:
    return view.is_kind(CaseKind.LICENSING)


# -- 32: the answer ---------------------------------------------------------------------------


def _answers(view: View) -> list[ApplicationAnswer] | None:
    found = view.known("answers")
    if found is None:
        return None
    for each in found:
        view.use(each, "kind", "given_at")
    return [each for each in found if view.has(each.given_at)]


def _answered(view: View, application: Application) -> Verdict:
    found = _answers(view)
    if found is None or any(each.given_at is None for each in view.all("answers") or ()):
        return unknown()
    return met(first_at(each.given_at for each in found)) if found else unmet()


def _answer_due(view: View, application: Application) -> Due | None:
    view.use(application, "received_at")
    return view.due("licensing_law.supplement_notice", application.received_at)


def accepted_at(view: View) -> datetime | None:
    """When the application was accepted; None when it is not, or not known to be."""
    found = _answers(view) or []
    return first_at(each.given_at for each in found if each.kind is AnswerKind.ACCEPTED)


# -- 34 to 45: verified, decided, delivered ---------------------------------------------------


def _is_accepted(view: View, case: Case) -> bool | None:
    licensing = view.is_kind(CaseKind.LICENSING)
    if not licensing:
        return licensing
    return None if _answers(view) is None else accepted_at(view) is not None


def _decided(view: View, case: Case) -> Verdict:
    return is_decided(view)


def _decision_due(view: View, case: Case) -> Due | None:
    return view.due(CLOCK, accepted_at(view))


def _is_refusal(view: View, paper: Paper) -> bool | None:
    (refuses,) = view.use_state(paper, "fields", "is_refused")
    return refuses


def _reasoned(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, "reasons", "remedies")


def _delivered(view: View, decision: Decision) -> Verdict:
    view.use(decision, "paper")
    served = view.when(served_at(view, decision.paper))
    if served is None:
        return unknown()
    return met(served) if isinstance(served, datetime) else unmet()


def _delivery_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    return view.due("licensing_law.deliver", decision.decided_at)


def _is_to_be_published(view: View, decision: Decision) -> bool | None:
    """A decision that a licence stands changes nothing the public was told."""
    paper = view.by_key("papers", decision.paper)
    keeps = paper is not None and paper.fields.get("is_kept") is True
    return False if keeps else view.is_kind(CaseKind.LICENSING)


def _published(view: View, decision: Decision) -> Verdict:
    view.use(view.case, "published_at")
    done = view.has(view.case.published_at)
    if done is None:
        return unknown()
    return met(instant(view.case.published_at)) if done else unmet()


def _publication_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    return view.due("publication.licence_or_penalty", decision.decided_at)


def _prolonged(view: View, prolongation: Prolongation) -> Verdict:
    return prolonged_lawfully(view, prolongation, "licensing_law.decision_prolonged")


# -- 47, 48: hearing ------------------------------------------------------------------------------


def _requests(view: View) -> list[HearingRequest] | None:
    """Requests for a hearing that were not given up; None = not known."""
    found = view.known("hearing_requests")
    if found is None:
        return None
    for each in found:
        view.use(each, "made_at", "is_waived")
    return [each for each in found if not each.is_waived and not is_given_up(each, found)]


def _is_requested(view: View, case: Case) -> bool | None:
    licensing = view.is_kind(CaseKind.LICENSING)
    if not licensing:
        return licensing
    standing = _requests(view)
    return None if standing is None else bool(standing)


def _organised(view: View, case: Case) -> Verdict:
    found = view.where("activities", lambda each: each.kind == "hearing")
    if found is None:
        return unknown()
    for each in found:
        view.use(each, "started_at")
    held = first_at(view.when(each.started_at) for each in found)
    if held is None and any(each.started_at is None for each in found):
        return unknown()
    return met(held) if held else unmet()


def _organise_due(view: View, case: Case) -> Due | None:
    asked = [each.made_at for each in _requests(view) or ()]
    return None if None in asked else view.due("licensing_law.hearing_organised", first_at(asked))


def _notified_in_time(view: View, hearing: Hearing) -> Verdict:
    view.use(hearing, "notified_at", "activity")
    activity = view.by_key("activities", hearing.activity)
    notified = instant(hearing.notified_at)
    held = instant(activity.started_at) if activity else None
    if notified is None or held is None:
        return unknown()
    days = view.figure("licensing_law.hearing_notice", notified)
    last = view.calendar.after_workdays(local_date(notified), days)
    return met() if local_date(held) > last.last_on else failed(earliest=last.last_on)


def _verified_by_enough(view: View, activity: Activity) -> Verdict:
    view.use(activity, "officers", "started_at")
    officers = activity.officers
    if officers is None:
        return unknown()
    least = view.figure("licensing_law.officers_minimum", activity.started_at)
    present = len(set(officers))
    return met() if present >= least else failed(present=present, least=least)


DUTIES = (
    Duty(
        "application_answered_in_time",
        "licensing_law:32",
        APPLICATIONS,
        _answered,
        _is_licensing,
        _answer_due,
        act="answer_application",
    ),
    Duty(
        "licence_verified_by_two",
        "licensing_law:34",
        activities("on_site_verification"),
        _verified_by_enough,
        _is_licensing,
        act="assign_officers",
    ),
    Duty(
        "licence_refusal_reasoned",
        "licensing_law:38",
        papers("57"),
        _reasoned,
        _is_refusal,
        act="complete_paper",
    ),
    Duty(
        "licence_decision_published",
        "licensing_law:40",
        DECISIONS,
        _published,
        _is_to_be_published,
        _publication_due,
        act="publish_result",
    ),
    Duty(
        "licence_decided_in_time",
        "licensing_law:42",
        CASE,
        _decided,
        _is_accepted,
        _decision_due,
        act="issue_decision",
    ),
    Duty(
        "licence_prolongation_allowed",
        "licensing_law:42",
        prolongations(CLOCK),
        _prolonged,
        act="approve_prolongation",
    ),
    Duty(
        "licence_delivered_in_time",
        "licensing_law:44",
        DECISIONS,
        _delivered,
        _is_licensing,
        _delivery_due,
        act="record_service",
    ),
    Duty(
        "licensing_hearing_organised_in_time",
        "licensing_law:47",
        CASE,
        _organised,
        _is_requested,
        _organise_due,
        act="hold_hearing",
    ),
    Duty(
        "licensing_hearing_notified_in_time",
        "licensing_law:48",
        HEARINGS,
        _notified_in_time,
        _is_licensing,
        act="notify_hearing",
    ),
)
