"""Article 12: who investigates, and what the record says of it.

Restated: at least two officers take part in investigation and taking evidence; the record of it
states how many there were, their names and certificate numbers and that certificates were shown;
the party or somebody present signs or seals; a refusal is noted by the recorder.
"""

from liuhen.law.catalogue import catalogue
from liuhen.law.duties import Duty
from liuhen.law.facts import Activity, Paper
from liuhen.law.phrases import PARTY_ROLES, filled, refused_by, signed_by
from liuhen.law.subjects import INVESTIGATIONS, activities, papers
from liuhen.law.verdicts import Verdict, failed, met, still_open, unknown, unmet
from liuhen.law.view import View

OFFICER_FIELDS = ("officers_count", "officer_names", "certificate_numbers", "certificates_shown")
RECORDS = tuple(key for key, row in catalogue().papers.items() if row.names_officers)


def _enough(view: View, activity: Activity) -> Verdict:
    view.use(activity, "officers")
    least = view.figure("measures.officers_minimum", activity.started_at)
    if activity.officers is None:
        return unknown()
    present = len(set(activity.officers))
    if present >= least:
        return met(present=present)
    return failed(present=present, least=least)


def _shown(view: View, activity: Activity) -> Verdict:
    view.use(activity, "certificates_shown", "ended_at")
    if activity.certificates_shown is None:
        return unknown()
    if activity.certificates_shown:
        return met()
    return failed() if view.has(activity.ended_at) else still_open()


def _names_officers(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *OFFICER_FIELDS)


def _signed(view: View, paper: Paper) -> Verdict:
    signatures = signed_by(view, paper, PARTY_ROLES)
    if signatures:
        return met(count=len(signatures))
    refusals = refused_by(view, paper, PARTY_ROLES)
    if signatures is None or refusals is None:
        return unknown()
    if any(each.is_noted for each in refusals):
        return met(None, "refusal_noted")
    if any(each.is_noted is None for each in refusals):
        return unknown(f"paper:{paper.key}.refusals.is_noted")
    if refusals:
        return unmet("refusal_not_noted")
    view.use(paper, "issued_at")
    return unmet() if view.has(paper.issued_at) else still_open()


DUTIES = (
    Duty(
        name="two_officers",
        clause="12.1",
        over=activities(*INVESTIGATIONS),
        satisfied=_enough,
        act="assign_officers",
    ),
    Duty(
        name="certificates_shown",
        clause="12.1",
        over=activities(*INVESTIGATIONS),
        satisfied=_shown,
        act="show_certificates",
    ),
    Duty(
        name="record_names_officers",
        clause="12.1",
        over=papers(*RECORDS),
        satisfied=_names_officers,
        act="complete_paper",
    ),
    Duty(
        name="record_signed_by_party",
        clause="12.1",
        over=papers(*(key for key in RECORDS if key != "37")),
        satisfied=_signed,
        act="sign_paper",
    ),
)
