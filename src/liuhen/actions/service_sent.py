"""Service by fax and electronic service: sent to the address the party confirmed, then its arrival.

Both rest on a signed confirmation of who is served, the party or an interested person, each for
oneself (Penalty Law 61; Civil Procedure Law 90). The day
of service is the day of arrival. What did not arrive serves nothing: it is a failed attempt.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import finish
from liuhen.actions.drawing_up import draw_up, issue, sign
from liuhen.actions.paper_order import refuse_dead
from liuhen.actions.paper_subjects import addressee_of
from liuhen.actions.parties import open_case
from liuhen.actions.service import follow_service, line_of, papers_to_serve
from liuhen.actions.service_attempts import FAILED, SENT
from liuhen.actions.service_proofs import keep
from liuhen.actions.simple_procedure import running_activity
from liuhen.assembly.dates import chinese_date
from liuhen.cases.models import Activity, Case, Party
from liuhen.documents.models import Paper, Service, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

CONSENT = "electronic_service_consent"
RECEIPT = "remote_service_receipt"
FAX = "fax"
# The activity of the recording catalogue in which each mode takes place.
ACTIVITIES: Mapping[str, str] = {
    Service.Mode.BY_FAX: "service_by_fax",
    Service.Mode.ELECTRONIC: "service_electronic",
}
# What Art. 32 wants noted on the fax and its copies.
NOTES: Mapping[str, str] = {
    "time_noted": "传真时间",
    "number_noted": "受送达人传真号码",
    "receiver_noted": "接收人姓名",
}
_MINUTE = dt.timedelta(minutes=1)  # forms give times to the minute
_ADDRESSES: Mapping[str, re.Pattern[str]] = {
    FAX: re.compile(r"[0-9+() -]{7,24}", re.ASCII),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "sms": re.compile(r"1[0-9]{10}", re.ASCII),
}


def consents(case: Case, mode: str) -> list[tuple[Paper, str]]:
    """The signed confirmations that allow a mode, each with one way it names."""
    signed = case.papers.filter(type=CONSENT, state=Paper.State.ISSUED).order_by("-issued_at")
    is_fax = mode == Service.Mode.BY_FAX
    ways = ((paper, way) for paper in signed for way in paper.data.get("way") or ())
    return [(paper, way) for paper, way in ways if (way == FAX) == is_fax]


def given_by(consent: Paper) -> Party:
    """Who confirmed an address: the party, or an interested person for oneself."""
    return addressee_of(consent.case, [consent])


@act(permission="paper.serve", event="service.sent")
def send_papers(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    paper_ids: Sequence[UUID],
    consent_id: UUID,
    way: str,
) -> Activity:
    """Send papers to the address a consent names; the sending ends with it, arrival comes after.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `service.not_sent`, `service.no_paper`,
            `paper.not_issued`, `party.dead`, `service.no_consent`, `service.address`.
    """
    activity = running_activity(draft, activity_id)
    case, mode = activity.case, mode_of(activity)
    refuse_dead(case)
    papers = papers_to_serve(case, paper_ids)
    addressee = addressee_of(case, papers)
    # Nobody confirms an address for another.
    allowed = [
        paper for paper, one in consents(case, mode) if one == way and given_by(paper) == addressee
    ]
    consent = next((paper for paper in allowed if paper.id == consent_id), None)
    if consent is None:
        raise Refused("service.no_consent", mode=Service.Mode(mode).label)
    address = str(consent.data["address"]).strip()
    pattern = _ADDRESSES.get(way)
    if pattern is not None and pattern.fullmatch(address) is None:
        raise Refused("service.address", address=address)
    sent = {
        "papers": [str(paper.id) for paper in papers],
        "consent": str(consent.id),
        "way": way,
        "address": address,
        "receiver": str(consent.data["receiver"]),
        "at": clock.iso(draft.at),
    }
    activity.facts = {**activity.facts, SENT: sent}
    activity.save(update_fields=["facts"])
    draft.note(way=way)
    return finish(draft, activity, None)


def mode_of(activity: Activity) -> str:
    """The mode an activity serves by. Raises `Refused("service.not_sent")` for another one."""
    for mode, kind in ACTIVITIES.items():
        if kind == activity.kind:
            return str(mode)
    raise Refused("service.not_sent")


@act(permission="paper.serve", event="service.arrival_recorded")
def record_arrival(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    arrived_at: dt.datetime,
    receiver: str,
    notes: Sequence[str] = (),
    strokes: Sequence[Any] = (),
    proof: bytes | None = None,
) -> list[Service]:
    """Record when what was sent arrived; the receipt is signed by who sent it, and issued.

    `notes` name what stands on the fax and its copies (`NOTES`). A missing `proof` is a finding
    and may come later; without it the day is the officer's word.

    Raises:
        Refused: `record.not_found`, `case.closed`, `service.not_sent`, `service.answered`,
            `service.receiver_name`, `service.in_future`, `service.before_sending`, `party.dead`,
            `signature.empty`, `paper.incomplete`, `material.incomplete`, `material.too_large`,
            `storage.full`.
    """
    activity = _sent(draft, activity_id)
    sent, mode = activity.facts[SENT], mode_of(activity)
    _check(draft, activity, arrived_at, receiver)
    papers = papers_to_serve(activity.case, [UUID(one) for one in sent["papers"]])
    receipt = _receipt(draft, activity, papers, arrived_at, receiver.strip())
    sign(draft, receipt, Signature.Role.SERVER, strokes)
    issue(draft, receipt)
    if proof is not None:
        title = "传真发送报告" if mode == Service.Mode.BY_FAX else "到达截屏"
        keep(draft, receipt, title, proof, arrived_at, received_from=draft.actor.name)
    facts: dict[str, Any] = {"consent_kept": True, "arrival_shown": proof is not None}
    if mode == Service.Mode.BY_FAX:
        facts |= {name: name in notes for name in NOTES}
    activity.facts = {**activity.facts, SENT: {**sent, "receipt": str(receipt.id)}}
    activity.save(update_fields=["facts"])
    draft.about(receipt)
    draft.note(arrived_at=arrived_at)
    follow_service(activity.case, papers)
    return [_service(receipt, activity, paper, arrived_at, facts) for paper in papers]


def _sent(draft: Draft, activity_id: UUID) -> Activity:
    """An activity in which something was sent and has no answer yet, its case open and locked."""
    case_id = Activity.objects.filter(id=activity_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = open_case(draft, case_id)
    activity = Activity.objects.select_for_update().get(id=activity_id)
    activity.case = case
    draft.about(activity)
    if SENT not in activity.facts:
        raise Refused("service.not_sent")
    if FAILED in activity.facts or "receipt" in activity.facts[SENT]:
        raise Refused("service.answered")
    return activity


def _check(draft: Draft, activity: Activity, arrived_at: dt.datetime, receiver: str) -> None:
    if not receiver.strip():
        raise Refused("service.receiver_name")
    if arrived_at > draft.at:
        raise Refused("service.in_future")
    if arrived_at < clock.parse_iso(activity.facts[SENT]["at"]) - _MINUTE:
        raise Refused("service.before_sending")
    sent = [UUID(one) for one in activity.facts[SENT]["papers"]]
    died_on = addressee_of(activity.case, papers_to_serve(activity.case, sent)).died_on
    if died_on is not None and clock.local_date(arrived_at) >= died_on:
        refuse_dead(activity.case)


def _receipt(
    draft: Draft,
    activity: Activity,
    papers: Sequence[Paper],
    arrived_at: dt.datetime,
    receiver: str,
) -> Paper:
    sent = activity.facts[SENT]
    given = {
        "recipient": addressee_of(activity.case, papers).name,
        "papers": [line_of(paper) for paper in papers],
        "mode": mode_of(activity),
        "destination": sent["address"],
        "receiver": receiver,
        "sent_at": sent["at"],
        "received_at": clock.iso(arrived_at),
        "consent": _consent_words(activity.case, UUID(sent["consent"])),
    }
    return draw_up(draft, activity.case, RECEIPT, activity=activity, given=given)


def _consent_words(case: Case, consent_id: UUID) -> str:
    consent = case.papers.get(id=consent_id)
    day = chinese_date(dt.date.fromisoformat(consent.data["confirmed_on"]))
    return f"受送达人于{day}签署《电子送达确认书》，确认上述地址。"


def _service(
    receipt: Paper,
    activity: Activity,
    paper: Paper,
    arrived_at: dt.datetime,
    facts: Mapping[str, Any],
) -> Service:
    return Service.objects.create(
        paper=paper,
        party=addressee_of(receipt.case, [paper]),
        activity=activity,
        mode=mode_of(activity),
        place=receipt.data["destination"],
        recipient=receipt.data["receiver"],
        received_at=arrived_at,
        receipt=receipt,
        facts=dict(facts),
        served_at=clock.parse_iso(activity.facts[SENT]["at"]),
    )
