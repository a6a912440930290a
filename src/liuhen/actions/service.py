"""Service with a receipt: in person, or left at the residence (Art. 28, 30; Penalty Law 61).

The receipt is drawn up at the door, signed there, and recorded with what the mode demands. Papers
handed over on the spot in a simple case are `actions.papers.serve_in_person`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.paper_order import orders_of
from liuhen.actions.paper_subjects import addressee_of
from liuhen.actions.papers import locked_paper
from liuhen.actions.simple_procedure import running_activity
from liuhen.actions.stages import advance
from liuhen.cases.models import Activity, Case, Party
from liuhen.documents.models import Paper, Service, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.models import Person

TYPE = "service_receipt"
# The activity of the recording catalogue in which each mode takes place.
ACTIVITIES: Mapping[str, str] = {
    Service.Mode.IN_PERSON: "service_in_person",
    Service.Mode.LEFT_AT_RESIDENCE: "service_left",
}
RECEIVERS = frozenset({"party", "family", "representative", "receiver", "agent"})
_RECEIPT = "39"  # the receipt's number in the document catalogue
_REPRESENTATIVE = "representative"
_THROUGH_OTHERS = frozenset({"family", "receiver", "agent"})


@act(permission="paper.serve", event="service.begun")
def draw_up_receipt(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    paper_ids: Sequence[UUID],
    received_by: str = "",
    agent_name: str = "",
    agent_relation: str = "",
    refusal_reason: str = "",
    witness: str = "",
) -> Paper:
    """Draw up the receipt at the door; the kind of activity tells the mode.

    In person: who receives (`party`, `family`, `representative`, `receiver`, `agent`) and, when it
    is somebody else, name and relation. Left at the residence: why it was refused, who witnessed.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `service.mode`, `service.no_paper`,
            `paper.not_issued`, `service.receiver`, `service.agent`, `service.representative`,
            `service.refusal_reason`, `service.addressees`, `party.incomplete`, `party.dead`.
    """
    activity = running_activity(draft, activity_id)
    mode = next((m for m, kind in ACTIVITIES.items() if kind == activity.kind), None)
    if mode is None:
        raise Refused("service.mode")
    papers = papers_to_serve(activity.case, paper_ids)
    party = addressee_of(activity.case, papers)
    now = clock.iso(draft.at)
    given: dict[str, Any] = {
        "recipient": party.name,
        "mode": str(mode),
        "papers": [line_of(paper) for paper in papers],
        "place": activity.place,
        "served_at": now,
    }
    if mode == Service.Mode.IN_PERSON:
        given |= _receiver(party, received_by, agent_name.strip(), agent_relation.strip())
        given["received_at"] = now
    elif refusal_reason.strip():
        given |= {"refusal_reason": refusal_reason.strip(), "witness": witness.strip() or None}
    else:
        raise Refused("service.refusal_reason")
    receipt = draw_up(draft, activity.case, TYPE, activity=activity, given=given)
    activity.facts = {**activity.facts, "papers": {str(receipt.id): [str(p.id) for p in papers]}}
    activity.save(update_fields=["facts"])
    draft.about(receipt)
    return receipt


def papers_to_serve(case: Case, paper_ids: Sequence[UUID]) -> list[Paper]:
    """Issued papers of a case. Raises `Refused`: `service.no_paper`, `paper.not_issued`."""
    papers = list(case.papers.filter(id__in=paper_ids).order_by("issued_at"))
    if not papers or len(papers) != len(set(paper_ids)):
        raise Refused("service.no_paper")
    if any(paper.state != Paper.State.ISSUED for paper in papers):
        raise Refused("paper.not_issued")
    return papers


def line_of(paper: Paper) -> dict[str, Any]:
    """A paper as receipts and registers list it."""
    return {"title": paper.document_type.title, "number": paper.number or "无", "copies": 1}


def _receiver(party: Party, received_by: str, name: str, relation: str) -> dict[str, str]:
    """Who receives: nobody who is dead, and somebody else only with name and relation."""
    if received_by not in RECEIVERS:
        raise Refused("service.receiver")
    if party.died_on is not None:
        raise Refused("party.dead", name=party.name, day=party.died_on.isoformat())
    if received_by == _REPRESENTATIVE and not (name or party.representative):
        raise Refused("service.representative")
    if received_by not in _THROUGH_OTHERS:
        return {"received_by": received_by} | ({"agent_name": name} if name else {})
    if not (name and relation):
        raise Refused("service.agent")
    return {"received_by": received_by, "agent_name": name, "agent_relation": relation}


@act(permission="paper.serve", event="service.recorded")
def record_service(
    draft: Draft, *, actor: Person, receipt_id: UUID, served_at: dt.datetime | None = None
) -> list[Service]:
    """Record a service by its signed receipt, which is issued; one row for each paper served.

    A recipient who refused to sign has not been served in person: the paper is left at the
    residence instead. A missing witness is a finding and does not undo the service.

    Raises:
        Refused: `record.not_found`, `paper.not_draft`, `paper.unsigned`, `paper.incomplete`,
            `service.refused`, `service.before_issue`, `service.in_future`.
    """
    receipt = locked_paper(draft, receipt_id)
    if receipt.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=receipt.number)
    activity = receipt.activity
    if receipt.type != TYPE or activity is None:
        raise Refused("service.mode")
    mode = receipt.data["mode"]
    if mode == Service.Mode.IN_PERSON and not _has_signed(receipt):
        raise Refused("service.refused")
    served = served_at or clock.parse_iso(receipt.data["served_at"])
    if served > draft.at:
        raise Refused("service.in_future")
    papers = papers_to_serve(
        receipt.case, [UUID(each) for each in activity.facts["papers"][str(receipt.id)]]
    )
    if any(paper.issued_at is not None and served < paper.issued_at for paper in papers):
        raise Refused("service.before_issue")
    receipt.data["served_at"] = clock.iso(served)
    if "received_at" in receipt.data:
        receipt.data["received_at"] = clock.iso(served)
    issue(draft, receipt)
    follow_service(receipt.case, papers)
    return [_service(draft, receipt, activity, paper, served) for paper in papers]


def _has_signed(receipt: Paper) -> bool:
    return receipt.signatures.filter(role=Signature.Role.RECIPIENT, is_refused=False).exists()


def follow_service(case: Case, papers: Sequence[Paper]) -> None:
    """What serving papers brings about: the decision's service is a stage of the course."""
    if any(_decides(case, paper) for paper in papers):
        advance(case, _stage_of_service(case))


