"""Licensing Law: hearings before a licence is decided.

Restated. 46: a matter for which a hearing is prescribed, or which touches the public interest, is
announced to the public and heard. 47: where a licence directly concerns large interests between
the applicant and others, they are told before the decision that they may ask for a hearing; who
asks within five working days of it gets one within twenty. 48: called seven working days before,
chaired by somebody who did not review the application; the decision follows the hearing's record.
"""

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import Deadline
from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Case, Hearing, HearingRequest, Party
from liuhen.law.phrases import (
    called_in_time,
    decided_at,
    first_at,
    in_time_for_decision,
    is_chaired_apart,
    is_given_up,
    is_recorded_for_decision,
    one_of,
    open_until_decided,
)
from liuhen.law.statutes.licensing_law import is_accepted
from liuhen.law.subjects import CASE, HEARINGS
from liuhen.law.verdicts import Verdict, answer, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import CaseKind, PartyRole, Procedure


def _is_licensing(view: View, hearing: Hearing) -> bool | None:
    return view.is_kind(CaseKind.LICENSING)


def _is_under_review(view: View, case: Case) -> bool | None:
    """An application that was accepted; what ends a licence has a course of its own."""
    return conj(view.is_procedure(Procedure.ORDINARY), is_accepted(view, case))


def _requests(view: View) -> list[HearingRequest] | None:
    """Requests for a hearing that were not given up; None = not known."""
    found = view.known("hearing_requests")
    if found is None:
        return None
    for each in found:
        view.use(each, "made_at", "is_waived")
    return [each for each in found if not each.is_waived and not is_given_up(each, found)]


def _ended_in_time(view: View) -> list[bool | None] | None:
    """Of each hearing whether it ended before the decision; None = activities are not known."""
    found = view.where("activities", lambda each: each.kind == "hearing")
    if found is None:
        return None
    for each in found:
        view.use(each, "ended_at")
    return [in_time_for_decision(view, each.ended_at) for each in found]


# -- 46: announced and heard --------------------------------------------------------------------


def _is_public_matter(view: View, case: Case) -> bool | None:
    view.use(case, "is_hearing_public")
    return conj(_is_under_review(view, case), case.is_hearing_public)


def _announced(view: View, case: Case) -> Verdict:
    view.use(case, "hearing_announced_at")
    return one_of(view, [in_time_for_decision(view, case.hearing_announced_at)])


def _heard(view: View, case: Case) -> Verdict:
    ended = _ended_in_time(view)
    return unknown() if ended is None else one_of(view, ended)


# -- 47: told of the right, and given its days --------------------------------------------------


def _has_right(view: View, case: Case) -> bool | None:
    view.use(case, "hearing_right")
    return conj(_is_under_review(view, case), case.hearing_right)


def _concerned(view: View) -> list[Party] | None:
    """Applicant and interested persons; None = not known."""
    found = view.where("parties", lambda each: each.role is not PartyRole.FORMER)
    for each in found or ():
        view.use(each, "role", "hearing_told_at")
    return found


def _right_told(view: View, case: Case) -> Verdict:
    concerned = _concerned(view)
    if concerned is None:
        return unknown()
    if all(each.role is PartyRole.PARTY for each in concerned):
        return open_until_decided(view, "nobody_concerned")
    told = [in_time_for_decision(view, each.hearing_told_at) for each in concerned]
    lacking = [each for each, is_told in zip(concerned, told, strict=True) if is_told is False]
    if lacking:
        names = "、".join(each.name or "当事人" for each in lacking)
        return open_until_decided(view, "not_told", names=names)
    return answer(conj(*told))


def _is_right_told(view: View, case: Case) -> bool | None:
    """The right is there and all were told of it; without that `_right_told` says what lacks."""
    right, concerned = _has_right(view, case), _concerned(view)
    if not right or concerned is None:
        return right if not right else None
    return conj(*(view.has(each.hearing_told_at) for each in concerned))


def _awaited(view: View, case: Case) -> Verdict:
    until = _last_to_ask(view)
    ended = _ended_in_time(view)
    if until is None or ended is None or view.known("decisions") is None:
        return unknown()
    decision = decided_at(view)
    is_over = view.is_past(until.due_at) if decision is None else decision > until.due_at
    if disj(is_over, _all_waived(view), *ended):
        return met()
    if view.known("hearing_requests") is None or None in ended:
        return unknown()
    return open_until_decided(view, "runs", until=until.last_on)


def _last_to_ask(view: View) -> Deadline | None:
    """The end of the days for asking, from the last who was told."""
    told = [instant(each.hearing_told_at) for each in _concerned(view) or ()]
    known = [each for each in told if each is not None]
    if not known or len(known) < len(told):
        return None
    days = view.figure("licensing_law.hearing_request", max(known))
    return view.calendar.after_workdays(local_date(max(known)), days)


def _all_waived(view: View) -> bool | None:
    """Whether everybody concerned gave the hearing up in so many words."""
    requests = view.known("hearing_requests")
    if requests is None:
        return None
    for each in requests:
        view.use(each, "party", "is_waived", "made_at")
    waived = {each.party for each in requests if each.is_waived and view.has(each.made_at)}
    return all(each.key in waived for each in _concerned(view) or ())


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


# -- 48: called, chaired, followed --------------------------------------------------------------


DUTIES = (
    Duty(
        "licensing_hearing_announced",
        "licensing_law:46",
        CASE,
        _announced,
        _is_public_matter,
        act="announce_hearing",
    ),
    Duty(
        "licensing_public_hearing_held",
        "licensing_law:46",
        CASE,
        _heard,
        _is_public_matter,
        act="hold_hearing",
    ),
    Duty(
        "licensing_hearing_right_told",
        "licensing_law:47",
        CASE,
        _right_told,
        _has_right,
        act="issue_hearing_notice",
    ),
    Duty(
        "licensing_hearing_awaited",
        "licensing_law:47",
        CASE,
        _awaited,
        _is_right_told,
        act="wait_for_requests",
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
        called_in_time("licensing_law.hearing_notice"),
        _is_licensing,
        act="notify_hearing",
    ),
    Duty(
        "licensing_hearing_chaired_apart",
        "licensing_law:48",
        HEARINGS,
        is_chaired_apart,
        _is_licensing,
        act="appoint_chair",
    ),
    Duty(
        "licence_decided_on_record",
        "licensing_law:48",
        HEARINGS,
        is_recorded_for_decision,
        _is_licensing,
        act="issue_paper",
    ),
)
