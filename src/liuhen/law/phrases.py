"""Conditions that several articles share, each said once.

For: rule modules. Not for: duties (they stand in the module of their article).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import start_of_day
from liuhen.law.duties import conj, disj
from liuhen.law.facts import (
    Approval,
    Hearing,
    HearingRequest,
    Paper,
    Prolongation,
    RefusalToSign,
    Service,
    Signature,
    Statement,
)
from liuhen.law.moments import Moment
from liuhen.law.unit_facts import Unit
from liuhen.law.verdicts import Verdict, answer, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import (
    NOT_YET,
    WAIVERS,
    CaseKind,
    Office,
    Opinion,
    Procedure,
    ServiceMode,
    SignerRole,
)

PARTY_ROLES = (
    SignerRole.PARTY,
    SignerRole.INTERESTED,
    SignerRole.PRESENT,
    SignerRole.WITNESS,
    SignerRole.RECIPIENT,
)
"""Who may sign where the text says "the party or somebody present"."""


def is_simple_penalty(view: View) -> bool | None:
    """A penalty by simple procedure."""
    return conj(view.is_kind(CaseKind.PENALTY), view.is_procedure(Procedure.SIMPLE))


def is_ordinary_penalty(view: View) -> bool | None:
    """A penalty by ordinary procedure."""
    return conj(view.is_kind(CaseKind.PENALTY), view.is_procedure(Procedure.ORDINARY))


def is_enforcing(view: View, unit: Unit) -> bool | None:
    """A unit that enforces: what no officer records, no unit has to keep."""
    view.use(unit, "enforces")
    return unit.enforces


def open_until_closed(view: View, code: str = "", **data: object) -> Verdict:
    """Not done: pending while the case is open, a breach once it is closed."""
    view.use(view.case, "closed_at")
    closed = view.has(view.case.closed_at)
    return unmet(code, **data) if closed else still_open(code, **data)


def decided_at(view: View) -> datetime | None:
    """Instant of the first decision; None when there is none yet or none is known."""
    found = [each.decided_at for each in view.all("decisions") or ()]
    return min((each for each in found if isinstance(each, datetime)), default=None)


def is_with_police(view: View) -> bool:
    """Handed over as a suspected crime and not decided: no decision takes the transfer's place."""
    view.use(view.case, "is_with_police")
    return view.case.is_with_police and decided_at(view) is None


def open_until_decided(view: View, code: str = "", **data: object) -> Verdict:
    """Not done: pending before the decision, a breach that stays once it is made."""
    decision = decided_at(view)
    if decision is None:
        if view.known("decisions") is None:
            return unknown()
        return still_open(code, **data)
    return failed(code, **data)


def signed_by(view: View, paper: Paper, roles: Iterable[SignerRole]) -> list[Signature] | None:
    """Signatures in one of these parts, by the judged instant; None = not known."""
    view.use(paper, "signatures")
    if paper.signatures is None:
        return None
    wanted = frozenset(roles)
    return [s for s in paper.signatures if s.role in wanted and view.has(s.signed_at) is not False]


def refused_by(view: View, paper: Paper, roles: Iterable[SignerRole]) -> list[RefusalToSign] | None:
    """Refusals in one of these parts; None = not known."""
    view.use(paper, "refusals")
    if paper.refusals is None:
        return None
    wanted = frozenset(roles)
    return [r for r in paper.refusals if r.role in wanted and view.has(r.refused_at) is not False]


def filled(view: View, paper: Paper, *names: str) -> Verdict:
    """Whether these fields of a paper are filled; names those that are empty."""
    states = view.states(paper, "fields", *names)
    empty = [name for name, value in states.items() if value is False]
    if empty:
        return unmet("fields", fields=",".join(empty))
    return answer(conj(*states.values()))


def approvals_by(
    view: View, matter: str, *offices: Office, subject: str | None = None
) -> list[Approval] | None:
    """Answers given on a matter by one of these offices, first to last; None = not known."""
    found = view.where(
        "approvals",
        lambda each: (
            each.matter == matter
            and (each.office is None or each.office in offices)
            and subject in (None, each.subject_key)
        ),
    )
    if found is None:
        return None
    for each in found:
        view.use(each, "office", "opinion", "is_signed", "given_at", "was_in_office")
    return sorted(found, key=lambda each: (str(instant(each.given_at)), each.key))


def approved(view: View, matter: str, *offices: Office, subject: str | None = None) -> Verdict:
    """Met with the instant of the first complete approval; else open, or unknown."""
    found = approvals_by(view, matter, *offices, subject=subject)
    if found is None:
        return unknown()
    vague = False
    for each in found:
        is_right = conj(
            None if each.office is None else True,
            None if each.opinion is None else each.opinion is Opinion.APPROVED,
            each.is_signed,
            each.was_in_office,
            view.has(each.given_at),
        )
        if is_right:
            return met(instant(each.given_at))
        vague = vague or is_right is None
    return unknown() if vague else still_open("not_approved")


def is_waiver(statement: Statement) -> bool | None:
    """Whether a statement gives the right up; None = form not known."""
    return None if statement.form is None else statement.form in WAIVERS


def is_given_up(request: HearingRequest, told: Iterable[HearingRequest]) -> bool:
    """Whether who asked withdrew the request later, or waived the hearing after it."""
    asked = instant(request.made_at)
    own = [one for one in told if None in (request.party, one.party) or one.party == request.party]
    given_up = [at for one in own if one.is_waived and (at := instant(one.made_at))]
    return asked is not None and any(at >= asked for at in given_up)


