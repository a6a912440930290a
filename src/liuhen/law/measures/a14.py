"""Article 14: help from other bodies.

Restated: who needs another body to look into something of the case asks by letter of assistance. A
reply without a letter shows that help was asked otherwise. The text sets no period for the reply:
one that the authority sets is advice.
"""

from liuhen.law.duties import Due, Duty
from liuhen.law.facts import Paper
from liuhen.law.findings import Column
from liuhen.law.phrases import answers_to
from liuhen.law.subjects import papers
from liuhen.law.verdicts import Verdict, answer, met, unknown, unmet
from liuhen.law.view import View, instant

LETTER, REPLY = "21", "assistance_reply"


def _asked_by_letter(view: View, reply: Paper) -> Verdict:
    view.use(reply, "subject_key")
    letters = view.papers(LETTER)
    if letters is None or reply.subject_key is None:
        return unknown()
    return answer(any(each.key == reply.subject_key for each in letters))


def _has_period(view: View, letter: Paper) -> bool | None:
    return view.setting("measures.assistance_reply", letter.issued_at).value is not None


def _replied(view: View, letter: Paper) -> Verdict:
    found = answers_to(view, letter, REPLY)
    if found is None:
        return unknown()
    made = [at for each in found if (at := instant(each.made_at)) is not None]
    return met(min(made)) if made else unknown() if found else unmet()


def _reply_due(view: View, letter: Paper) -> Due | None:
    view.use(letter, "issued_at")
    return view.due("measures.assistance_reply", letter.issued_at)


DUTIES = (
    Duty(
        "assistance_asked_by_letter",
        "14.1",
        papers(REPLY),
        _asked_by_letter,
        act="issue_paper",
    ),
    Duty(
        "assistance_answered_in_period",
        "14.1",
        papers(LETTER),
        _replied,
        _has_period,
        _reply_due,
        Column.PRODUCT,
        act="record_reply",
    ),
)
