"""Article 25: collective discussion.

Restated: major or complex cases, and heavier penalties for serious violations, are discussed by the
legal-review committee, with minutes. The Penalty Law asks for the heads of the authority: who was
present in which office is recorded, and it is advised against when no head was (assumption 1).
"""

from liuhen.law.duties import Duty, conj, disj
from liuhen.law.facts import Case, Discussion
from liuhen.law.findings import Column
from liuhen.law.phrases import in_time_for_decision, is_with_police, one_of
from liuhen.law.subjects import CASE
from liuhen.law.verdicts import Verdict, unknown
from liuhen.law.view import View


def needs_discussion(view: View, case: Case) -> bool | None:
    """Trigger: major, complex or heavier, as a person has decided."""
    view.use(case, "is_major", "is_complex", "is_heavier_penalty")
    needed = disj(case.is_major, case.is_complex, case.is_heavier_penalty)
    return conj(needed, not is_with_police(view))


def _discussed(view: View, case: Case) -> Verdict:
    found = view.known("discussions")
    if found is None:
        return unknown()
    return one_of(view, [_is_minuted(view, each) for each in found])


def _is_minuted(view: View, discussion: Discussion) -> bool | None:
    view.use(discussion, "is_committee", "minutes", "concluded_at")
    return conj(
        discussion.is_committee,
        None if discussion.minutes is None else bool(discussion.minutes),
        in_time_for_decision(view, discussion.concluded_at),
    )


def heads_took_part(view: View, case: Case) -> Verdict:
    """Whether a head of the authority took part in a discussion before the decision."""
    found = view.known("discussions")
    if found is None:
        return unknown()
    return one_of(view, [_is_with_head(view, each) for each in found])


def _is_with_head(view: View, discussion: Discussion) -> bool | None:
    """Whether a head of the authority took part, before the decision."""
    view.use(discussion, "heads_present", "concluded_at")
    present = None if discussion.heads_present is None else discussion.heads_present > 0
    return conj(present, in_time_for_decision(view, discussion.concluded_at))


DUTIES = (
    Duty(
        "case_discussed_collectively",
        "25.1",
        CASE,
        _discussed,
        needs_discussion,
        act="hold_discussion",
    ),
    Duty(
        "head_took_part",
        "25.1",
        CASE,
        heads_took_part,
        needs_discussion,
        column=Column.PRODUCT,
        act="hold_discussion",
    ),
)
