"""Acts on papers: signing, noting a refusal, issuing, serving. Not for their look (`assembly`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.coercion_handling import refuse_handled
from liuhen.actions.decision import keep_told, refuse_early_decision
from liuhen.actions.drawing_up import issue
from liuhen.actions.enforcing import note_reminder
from liuhen.actions.evidence_spans import refuse_span_outside
from liuhen.actions.licence_answers import begin_decision_clock, refuse_late_supplement
from liuhen.actions.licence_holders import (
    refuse_backdated_grant,
    refuse_late_refusal,
    settle_refusal,
)
from liuhen.actions.paper_order import follow_issue, orders_of, refuse_out_of_order
from liuhen.actions.stages import advance
from liuhen.assembly.document_types import Signer
from liuhen.assembly.signing import stroke_drawing
from liuhen.cases.models import Activity, Party
from liuhen.documents.models import Paper, Service, Signature
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.vault.keeping import keep_bytes

# Issued by the last answer of their route, by the act that knows more than their fields.
BY_APPROVAL = frozenset(
    {
        *("initiation_approval", "decision_approval", "defence_review", "closing_report"),
        *("simple_case_filing", "lead_register", "legality_review_opinion", "service_receipt"),
        *("extension_consent", "instalment_approval", "instalment_notice"),
        *("inspection_approval", "random_draw_minutes", "general_closing_report"),
        *("other_decision_approval", "licence_application", "licence_prolongation_notice"),
        *("coercion_approval", "seizure_prolongation", "seizure_handling"),
        *("levy_objection_decision", "enforcement_agreement", "enforcement_application"),
        *("impossibility_statement",),
        *("preservation_approval", "recording_exemption", "lead_refusal_approval"),
    }
)


def locked_paper(draft: Draft, paper_id: UUID) -> Paper:
    """Lock the case of a paper, then the paper. Raises `Refused("record.not_found")`."""
    case_id = Paper.objects.filter(id=paper_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = draft.lock_case(case_id)
    paper = Paper.objects.select_for_update().get(id=paper_id)
    paper.case = case
    draft.about(paper)
    return paper


def _open_for_signing(draft: Draft, paper_id: UUID, role: str) -> Paper:
    paper = locked_paper(draft, paper_id)
    if paper.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=paper.number)
    if role not in {signer.role for signer in paper.document_type.signers}:
        raise Refused("signature.role", title=paper.document_type.title)
    return paper


@act(permission="paper.sign", event="paper.signed")
def sign_paper(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    role: str,
    name: str,
    strokes: Sequence[Any] = (),
    person: Person | None = None,
    page: int | None = None,
    scan: bytes | None = None,
) -> Signature:
    """Put a signature under a draft, or at the foot of one `page`. Strokes: [[[x, y, ms], …], …].

    `scan` is a picture of a signature made by hand, in the place of strokes; kept as received.

    Raises:
        Refused: `signature.empty`, `signature.unreadable`, `signature.role`, `signature.page`,
            `signature.twice`, `paper.not_draft`, `storage.full`.
    """
    paper = _open_for_signing(draft, paper_id, role)
    if not name.strip() or (scan is None and stroke_drawing(strokes) is None):
        raise Refused("signature.empty")
    if page is not None and not (_signer(paper, role).per_page and page > 0):
        raise Refused("signature.page", title=paper.document_type.title)
    given = paper.signatures.filter(role=role, name=name.strip(), page=page, is_refused=False)
    if given.exists():
        raise Refused("signature.twice", name=name)
    kept = None
    if scan is not None:
        title = paper.document_type.title
        kept = keep_bytes(scan, name=f"{title}签名扫描件", by=draft.actor.id, at=draft.at)
        draft.note(scan=kept.sha256)
    draft.note(role=role, page=page)
    return Signature.objects.create(
        paper=paper,
        role=role,
        person=person,
        name=name.strip(),
        page=page,
        strokes=[] if kept else list(strokes),
        scan=kept,
        signed_at=draft.at,
    )


def _signer(paper: Paper, role: str) -> Signer:
    return next(one for one in paper.document_type.signers if one.role == role)


@act(permission="paper.sign", event="signature.refused")
def note_refusal(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    role: str,
    name: str,
    reason: str,
    refused_at: dt.datetime | None = None,
) -> Signature:
    """Note on the spot that someone refuses to sign, why and at which moment (Art. 12, 16).

    The moment ties the refusal to the recording that shows it; without it, it is now.

    Raises:
        Refused: `refusal.reason`, `refusal.not_allowed`, `refusal.moment`, `signature.empty`,
            `paper.not_draft`.
    """
    paper = _open_for_signing(draft, paper_id, role)
    if not reason.strip():
        raise Refused("refusal.reason")
    if not name.strip():
        raise Refused("signature.empty")
    signer = _signer(paper, role)
    if not signer.may_refuse:
        raise Refused("refusal.not_allowed", signer=signer.label)
    moment = refused_at or draft.at
    begun = paper.activity.started_at if paper.activity else paper.drawn_up_at
    if not min(begun, paper.drawn_up_at) <= moment <= draft.at:
        raise Refused("refusal.moment")
    draft.note(role=role, refused_at=moment)
    return Signature.objects.create(
        paper=paper,
        role=role,
        name=name.strip(),
        is_refused=True,
        reason=reason.strip(),
        noted_by=draft.actor,
        signed_at=moment,
    )


@act(permission="paper.issue", event="paper.issued")
def issue_paper(draft: Draft, *, actor: Person, paper_id: UUID) -> Paper:
    """Issue a draft: number it, freeze it, keep its PDF in the vault.

    Raises:
        Refused: `paper.not_draft`, `paper.incomplete`, `paper.unsigned`, `law.forbids`; of a
            course `paper.too_early`, `paper.other_kind`, `paper.needs_approval`, `party.dead`,
            `decision.hearing_period`, `decision.heavier`, `application.deemed_accepted`,
            `licence.deemed_prolonged`, `licence.backdated`, `coercion.not_listed`,
            `coercion.handled`; of a statement `evidence.not_in_case`, `evidence.outside`.
    """
    paper = locked_paper(draft, paper_id)
    if paper.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=paper.number)
    if paper.type in BY_APPROVAL or paper.document_type.approval:
        raise Refused("paper.needs_approval", title=paper.document_type.title)
    refuse_out_of_order(paper.case, paper.type)
    if paper.type == "simple_decision":
        draft.gate("issue_decision", paper.case)
    if paper.type == "penalty_decision":
        refuse_early_decision(draft, paper, "issue_decision")
    order = orders_of(paper.case).get(paper.type)
    if order is not None and order.gate:
        draft.gate(order.gate, paper.case)
    if paper.type == "seizure_lifting":
        refuse_handled(paper)
    if paper.type == "supplement_notice":
        refuse_late_supplement(paper, draft.at)
    if paper.type == "evidence_statement":
        refuse_span_outside(paper)
    refuse_late_refusal(paper, draft.at)
    refuse_backdated_grant(paper, draft.at)
    issue(draft, paper)
    if paper.type in ("prior_notice", "hearing_right_notice"):
        keep_told(paper.case)
    if paper.type == "acceptance_notice":
        begin_decision_clock(draft, paper)
    note_reminder(draft, paper)
    settle_refusal(paper)
    follow_issue(paper)
    return paper


@act(permission="paper.serve", event="paper.served")
def serve_in_person(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    recipient: str,
    place: str,
    received_at: dt.datetime | None = None,
    activity: Activity | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Service:
    """Record that an issued paper was handed to the party in person (Art. 28).

    The date of receipt counts as noted when the party signed and dated the paper itself.

    Raises:
        Refused: `paper.not_issued`, `service.incomplete`, `service.before_issue`.
    """
    paper = locked_paper(draft, paper_id)
    if paper.state != Paper.State.ISSUED or paper.issued_at is None:
        raise Refused("paper.not_issued")
    received = received_at or draft.at
    if not recipient.strip() or not place.strip():
        raise Refused("service.incomplete")
    if received < paper.issued_at:
        raise Refused("service.before_issue")
    if paper.case.is_on_the_spot:
        advance(paper.case, "service")
    signed = paper.signatures.filter(role=Signature.Role.PARTY, is_refused=False).exists()
    return Service.objects.create(
        paper=paper,
        party=paper.case.parties.get(role=Party.Role.PARTY),
        activity=activity or paper.activity,
        mode=Service.Mode.IN_PERSON,
        place=place.strip(),
        recipient=recipient.strip(),
        received_at=received,
        is_date_noted=True if signed else None,
        facts=dict(facts or {}),
        served_at=draft.at,
    )