def proofs_kept(view: View, service: Service, *names: str) -> Verdict:
    """Whether these proofs of a service are there; names those that are not."""
    states = view.states(service, "proofs", *names)
    lacking = [name for name, value in states.items() if value is False]
    if lacking:
        return unmet("proofs", fields=",".join(lacking))
    return answer(conj(*states.values()))


def is_mode(*modes: ServiceMode) -> Callable[[View, Service], bool | None]:
    """Trigger: a service by one of these modes."""

    def bites(view: View, service: Service) -> bool | None:
        view.use(service, "mode")
        return None if service.mode is None else service.mode in modes

    return bites


def in_time_for_decision(view: View, moment: Moment) -> bool | None:
    """Whether something happened, and before the decision when there is one."""
    if view.when(moment) is NOT_YET:
        return False
    happened_at = instant(moment)
    if happened_at is None:
        return None
    decision = decided_at(view)
    return decision is None or happened_at <= decision


def one_of(view: View, answers: Iterable[bool | None], code: str = "") -> Verdict:
    """Met when one answer is True, unknown when one might be, else open until the decision."""
    truth = disj(False, *answers)
    if truth is False:
        return open_until_decided(view, code)
    return answer(truth)


def answers_to(view: View, paper: Paper, *types: str) -> list[Paper] | None:
    """Papers of these types that answer another paper; None = not known."""
    found = view.papers(*types)
    if found is None:
        return None
    for each in found:
        view.use(each, "subject_key")
    if any(each.subject_key is None for each in found):
        return None
    return [each for each in found if each.subject_key == paper.key]


def told_before_closing(view: View, paper: str | None) -> Verdict:
    """No period is set for serving a paper: it is served before the case is closed."""
    served = view.when(served_at(view, paper))
    if served is None:
        return unknown()
    return met(served) if isinstance(served, datetime) else open_until_closed(view)


def served_at(view: View, paper: str | None) -> Moment:
    """When a paper was first served: its legal day where one is known, else the act of serving."""
    if paper is None or view.known("services") is None:
        return None
    served = [
        each.made_at if each.effective_on is None else start_of_day(each.effective_on)
        for each in view.all("services") or ()
        if each.paper == paper
    ]
    return None if None in served else first_at(served) or NOT_YET


def first_at(moments: Iterable[Moment]) -> datetime | None:
    """The earliest instant among moments that have one."""
    return min((each for each in moments if isinstance(each, datetime)), default=None)


def is_decided(view: View) -> Verdict:
    """Met with the instant of the first decision; else not yet, or unknown."""
    found = view.known("decisions")
    if found is None:
        return unknown()
    for each in found:
        view.use(each, "decided_at")
    made = first_at(each.decided_at for each in found)
    if made:
        return met(made)
    return unknown() if found else unmet()


def is_chaired_apart(view: View, hearing: Hearing) -> Verdict:
    """Whether somebody chaired a hearing who did not investigate or review the case."""
    view.use(hearing, "is_chair_investigator")
    if hearing.is_chair_investigator is None:
        return unknown()
    return failed() if hearing.is_chair_investigator else met()


def called_in_time(figure: str) -> Callable[[View, Hearing], Verdict]:
    """Whether all were called so many working days of `figure` before the day it was held."""

    def verdict(view: View, hearing: Hearing) -> Verdict:
        view.use(hearing, "notified_at", "uncalled", "activity")
        activity = view.by_key("activities", hearing.activity)
        if activity is not None and hearing.uncalled:
            return failed("uncalled", names="、".join(hearing.uncalled))
        if hearing.uncalled is None:
            return unknown()
        notified = instant(hearing.notified_at)
        held = instant(activity.started_at) if activity else None
        if notified is None or held is None:
            return unknown()
        last = view.calendar.after_workdays(local_date(notified), view.figure(figure, notified))
        return met() if local_date(held) > last.last_on else failed(earliest=last.last_on)

    return verdict


def is_recorded_for_decision(view: View, hearing: Hearing) -> Verdict:
    """Whether the record of a hearing, which the decision has to follow, was there before it."""
    view.use(hearing, "activity")
    records = view.papers("31")
    if records is None or hearing.activity is None:
        return unknown()
    mine = [each for each in records if each.activity == hearing.activity]
    for each in mine:
        view.use(each, "issued_at")
    made = [in_time_for_decision(view, each.issued_at) for each in mine]
    # a record of nobody knows which hearing may be of this one
    unknown_ones = [None for each in records if each.activity is None]
    return one_of(view, [*made, *unknown_ones], "no_record")


def one_of_now(view: View, answers: Iterable[bool | None], code: str = "") -> Verdict:
    """Met when one answer is True, unknown when one might be, else open until the closing."""
    truth = disj(False, *answers)
    return open_until_closed(view, code) if truth is False else answer(truth)


def prolonged_lawfully(
    view: View, prolongation: Prolongation, figure: str, most: int | None = None
) -> Verdict:
    """Whether a prolongation keeps to its figure, was approved by the head, and the party told."""
    view.use(prolongation, "days", "office", "approved_at", "told_at")
    allowed = view.figure(figure, prolongation.approved_at) if most is None else most
    others = [
        each.days for each in view.all("prolongations") or () if each.clock == prolongation.clock
    ]
    if sum(others) > allowed:
        return failed("too_long", days=sum(others), most=allowed)
    if prolongation.office is not None and prolongation.office is not Office.AUTHORITY_HEAD:
        return failed("not_by_head")
    told = view.has(prolongation.told_at)
    if told is False:
        return unmet("not_told")
    return answer(conj(None if prolongation.office is None else True, told))