def _stage_of_service(case: Case) -> str:
    """The stage in which the course serves its decision."""
    course = courses()[CaseKind(case.kind), Procedure(case.procedure)]
    stage = course.stage_of_paper(_RECEIPT)
    return stage.key if stage is not None else case.stage


def _decides(case: Case, paper: Paper) -> bool:
    """Whether the paper is the decision whose service is a stage of the course."""
    order = orders_of(case).get(paper.type)
    return order is not None and order.stage == "decision"


def _service(
    draft: Draft, receipt: Paper, activity: Activity, paper: Paper, served: dt.datetime
) -> Service:
    party = addressee_of(receipt.case, [paper])
    data = receipt.data
    is_left = data["mode"] == Service.Mode.LEFT_AT_RESIDENCE
    facts: dict[str, Any] = {}
    if is_left:
        facts = {
            "address_noted": receipt.data["place"],
            "refusal_reason_noted": data["refusal_reason"],
            "date_noted": clock.iso(served),
            "paper_left": True,
            "witness": data.get("witness", ""),
        }
    return Service.objects.create(
        paper=paper,
        party=party,
        activity=activity,
        mode=data["mode"],
        place=data["place"],
        recipient=data.get("agent_name") or party.name,
        received_at=served,
        is_date_noted=None if is_left else _has_signed(receipt),
        receipt=receipt,
        facts=facts,
        served_at=served,
    )
