"""Article 27: what a case by simple procedure records.

Restated: seven parts (why the simple procedure applies, in fact and law; steps and papers;
statement and defence; its review and why it was adopted or not; filing with the authority; how a
fine was collected on the spot; what else the law asks). The paper is made and served on the spot,
signed and dated by party and officers. The whole course is recorded by sound or picture. No
period is set for filing: it stays open until the case is closed.
"""

from datetime import datetime

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Activity, Case, Collection, Paper, Service, Statement
from liuhen.law.findings import Column
from liuhen.law.phrases import (
    PARTY_ROLES,
    filled,
    is_simple_penalty,
    is_waiver,
    open_until_closed,
    refused_by,
    signed_by,
)
from liuhen.law.subjects import CASE, COLLECTIONS, STATEMENTS, activities, papers
from liuhen.law.verdicts import Verdict, answer, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import ServiceMode, SignerRole

ON_SPOT = "37"


def _simple(view: View, subject: object) -> bool | None:
    return is_simple_penalty(view)


def _paper(view: View) -> Paper | None:
    """The paper of the spot: the issued one, where a draft was left beside it."""
    found = view.papers(ON_SPOT) or []
    return max(found, key=lambda each: (view.has(each.issued_at) is True, each.key), default=None)


def _conditions(view: View, case: Case) -> Verdict:
    return _filled(view, "facts", "legal_basis", "conditions")


def _steps(view: View, case: Case) -> Verdict:
    return _filled(view, "steps")


def _filled(view: View, *names: str) -> Verdict:
    if view.known("papers") is None:
        return unknown()
    paper = _paper(view)
    return open_until_closed(view, "no_paper") if paper is None else filled(view, paper, *names)


def _defence_recorded(view: View, case: Case) -> Verdict:
    statements = view.known("statements")
    for each in statements or ():
        view.use(each, "form", "is_recorded")
    if statements:
        return answer(conj(*(each.is_recorded for each in statements)))
    paper = _paper(view)
    if paper is not None and view.use_state(paper, "fields", "statement") == [True]:
        return met(None, "none_made")
    if statements is None or view.known("papers") is None:
        return unknown()
    return open_until_closed(view)


def _is_defence(view: View, statement: Statement) -> bool | None:
    view.use(statement, "form")
    waived = is_waiver(statement)
    return conj(is_simple_penalty(view), None if waived is None else not waived)


def _reviewed(view: View, statement: Statement) -> Verdict:
    reviews = view.where("defence_reviews", lambda each: each.statement == statement.key)
    if reviews is None:
        return unknown()
    for each in reviews:
        view.use(each, "is_adopted", "has_reason", "reviewed_at")
        if each.is_adopted is not None and each.has_reason:
            return met(instant(each.reviewed_at))
    if any(each.is_adopted is None or each.has_reason is None for each in reviews):
        return unknown()
    return unmet("no_reason") if reviews else open_until_closed(view)


def _filed(view: View, case: Case) -> Verdict:
    view.use(case, "filed_with_authority_at")
    filed = view.has(case.filed_with_authority_at)
    if filed is None:
        return unknown()
    if filed:
        return met(instant(case.filed_with_authority_at))
    return open_until_closed(view)


def _is_on_spot(view: View, collection: Collection) -> bool | None:
    view.use(collection, "is_on_spot")
    return conj(is_simple_penalty(view), collection.is_on_spot)


def _collection_recorded(view: View, collection: Collection) -> Verdict:
    view.use(collection, "is_process_recorded")
    return answer(collection.is_process_recorded)


def _made_on_spot(view: View, paper: Paper) -> Verdict:
    view.use(paper, "made_on_spot")
    if paper.made_on_spot is False:
        return failed()
    return answer(paper.made_on_spot)


def _served_on_spot(view: View, paper: Paper) -> Verdict:
    served = view.where("services", lambda each: each.paper == paper.key)
    on_street = view.where("activities", lambda each: each.kind == "simple_procedure")
    if served is None or on_street is None:
        return unknown()
    answers = [_is_handed_over(view, each, on_street) for each in served]
    if any(answers):
        return met()
    if any(each is None for each in answers):
        return unknown()
    if all(view.has(each.ended_at) for each in on_street) and on_street:
        return failed("not_served")
    return open_until_closed(view, "not_served")


