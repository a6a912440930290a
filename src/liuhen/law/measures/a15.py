"""Article 15: informing before deciding, hearing, keeping what the party says.

Restated: before a decision the party and interested persons are told its facts, reasons and
basis, their rights, duties and remedies, by a written notice; in simple procedure orally. Before
a penalty always, not before a decision that there is none, before another decision where the law
on it asks for a notice. Oral statements are recorded, an oral waiver is noted, written statements
and waivers are kept.
"""

from liuhen.law.duties import Duty, conj, disj
from liuhen.law.facts import Case, Notice, Statement
from liuhen.law.phrases import (
    decided_at,
    is_simple_penalty,
    is_with_police,
    open_until_decided,
)
from liuhen.law.subjects import CASE, NOTICES, STATEMENTS
from liuhen.law.verdicts import Verdict, answer, failed, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import CaseKind, NoticeForm, StatementForm

CONTENTS = ("facts", "reasons", "basis", "rights", "duties", "remedies")


def _must_be_told(view: View, case: Case) -> bool | None:
    """Before every penalty; before another decision where a person says that law asks for it."""
    view.use(case, "is_without_penalty")
    punishes = view.is_kind(CaseKind.PENALTY)
    if punishes:
        return not case.is_without_penalty and not is_with_police(view)
    view.use(case, "is_notice_required")
    return disj(punishes, case.is_notice_required)


def _told(view: View, forms: tuple[NoticeForm, ...]) -> Verdict:
    notices = view.known("notices")
    if notices is None:
        return unknown()
    decision = decided_at(view)
    vague = False
    for notice in notices:
        view.use(notice, "form", "told_at")
        told = instant(view.when(notice.told_at))
        in_time = None if told is None else decision is None or told <= decision
        right = conj(None if notice.form is None else notice.form in forms, in_time)
        if right:
            return met()
        vague = vague or right is None
    return unknown() if vague else open_until_decided(view)


def _told_in_writing(view: View, case: Case) -> Verdict:
    return _told(view, (NoticeForm.WRITTEN,))


def _told_somehow(view: View, case: Case) -> Verdict:
    return _told(view, (NoticeForm.WRITTEN, NoticeForm.ORAL))


def _is_simple(view: View, case: Case) -> bool | None:
    return is_simple_penalty(view)


def _complete(view: View, notice: Notice) -> Verdict:
    states = view.states(notice, "contents", *CONTENTS)
    lacking = [name for name, value in states.items() if value is False]
    if not lacking:
        return answer(conj(*states.values()))
    verdict = failed if decided_at(view) else unmet
    return verdict(fields=",".join(lacking))


def _is_oral_statement(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    return None if statement.form is None else statement.form is StatementForm.ORAL


def _is_oral_waiver(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    return None if statement.form is None else statement.form is StatementForm.WAIVER_ORAL


def _is_written(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    if statement.form is None:
        return None
    return statement.form in (StatementForm.WRITTEN, StatementForm.WAIVER_WRITTEN)


def _recorded(view: View, statement: Statement) -> Verdict:
    view.use(statement, "is_recorded")
    return answer(statement.is_recorded)


def _kept(view: View, statement: Statement) -> Verdict:
    view.use(statement, "is_kept")
    return answer(statement.is_kept)


DUTIES = (
    Duty(
        "party_told_before_decision",
        "15.1",
        CASE,
        _told_in_writing,
        _must_be_told,
        act="issue_prior_notice",
    ),
    Duty(
        "oral_notice_suffices",
        "15.1",
        CASE,
        _told_somehow,
        _is_simple,
        exception_to="party_told_before_decision",
        act="record_oral_notice",
    ),
    Duty("notice_complete", "15.1", NOTICES, _complete, act="issue_prior_notice"),
    Duty(
        "oral_statement_recorded",
        "15.2",
        STATEMENTS,
        _recorded,
        _is_oral_statement,
        act="record_statement",
    ),
    Duty(
        "oral_waiver_recorded",
        "15.2",
        STATEMENTS,
        _recorded,
        _is_oral_waiver,
        act="record_statement",
    ),
    Duty("written_statement_kept", "15.2", STATEMENTS, _kept, _is_written, act="keep_statement"),
)
