"""Service by post: the register at the counter, and what came back (Art. 29).

A paper is served on the day its addressee received it, by the return receipt; where that is lost,
by the post's own certificate of delivery (Civil Procedure Law 91). A returned letter serves
nothing: it is kept as a failed attempt. Not for service with a receipt of ours (`actions.service`)
nor for proofs that come later (`actions.service_proofs`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue, sign
from liuhen.actions.paper_order import refuse_dead
from liuhen.actions.paper_subjects import addressee_of, party_of
from liuhen.actions.papers import locked_paper
from liuhen.actions.parties import open_case
from liuhen.actions.service import follow_service, line_of, papers_to_serve
from liuhen.actions.service_proofs import POSTED, keep
from liuhen.actions.simple_procedure import running_activity
from liuhen.cases.models import Case
from liuhen.documents.models import Material, Paper, Service, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

ACTIVITY = "service_by_post"
REGISTER = "post_register"
EMS = "ems"
# What came back, and the name under which it is kept.
RECEIVED, CERTIFIED, RETURNED = "received", "certified", "returned"
RESULTS: Mapping[str, str] = {
    RECEIVED: "邮件回执",
    CERTIFIED: "邮政投递证明",
    RETURNED: "退回的邮件封面",
}
_VOUCHER = POSTED["voucher_kept"]
_FROM_POST = "邮政企业"
# As the post numbers them: thirteen figures, or two letters, nine figures and two letters.
_NUMBER = re.compile(r"\d{13}|[A-Z]{2}\d{9}[A-Z]{2}", re.ASCII)


@act(permission="paper.serve", event="service.register_drawn")
def draw_up_register(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    paper_ids: Sequence[UUID],
    carrier: str,
    tracking_number: str,
    voucher: str,
    recipient: str,
    address: str,
    phone: str = "",
) -> Paper:
    """Draw up the register of what is handed to the post, to be signed at the counter.

    `carrier` is `ems` or `registered`: a registered letter serves too, but its record lacks what
    Art. 29 demands.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `service.not_by_post`, `service.no_paper`,
            `paper.not_issued`, `party.dead`, `service.incomplete`, `service.tracking_number`,
            `service.addressees`,
            `service.tracking_used`, `service.registered_already`.
    """
    activity = running_activity(draft, activity_id)
    case = activity.case
    if activity.kind != ACTIVITY:
        raise Refused("service.not_by_post")
    if _registers(case).filter(activity=activity).exists():
        raise Refused("service.registered_already")
    refuse_dead(case)
    papers = papers_to_serve(case, paper_ids)
    addressee_of(case, papers)
    if not (recipient.strip() and address.strip() and voucher.strip()):
        raise Refused("service.incomplete")
    number = _free_number(case, tracking_number)
    given = {
        "papers": [line_of(paper) for paper in papers],
        "carrier": carrier,
        "tracking_number": number,
        "voucher": voucher.strip(),
        "recipient": recipient.strip(),
        "address": address.strip(),
        "phone": phone.strip() or None,
        "posted_at": clock.iso(draft.at),
    }
    register = draw_up(draft, case, REGISTER, activity=activity, given=given)
    activity.facts = {**activity.facts, "papers": {str(register.id): [str(p.id) for p in papers]}}
    activity.save(update_fields=["facts"])
    draft.about(register)
    return register


def _registers(case: Case) -> QuerySet[Paper]:
    return case.papers.filter(type=REGISTER).exclude(state=Paper.State.VOID)


def _free_number(case: Case, text: str) -> str:
    """A number as the post writes it that no other letter of the case has."""
    number = text.replace(" ", "").upper()
    if _NUMBER.fullmatch(number) is None:
        raise Refused("service.tracking_number", number=number)
    if _registers(case).filter(data__tracking_number=number).exists():
        raise Refused("service.tracking_used", number=number)
    return number


@act(permission="paper.serve", event="service.posted")
def hand_to_post(
    draft: Draft, *, actor: Person, register_id: UUID, strokes: Sequence[Any]
) -> Paper:
    """Sign and issue the register: the letter is with the post, and serves nothing yet.

    Raises:
        Refused: `record.not_found`, `service.not_by_post`, `signature.empty`, `paper.not_draft`,
            `paper.incomplete`, `storage.full`.
    """
    register = locked_paper(draft, register_id)
    if register.type != REGISTER or register.activity is None:
        raise Refused("service.not_by_post")
    if register.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=register.number)
    sign(draft, register, Signature.Role.SERVER, strokes)
    return issue(draft, register)


@act(permission="paper.serve", event="service.post_answered")
def record_post_result(
    draft: Draft,
    *,
    actor: Person,
    register_id: UUID,
    result: str,
    happened_at: dt.datetime,
    content: bytes,
    receiver: str = "",
    reason: str = "",
    voucher: bytes | None = None,
) -> list[Service]:
    """Record what came back of a letter, with its proof; one service for each paper received.

    `result` is `received` (the return receipt), `certified` (the receipt is lost, the post
    certifies delivery) or `returned` (with `reason`; nothing is served). `happened_at` is the
    instant of receipt or return. `voucher` is a picture of the voucher of posting.

    Raises:
        Refused: `record.not_found`, `case.closed`, `service.not_by_post`, `service.not_posted`,
            `service.answered`, `service.result`, `service.receiver_name`,
            `service.return_reason`, `service.in_future`, `service.before_posting`, `party.dead`,
            `material.incomplete`, `material.too_large`, `storage.full`.
    """
    register = _posted(draft, register_id)
    _check_result(draft, register, result, happened_at, receiver=receiver, reason=reason)
    activity = register.activity
    assert activity is not None  # `_posted` has seen it
    told = reason.strip()
    name = RESULTS[result]
    keep(draft, register, name, content, happened_at, received_from=_FROM_POST, summary=told)
    if voucher is not None:
        keep(draft, register, _VOUCHER, voucher, draft.at, received_from=_FROM_POST)
    answer = {"result": result, "happened_at": clock.iso(happened_at), "reason": told}
    activity.facts = {**activity.facts, "post": answer}
    activity.save(update_fields=["facts"])
    draft.note(result=result, happened_at=happened_at)
    if result == RETURNED:
        return []
    return _serve(register, result, happened_at, receiver.strip())


def _serve(register: Paper, result: str, received_at: dt.datetime, receiver: str) -> list[Service]:
    """One service for each paper of the letter, with the proofs that are kept."""
    case, activity = register.case, register.activity
    assert activity is not None
    facts = {
        "is_ems": register.data["carrier"] == EMS,
        "registration_kept": True,
        "voucher_kept": _has_voucher(register),
        "return_receipt_kept": result == RECEIVED,
    }
    named = [UUID(each) for each in activity.facts["papers"][str(register.id)]]
    papers = list(case.papers.filter(id__in=named).order_by("issued_at"))
    follow_service(case, papers)
    return [
        Service.objects.create(
            paper=paper,
            party=addressee_of(case, [paper]),
            activity=activity,
            mode=Service.Mode.BY_POST,
            place=register.data["address"],
            recipient=receiver,
            received_at=received_at,
            is_date_noted=result == RECEIVED,
            receipt=register,
            facts=facts,
            served_at=received_at,
        )
        for paper in papers
    ]


def _posted(draft: Draft, register_id: UUID) -> Paper:
    """A register that was issued and has no answer yet, its case open and locked."""
    register = locked_paper(draft, register_id)
    open_case(draft, register.case_id)
    activity = register.activity
    if register.type != REGISTER or activity is None or activity.kind != ACTIVITY:
        raise Refused("service.not_by_post")
    if register.state != Paper.State.ISSUED:
        raise Refused("service.not_posted")
    if "post" in activity.facts:
        raise Refused("service.answered")
    return register


def _check_result(
    draft: Draft,
    register: Paper,
    result: str,
    happened_at: dt.datetime,
    *,
    receiver: str,
    reason: str,
) -> None:
    if result not in RESULTS:
        raise Refused("service.result")
    if result == RETURNED and not reason.strip():
        raise Refused("service.return_reason")
    if result != RETURNED and not receiver.strip():
        raise Refused("service.receiver_name")
    if happened_at > draft.at:
        raise Refused("service.in_future")
    if happened_at < clock.parse_iso(register.data["posted_at"]).replace(second=0, microsecond=0):
        raise Refused("service.before_posting")
    died_on = party_of(register.case).died_on
    if result != RETURNED and died_on is not None and clock.local_date(happened_at) >= died_on:
        refuse_dead(register.case)


def _has_voucher(register: Paper) -> bool:
    kept = register.case.materials.filter(kind=Material.Kind.SERVICE_PROOF, subject_id=register.id)
    return kept.filter(name=_VOUCHER).exists()


def letters(case: Case) -> list[dict[str, Any]]:
    """Letters of a case that served nothing, so far or for good; oldest first.

    Each with its register `paper`, `titles` of what it holds and, when it came back, the `answer`
    with its `reason`.
    """
    issued = case.papers.filter(type=REGISTER, state=Paper.State.ISSUED, activity__kind=ACTIVITY)
    rows: list[dict[str, Any]] = [
        {
            "paper": one,
            "titles": "、".join(line["title"] for line in one.data["papers"]),
            "answer": one.activity.facts.get("post") if one.activity else None,
        }
        for one in issued.select_related("activity").order_by("issued_at")
    ]
    return [one for one in rows if not one["answer"] or one["answer"]["result"] == RETURNED]