def _is_handed_over(view: View, service: Service, on_street: list[Activity]) -> bool | None:
    view.use(service, "mode", "made_at", "activity")
    if service.mode is None:
        return None
    if service.mode not in (ServiceMode.IN_PERSON, ServiceMode.LEFT_AT_RESIDENCE):
        return False
    if any(service.activity == each.key for each in on_street):
        return True
    return _is_within(service, on_street)


def _is_within(service: Service, on_street: list[Activity]) -> bool | None:
    made = service.made_at
    if not isinstance(made, datetime):
        return None
    return any(
        isinstance(each.started_at, datetime)
        and each.started_at <= made
        and (not isinstance(each.ended_at, datetime) or made <= each.ended_at)
        for each in on_street
    )


def _party_signed(view: View, paper: Paper) -> Verdict:
    signatures = signed_by(view, paper, PARTY_ROLES)
    refusals = refused_by(view, paper, PARTY_ROLES)
    if any(each.is_dated for each in signatures or ()):
        return met()
    if any(each.is_noted for each in refusals or ()):
        return met(None, "refusal_noted")
    if signatures is None or refusals is None or any(s.is_dated is None for s in signatures):
        return unknown()
    if any(each.is_noted is None for each in refusals):
        return unknown(f"paper:{paper.key}.refusals.is_noted")
    return _unsigned(view, paper, "undated" if signatures else "")


def _officers_signed(view: View, paper: Paper) -> Verdict:
    signatures = signed_by(view, paper, (SignerRole.OFFICER,))
    least = view.figure("measures.officers_minimum", paper.made_at)
    if signatures is None:
        return unknown()
    dated = {each.signer for each in signatures if each.is_dated}
    if len(dated) >= least:
        return met(count=len(dated))
    if len({each.signer for each in signatures if each.is_dated is not False}) >= least:
        return unknown(f"paper:{paper.key}.signatures.is_dated")
    return _unsigned(view, paper, "", count=len(dated), least=least)


def _unsigned(view: View, paper: Paper, code: str, **data: object) -> Verdict:
    view.use(paper, "issued_at")
    verdict = unmet if view.has(paper.issued_at) else still_open
    return verdict(code, **data)


def _whole_course(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.WHOLE)


def _has_filing_period(view: View, case: Case) -> bool | None:
    period = view.setting("measures.simple_case_filing", case.act_ended_at)
    return conj(is_simple_penalty(view), period.value is not None)


def _filing_due(view: View, case: Case) -> Due | None:
    return view.due("measures.simple_case_filing", case.act_ended_at)


DUTIES = (
    Duty("simple_conditions_recorded", "27.1(1)", CASE, _conditions, _simple, act="issue_paper"),
    Duty("simple_steps_recorded", "27.1(2)", CASE, _steps, _simple, act="issue_paper"),
    Duty(
        "simple_defence_recorded",
        "27.1(3)",
        CASE,
        _defence_recorded,
        _simple,
        act="record_statement",
    ),
    Duty(
        "simple_defence_reviewed",
        "27.1(4)",
        STATEMENTS,
        _reviewed,
        _is_defence,
        act="review_statement",
    ),
    Duty(
        "simple_case_filed",
        "27.1(5)",
        CASE,
        _filed,
        _simple,
        act="file_with_authority",
    ),
    Duty(
        "simple_case_filed_in_period",
        "27.1(5)",
        CASE,
        _filed,
        _has_filing_period,
        _filing_due,
        Column.PRODUCT,
        act="file_with_authority",
    ),
    Duty(
        "spot_collection_recorded",
        "27.1(6)",
        COLLECTIONS,
        _collection_recorded,
        _is_on_spot,
        act="record_collection",
    ),
    Duty(
        "simple_paper_made_on_spot",
        "27.2",
        papers(ON_SPOT),
        _made_on_spot,
        _simple,
        act="issue_paper",
    ),
    Duty(
        "simple_paper_served_on_spot",
        "27.2",
        papers(ON_SPOT),
        _served_on_spot,
        _simple,
        act="record_service",
    ),
    Duty(
        "simple_paper_signed_by_party",
        "27.2",
        papers(ON_SPOT),
        _party_signed,
        _simple,
        act="sign_paper",
    ),
    Duty(
        "simple_paper_signed_by_officers",
        "27.2",
        papers(ON_SPOT),
        _officers_signed,
        _simple,
        act="sign_paper",
    ),
    Duty(
        "simple_case_recorded_throughout",
        "27.3",
        activities("simple_procedure"),
        _whole_course,
        _simple,
        footage_due,
        act="upload_recording",
    ),
)
