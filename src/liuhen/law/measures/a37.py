"""Article 37: closing a case.

Restated: when a case is done, a closing report is made; the handler signs an opinion; the leader of
the commission approves the closing. No period is set: it stays open until the case is closed, and a
case closed without it is in breach.
"""

from liuhen.law.duties import Duty, conj, disj
from liuhen.law.facts import Case, Paper
from liuhen.law.phrases import approved, open_until_closed, signed_by
from liuhen.law.subjects import CASE_END
from liuhen.law.verdicts import State, Verdict, answer, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import Office, SignerRole

REPORT = "51"


def _is_done(view: View, case: Case) -> bool | None:
    view.use(case, "act_ended_at", "closed_at")
    return disj(view.has(case.act_ended_at), view.has(case.closed_at))


def _reported(view: View, case: Case) -> Verdict:
    found = view.papers(REPORT)
    if found is None:
        return unknown()
    if not found:
        return open_until_closed(view)
    signed = disj(*(_is_opined(view, each) for each in found))
    return open_until_closed(view, "no_opinion") if signed is False else answer(signed)


def _is_opined(view: View, report: Paper) -> bool | None:
    (opinion,) = view.use_state(report, "fields", "handler_opinion")
    signatures = signed_by(view, report, (SignerRole.HANDLER,))
    return conj(opinion, None if signatures is None else bool(signatures))


def _approved(view: View, case: Case) -> Verdict:
    verdict = approved(view, "closing", Office.COMMISSION_LEADER)
    return open_until_closed(view) if verdict.state is State.OPEN else verdict


DUTIES = (
    Duty("closing_report_made", "37.1", CASE_END, _reported, _is_done, act="issue_closing_report"),
    Duty("closing_approved", "37.1", CASE_END, _approved, _is_done, act="approve_closing"),
)
