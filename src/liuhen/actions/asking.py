"""Inner steps of approval: asking along a route, who may answer, what papers print of it.

Not acts by themselves; the acts are in `actions.approvals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from liuhen.actions.act import Draft
from liuhen.actions.drawing_up import sign
from liuhen.approvals.models import Approval
from liuhen.approvals.route_versions import routes_on
from liuhen.approvals.routes import route_for
from liuhen.cases.models import Case
from liuhen.cases.queries import UNIT_CASES
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import offices_held

# Where a paper prints what an office of its route said.
OPINION_FIELDS: Mapping[str, str] = {
    Office.Kind.UNIT_HEAD: "unit_opinion",
    Office.Kind.DEPARTMENT_HEAD: "department_opinion",
    Office.Kind.LEGAL_REVIEWER: "legal_opinion",
    Office.Kind.AUTHORITY_HEAD: "head_opinion",
    Office.Kind.COMMISSION_LEADER: "leader_opinion",
}


def ask(
    draft: Draft,
    case: Case,
    *,
    kind: str,
    subject: models.Model,
    opinion: str,
    circumstances: Mapping[str, Any] | None = None,
) -> Approval:
    """Ask the first office of the route in force today; the others follow as it is approved.

    `circumstances` choose among routes: by default those stated about the case.

    Raises:
        Refused: `approval.pending` while the same question is open, `approval.no_route`.
    """
    if open_request(subject) is not None:
        raise Refused("approval.pending")
    today = clock.local_date(draft.at)
    route = route_for(
        kind,
        case_kind=case.kind,
        procedure=case.procedure,
        circumstances=case.circumstances if circumstances is None else circumstances,
        on=today,
        amount_fen=(case.facts.get("penalty") or {}).get("amount_fen"),
        table=routes_on(today),
    )
    return Approval.objects.create(
        kind=kind,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        case_id=case.id,
        office=route.offices[0],
        asked_by=draft.actor,
        asked_at=draft.at,
        opinion_asked=opinion,
        request_id=new_id(),
        route=list(route.offices),
    )


def open_request(subject: models.Model) -> Approval | None:
    """The question about a subject that nobody has answered yet."""
    return Approval.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=subject.pk, outcome=""
    ).first()


def ask_next(draft: Draft, approval: Approval) -> Approval | None:
    """Ask the office after this one on the route; None when it was the last."""
    if approval.step >= len(approval.route):
        return None
    return Approval.objects.create(
        kind=approval.kind,
        subject_kind=approval.subject_kind,
        subject_id=approval.subject_id,
        case_id=approval.case_id,
        office=approval.route[approval.step],
        asked_by=approval.asked_by,
        asked_at=draft.at,
        opinion_asked=approval.opinion_asked,
        request_id=approval.request_id,
        route=approval.route,
        step=approval.step + 1,
    )


def locked_request(draft: Draft, approval_id: UUID) -> tuple[Approval, Case]:
    """Lock the case and an approval of it that is still open.

    Raises:
        Refused: `record.not_found`, `approval.decided`.
    """
    case_id = Approval.objects.filter(id=approval_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = draft.lock_case(case_id)
    approval = Approval.objects.select_for_update(of=("self",)).get(id=approval_id)
    draft.about(approval)
    if approval.outcome:
        raise Refused("approval.decided")
    return approval, case


def locked_approval(draft: Draft, approval_id: UUID) -> tuple[Approval, Case]:
    """Lock the case and an open approval the actor may answer; notes under which office.

    Raises:
        Refused: `record.not_found`, `approval.decided`, `approval.own`, `approval.office`.
    """
    approval, case = locked_request(draft, approval_id)
    if is_own(draft.actor, approval, case):
        raise Refused("approval.own")
    held = offices_held(draft.actor).filter(kind=approval.office)
    if approval.office in UNIT_CASES:
        held = held.filter(unit=case.unit)
    # An office of one's own goes before one held in somebody's place; whose own it is, for that
    # one nobody answers.
    offices = held.order_by(models.F("deputy_for").asc(nulls_first=True), "since")
    rows = list(offices.select_related("deputy_for__person"))
    if not rows:
        raise Refused("approval.office", office=Office.Kind(approval.office).label)
    others = [one for one in rows if not _is_owners(one, approval, case)]
    if not others:
        raise Refused("approval.own")
    approval.answered_as = others[0]
    return approval, case


def _is_owners(office: Office, approval: Approval, case: Case) -> bool:
    """Whether an office is held in the place of somebody whose own the request is."""
    return office.deputy_for is not None and is_own(office.deputy_for.person, approval, case)


def is_own(person: Person, approval: Approval, case: Case) -> bool:
    """Whether the person asked, handles the case or has carried it (nobody answers their own)."""
    return (
        person.id in (approval.asked_by_id, case.handler_id)
        or case.officers.filter(person=person).exists()
    )


def opinion(text: str, draft: Draft) -> dict[str, str]:
    """What the actor thinks, as papers print it: text, name, day."""
    return {
        "text": text,
        "name": draft.actor.name,
        "signed_on": clock.local_date(draft.at).isoformat(),
    }


def opinion_of(draft: Draft, approval: Approval) -> dict[str, str]:
    """An answer as papers print it; a deputy's name says in whose office they acted."""
    said = opinion(approval.opinion, draft)
    office = approval.answered_as
    if office is not None and office.deputy_for is not None:
        said["name"] += (
            f"（代行{office.deputy_for.person.name}{Office.Kind(office.kind).label}职务）"
        )
    return said


def put_opinion(draft: Draft, approval: Approval, case: Case, strokes: Sequence[Any]) -> None:
    """Write an answer onto the paper it is about, with the ink given under it.

    The head's answer is an opinion and a signature (Art. 24); the others may sign.

    Raises:
        Refused: `signature.empty` for strokes that draw nothing, `approval.unsigned`.
    """
    if approval.subject_kind != Paper._meta.label_lower:
        return
    paper = Paper.objects.select_for_update(of=("self",)).get(id=approval.subject_id, case=case)
    # The office the route meant: who answers in its place signs in its place.
    kind = paper.document_type
    field = kind.by_key.get(OPINION_FIELDS.get(_meant(approval), ""))
    if field is None:
        if _meant(approval) == Office.Kind.AUTHORITY_HEAD and kind.is_signed_by(
            Signature.Role.HEAD
        ):
            _sign_as_head(draft, paper, strokes)
        return
    if field.role == Signature.Role.HEAD and not strokes:
        raise Refused("approval.unsigned")
    paper.data[field.key] = opinion_of(draft, approval)
    paper.save(update_fields=["data"])
    if strokes:
        sign(draft, paper, field.role, strokes)


def _sign_as_head(draft: Draft, paper: Paper, strokes: Sequence[Any]) -> None:
    """A paper that goes out under the head's own signature gets it with the answer."""
    if not strokes:
        raise Refused("approval.unsigned")
    sign(draft, paper, Signature.Role.HEAD, strokes)


def _meant(approval: Approval) -> str:
    route: list[str] = approval.route
    return route[approval.step - 1] if approval.step <= len(route) else approval.office
