"""Article 16: signing records and lists, and what follows when somebody refuses.

Restated: records of on-site inquiry, inspection, hearing, notice and the like, and lists of things
and other papers that touch a party's rights, are signed or sealed by officers, party and persons
concerned. On a refusal the officers note the circumstances on the spot and record the moment by
sound or picture. A missing recording is a finding; the paper stays usable.
"""

from datetime import datetime, timedelta

from liuhen.law.catalogue import catalogue
from liuhen.law.duties import Duty
from liuhen.law.facts import Paper, Recording, RefusalToSign
from liuhen.law.phrases import PARTY_ROLES, refused_by, signed_by
from liuhen.law.subjects import papers
from liuhen.law.verdicts import Verdict, failed, met, still_open, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import SignerRole

SIGNED = tuple(key for key, row in catalogue().papers.items() if row.is_record)
REFUSABLE = (*SIGNED, "37", "39")


def _officers_signed(view: View, paper: Paper) -> Verdict:
    signatures = signed_by(view, paper, (SignerRole.OFFICER, SignerRole.CHAIR))
    least = view.figure("measures.officers_minimum", paper.made_at)
    if signatures is None:
        return unknown()
    signers = {each.signer for each in signatures}
    if any(each.role is SignerRole.CHAIR for each in signatures) or len(signers) >= least:
        return met(count=len(signers))
    view.use(paper, "issued_at")
    verdict = unmet if view.has(paper.issued_at) else still_open
    return verdict(count=len(signers), least=least)


def _has_refusal(view: View, paper: Paper) -> bool | None:
    refusals = refused_by(view, paper, PARTY_ROLES)
    return None if refusals is None else bool(refusals)


def _noted(view: View, paper: Paper) -> Verdict:
    refusals = refused_by(view, paper, PARTY_ROLES) or []
    if any(each.is_noted is False for each in refusals):
        return unmet()
    if any(each.is_noted is None for each in refusals):
        return unknown(f"paper:{paper.key}.refusals.is_noted")
    return met()


def _filmed(view: View, paper: Paper) -> Verdict:
    refusals = refused_by(view, paper, PARTY_ROLES) or []
    recordings = view.known("recordings")
    if recordings is None:
        return unknown()
    answers = [_is_recorded(view, paper, refusal) for refusal in refusals]
    if any(answer is None for answer in answers):
        return unknown(f"paper:{paper.key}.refusals.refused_at")
    if all(answers):
        return met(count=len(answers))
    if _may_still_come(view, paper):
        return still_open()
    return failed()


def _is_recorded(view: View, paper: Paper, refusal: RefusalToSign) -> bool | None:
    if not isinstance(refusal.refused_at, datetime):
        return None
    slack = timedelta(seconds=view.figure("product.coverage_tolerance", refusal.refused_at))
    vague = False
    for recording in view.all("recordings") or ():
        holds = _holds(recording, refusal.refused_at, slack)
        if holds and _concerns(view, recording, paper):
            view.use(recording, "started_at", "ended_at", "covers")
            return True
        vague = vague or holds is None
    return None if vague else False


def _holds(recording: Recording, moment: datetime, slack: timedelta) -> bool | None:
    first, last = recording.started_at, recording.ended_at
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    return first - slack <= moment <= last + slack


def _concerns(view: View, recording: Recording, paper: Paper) -> bool:
    activity = view.by_key("activities", paper.activity)
    if activity is not None:
        return recording.key in {each.key for each in view.recordings_of(activity) or ()} or any(
            _is_refusal_of(view, key, paper) for key in recording.covers or ()
        )
    return True


def _is_refusal_of(view: View, key: str, paper: Paper) -> bool:
    activity = view.by_key("activities", key)
    return (
        activity is not None
        and activity.kind == "refusal_to_sign"
        and activity.subject_key in (None, paper.key)
    )


def _may_still_come(view: View, paper: Paper) -> bool:
    activity = view.by_key("activities", paper.activity)
    if activity is None:
        return False
    due = view.due("product.footage_expected", activity.ended_at)
    settled = view.has(activity.footage_settled_at)
    return not settled and (due is None or not view.is_past(due.due_at))


DUTIES = (
    Duty(
        name="record_signed_by_officers",
        clause="16.1",
        over=papers(*SIGNED),
        satisfied=_officers_signed,
        act="sign_paper",
    ),
    Duty(
        name="refusal_noted",
        clause="16.2",
        over=papers(*REFUSABLE),
        trigger=_has_refusal,
        satisfied=_noted,
        act="note_refusal",
    ),
    Duty(
        name="refusal_recorded",
        clause="16.2",
        over=papers(*REFUSABLE),
        trigger=_has_refusal,
        satisfied=_filmed,
        act="upload_recording",
    ),
)
