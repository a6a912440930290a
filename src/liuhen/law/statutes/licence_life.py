"""Licensing Law: the life of a licence that was granted.

Restated. 8: withdrawn for the public interest, the loss is made good. What takes a licence away, or
says that it stands, is told to its holder; the law sets no days for it (44 is of granting).
44: a certificate, where there is one, goes to the holder within ten working days of the decision.
50: an application to prolong is decided before the licence runs out; else it counts as prolonged.
61: when a holder is
inspected, what was found and what follows is written down and signed by the inspectors. 69:
revoked on a ground of the law, with reasons and remedies. 70: what was withdrawn or revoked is
struck off the register.
"""

from collections.abc import Callable
from datetime import datetime

from liuhen.law.calendar import end_of_day
from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Application, Case, Paper
from liuhen.law.phrases import (
    decided_at,
    filled,
    is_decided,
    open_until_closed,
    served_at,
    signed_by,
    told_before_closing,
)
from liuhen.law.subjects import APPLICATIONS, CASE, papers
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import CaseKind, SignerRole


def _does(name: str) -> Callable[[View, Paper], bool | None]:
    """Trigger: a decision that does this with a licence."""

    def bites(view: View, paper: Paper) -> bool | None:
        (does,) = view.use_state(paper, "fields", name)
        return does

    return bites


def _is_ended(view: View, paper: Paper) -> bool | None:
    return disj(*view.use_state(paper, "fields", "is_withdrawn", "is_revoked"))


def _is_withdrawn_or_kept(view: View, paper: Paper) -> bool | None:
    return disj(*view.use_state(paper, "fields", "is_withdrawn", "is_kept"))


def _told(view: View, paper: Paper) -> Verdict:
    return told_before_closing(view, paper.key)


def _compensated(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, "compensation")


def _grounded(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, "ground", "reasons", "remedies")


def _cancelled(view: View, paper: Paper) -> Verdict:
    found = view.papers("licence_cancellation")
    if found is None:
        return unknown()
    for each in found:
        view.use(each, "issued_at")
    if any(view.has(each.issued_at) for each in found):
        return met()
    vague = any(each.issued_at is None for each in found)
    return unknown() if vague else open_until_closed(view)


def _handed_over(view: View, paper: Paper) -> Verdict:
    served = view.when(served_at(view, paper.key))
    if served is None:
        return unknown()
    return met(served) if isinstance(served, datetime) else unmet()


def _certificate_due(view: View, paper: Paper) -> Due | None:
    return view.due("licensing_law.deliver", decided_at(view))


def _is_prolongation(view: View, application: Application) -> bool | None:
    view.use(application, "is_prolongation")
    return application.is_prolongation


def _prolongation_decided(view: View, application: Application) -> Verdict:
    view.use(application, "expires_on")
    return unknown() if application.expires_on is None else is_decided(view)


def _runs_out(view: View, application: Application) -> Due | None:
    view.use(application, "received_at", "expires_on")
    received = instant(application.received_at)
    if received is None or application.expires_on is None:
        return None
    return Due(received, end_of_day(application.expires_on))


# -- 61: supervision of a holder --------------------------------------------------------------

RECORD, RESULT = "5", "inspection_result"
_INSPECTIONS = ("inspection", "promise_supervision")


def _is_supervised(view: View, case: Case) -> bool | None:
    """A holder was inspected, and the inspection on the spot is over."""
    view.use(case, "supervises_licence")
    supervises = conj(view.is_kind(CaseKind.INSPECTION), case.supervises_licence)
    if not supervises:
        return supervises
    visits = view.where("activities", lambda each: each.kind in _INSPECTIONS)
    if visits is None:
        return None
    for each in visits:
        view.use(each, "ended_at")
    return disj(False, *(view.has(each.ended_at) for each in visits))


def _supervision_recorded(view: View, case: Case) -> Verdict:
    records, results = view.papers(RECORD), view.papers(RESULT)
    if records is None or results is None:
        return unknown()
    for each in (*records, *results):
        view.use(each, "issued_at")
    made = {
        RECORD: disj(False, *(view.has(each.issued_at) for each in records)),
        RESULT: disj(False, *(view.has(each.issued_at) for each in results)),
    }
    lacking = [name for name, has in made.items() if has is False]
    if lacking:
        return open_until_closed(view, "papers", papers=",".join(lacking))
    if None in made.values():
        return unknown()
    signed = [signed_by(view, each, (SignerRole.OFFICER,)) for each in records]
    if None in signed:
        return unknown()
    return met() if any(signed) else open_until_closed(view, "unsigned")


DUTIES = (
    Duty(
        "licence_withdrawal_compensated",
        "licensing_law:8",
        papers("57"),
        _compensated,
        _does("is_withdrawn"),
        act="complete_paper",
    ),
    Duty(
        "licence_withdrawal_told",
        "licensing_law:8",
        papers("57"),
        _told,
        _is_withdrawn_or_kept,
        act="record_service",
    ),
    Duty(
        "licence_certificate_delivered_in_time",
        "licensing_law:44",
        papers("licence_certificate"),
        _handed_over,
        clock=_certificate_due,
        act="record_service",
    ),
    Duty(
        "licence_prolongation_decided_in_time",
        "licensing_law:50",
        APPLICATIONS,
        _prolongation_decided,
        _is_prolongation,
        _runs_out,
        act="issue_decision",
    ),
    Duty(
        "licence_supervision_recorded",
        "licensing_law:61",
        CASE,
        _supervision_recorded,
        _is_supervised,
        act="issue_paper",
    ),
    Duty(
        "licence_revocation_grounded",
        "licensing_law:69",
        papers("57"),
        _grounded,
        _does("is_revoked"),
        act="complete_paper",
    ),
    Duty(
        "licence_revocation_told",
        "licensing_law:69",
        papers("57"),
        _told,
        _does("is_revoked"),
        act="record_service",
    ),
    Duty(
        "ended_licence_cancelled",
        "licensing_law:70",
        papers("57"),
        _cancelled,
        _is_ended,
        act="cancel_licence",
    ),
)
