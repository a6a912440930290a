"""Service entrusted to another authority, or forwarded through unit, prison or school (Art. 31).

A sealed letter goes out with the papers and a receipt to be signed there. The day on which the
party signs that receipt is the day of service (Civil Procedure Law 91 to 94).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import finish
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.paper_order import refuse_dead
from liuhen.actions.paper_subjects import addressee_of, party_of
from liuhen.actions.papers import locked_paper
from liuhen.actions.parties import open_case
from liuhen.actions.service import follow_service, line_of, papers_to_serve
from liuhen.actions.service_attempts import FAILED
from liuhen.actions.service_proofs import keep
from liuhen.actions.simple_procedure import running_activity
from liuhen.cases.models import Activity
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

ACTIVITY = "service_entrusted"
LETTER = "service_entrustment_letter"
# Why papers go through others, and the mode that is.
GROUNDS: Mapping[str, str] = {
    "distant": Service.Mode.ENTRUSTED,
    "soldier": Service.Mode.FORWARDED,
    "prisoner": Service.Mode.FORWARDED,
    "school": Service.Mode.FORWARDED,
}
RECEIVED, RETURNED = "received", "returned"
ANSWER = "through"  # where the activity keeps what came back


@act(permission="paper.serve", event="service.entrusted")
def send_through(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    paper_ids: Sequence[UUID],
    ground: str,
    body: str,
    reason: str,
    place: str = "",
) -> Paper:
    """Hand papers to the body that serves them for us; its letter is sealed and numbered.

    `ground` is a key of `GROUNDS`; `place` where the party is; `reason` why we don't serve it.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `service.not_entrusted`,
            `service.no_paper`, `paper.not_issued`, `party.dead`, `service.ground`,
            `service.addressees`,
            `service.body`, `service.through_reason`, `paper.incomplete`, `storage.full`.
    """
    activity = running_activity(draft, activity_id)
    case = activity.case
    if activity.kind != ACTIVITY:
        raise Refused("service.not_entrusted")
    _check_body(ground, body, reason)
    refuse_dead(case)
    papers = papers_to_serve(case, paper_ids)
    party = addressee_of(case, papers)
    given = {
        "addressee": body.strip(),
        "way": GROUNDS[ground],
        "reason": reason.strip(),
        "papers": [line_of(paper) for paper in papers],
        "recipient": party.name,
        "place": place.strip() or party.address or None,
    }
    letter = draw_up(draft, case, LETTER, activity=activity, given=given)
    issue(draft, letter)
    activity.facts = {
        **activity.facts,
        "ground": ground,
        "papers": {str(letter.id): [str(paper.id) for paper in papers]},
    }
    activity.save(update_fields=["facts"])
    draft.about(letter)
    finish(draft, activity, None)
    return letter


def _check_body(ground: str, body: str, reason: str) -> None:
    if ground not in GROUNDS:
        raise Refused("service.ground")
    if not body.strip():
        raise Refused("service.body")
    if not reason.strip():
        raise Refused("service.through_reason")


@act(permission="paper.serve", event="service.entrusted_answered")
def record_through_result(
    draft: Draft,
    *,
    actor: Person,
    letter_id: UUID,
    result: str,
    happened_at: dt.datetime,
    content: bytes,
    receiver: str = "",
    is_signed_by_recipient: bool = False,
    is_signed_by_server: bool = False,
    reason: str = "",
) -> list[Service]:
    """Record the receipt that came back, or that the papers could not be handed over there.

    Who did not sign the receipt is a finding; the day it bears stays the day of service.

    Raises:
        Refused: `record.not_found`, `case.closed`, `service.not_entrusted`, `service.answered`,
            `service.result`, `service.receiver_name`, `service.return_reason`,
            `service.in_future`, `service.before_sending`, `party.dead`, `material.incomplete`,
            `material.too_large`, `storage.full`.
    """
    letter, activity = _waiting(draft, letter_id)
    _check(draft, letter, result, happened_at, receiver=receiver, reason=reason)
    name = "送达回证（受托、转交单位交回）" if result == RECEIVED else "未能送达的复函"
    source = str(letter.data["addressee"])
    keep(draft, letter, name, content, draft.at, received_from=source, summary=reason.strip())
    answer = {"result": result, "happened_at": clock.iso(happened_at)}
    failed = {FAILED: {"reason": reason.strip(), "at": clock.iso(happened_at)}}
    more = failed if result == RETURNED else {}
    activity.facts = {**activity.facts, ANSWER: answer, **more}
    activity.save(update_fields=["facts"])
    draft.note(result=result, happened_at=happened_at)
    if result == RETURNED:
        return []
    facts = {
        "reason_recorded": True,
        "recipient_signed": is_signed_by_recipient,
        "server_signed": is_signed_by_server,
    }
    return _serve(letter, activity, happened_at, receiver.strip(), facts)


def _waiting(draft: Draft, letter_id: UUID) -> tuple[Paper, Activity]:
    letter = locked_paper(draft, letter_id)
    open_case(draft, letter.case_id)
    activity = letter.activity
    if letter.type != LETTER or activity is None or letter.state != Paper.State.ISSUED:
        raise Refused("service.not_entrusted")
    if ANSWER in activity.facts:
        raise Refused("service.answered")
    return letter, activity


def _check(
    draft: Draft,
    letter: Paper,
    result: str,
    happened_at: dt.datetime,
    *,
    receiver: str,
    reason: str,
) -> None:
    if result not in (RECEIVED, RETURNED):
        raise Refused("service.result")
    if result == RETURNED and not reason.strip():
        raise Refused("service.return_reason")
    if result == RECEIVED and not receiver.strip():
        raise Refused("service.receiver_name")
    if happened_at > draft.at:
        raise Refused("service.in_future")
    assert letter.issued_at is not None  # it is issued
    if happened_at < letter.issued_at.replace(second=0, microsecond=0):
        raise Refused("service.before_sending")
    died_on = party_of(letter.case).died_on
    if result == RECEIVED and died_on is not None and clock.local_date(happened_at) >= died_on:
        refuse_dead(letter.case)


def _serve(
    letter: Paper,
    activity: Activity,
    received_at: dt.datetime,
    receiver: str,
    facts: Mapping[str, bool],
) -> list[Service]:
    case = letter.case
    named = [UUID(each) for each in activity.facts["papers"][str(letter.id)]]
    papers = list(case.papers.filter(id__in=named).order_by("issued_at"))
    follow_service(case, papers)
    return [
        Service.objects.create(
            paper=paper,
            party=addressee_of(case, [paper]),
            activity=activity,
            mode=letter.data["way"],
            place=str(letter.data["addressee"]),
            recipient=receiver,
            received_at=received_at,
            is_date_noted=True,
            receipt=letter,
            facts=dict(facts),
            served_at=letter.issued_at or received_at,
        )
        for paper in papers
    ]
