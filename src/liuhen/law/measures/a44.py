"""Article 44: recordings as evidence.

Restated: a recording used as evidence gets a statement in text that names who made it, who
extracted it and when, and is copied to an optical disc that goes into the file. A disc counts when
a person records that it was burnt, numbered and filed (assumption 7): while none is recorded it is
pending, after the binding too, for it may lie in a file of paper.
"""

from liuhen.law.duties import Duty, conj
from liuhen.law.facts import Case, Disc, Paper
from liuhen.law.phrases import filled, open_until_closed
from liuhen.law.subjects import CASE, papers
from liuhen.law.verdicts import Verdict, met, still_open, unknown, unmet
from liuhen.law.view import View

STATEMENT = "60"
PARTICULARS = ("maker", "extractor", "extracted_at")


def _relies_on_recordings(view: View, case: Case) -> bool | None:
    view.use(case, "has_audiovisual_evidence")
    return case.has_audiovisual_evidence


def _explained(view: View, case: Case) -> Verdict:
    found = view.papers(STATEMENT)
    if found is None:
        return unknown()
    return met() if found else open_until_closed(view, "no_paper")


def _complete(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, *PARTICULARS)


def _filed(view: View, paper: Paper) -> Verdict:
    discs = view.where("discs", lambda each: each.statement == paper.key)
    if discs is None:
        return unknown()
    answers = [_is_filed(view, each) for each in discs]
    if True in answers:
        return met()
    if None in answers:
        return unknown()
    view.use(view.case, "bound_at")
    bound = view.has(view.case.bound_at)
    return unmet("no_disc") if bound and discs else still_open("no_disc")


def _is_filed(view: View, disc: Disc) -> bool | None:
    view.use(disc, "number", "burnt_at", "filed_at")
    numbered = None if disc.number is None else bool(disc.number)
    return conj(numbered, view.has(disc.burnt_at), view.has(disc.filed_at))


DUTIES = (
    Duty(
        "evidence_recording_explained",
        "44.1",
        CASE,
        _explained,
        _relies_on_recordings,
        act="issue_paper",
    ),
    Duty("evidence_statement_complete", "44.1", papers(STATEMENT), _complete, act="complete_paper"),
    Duty("evidence_disc_filed", "44.1", papers(STATEMENT), _filed, act="file_disc"),
)
