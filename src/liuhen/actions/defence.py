"""What a party puts forward: letters kept as received, the review of the defence confirmed.

Spoken statements and waivers are papers of their activity (`actions.paper_drafts`). Art. 15;
Penalty Law 44, 45.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import issue
from liuhen.actions.hearing import refuse_begun
from liuhen.actions.hearing_kinds import standing_request
from liuhen.actions.materials import keep_material
from liuhen.actions.paper_order import follow_issue, needs_unmet
from liuhen.actions.parties import open_case
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.documents.coercion_facts import talk_record
from liuhen.documents.models import Material, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

_DEFENCE = frozenset({Material.Kind.STATEMENT, Material.Kind.HEARING_REQUEST})
# What others send in answer to a paper of ours.
ANSWERS: Mapping[str, str] = {
    Material.Kind.COURT_RULING: "enforcement_application",
    Material.Kind.TESTING_OPINION: "testing_entrustment",
}
# What may be handed in; proofs of service and replies to a transfer are kept by their own acts.
_BY_THEIR_ACTS = (Material.Kind.SERVICE_PROOF, Material.Kind.TRANSFER_REPLY)
HANDED_IN = tuple(one for one in Material.Kind if one not in _BY_THEIR_ACTS)


@act(permission="material.receive", event="material.received")
def receive_material(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    kind: str,
    name: str,
    content: bytes,
    received_from: str,
    summary: str = "",
    received_at: dt.datetime | None = None,
    subject_id: UUID | None = None,
) -> Material:
    """Keep what a party or another body handed in, byte for byte (Art. 15).

    A letter of defence or a request for a hearing answers the notice, which must be served; a
    withdrawal answers a request, before the hearing is opened. A court's ruling and a tester's
    opinion name the paper of ours they answer as `subject_id`.

    Raises:
        Refused: `record.not_found`, `case.closed`, `material.incomplete`, `material.too_large`,
            `material.in_future`, `material.subject`, `paper.too_early`, `hearing.not_asked`,
            `hearing.begun`, `storage.full`.
    """
    case = open_case(draft, case_id)
    received = received_at or draft.at
    if kind not in HANDED_IN or not (name.strip() and received_from.strip()):
        raise Refused("material.incomplete")
    if received > draft.at:
        raise Refused("material.in_future")
    _check_time(case, kind, subject_id)
    party = case.parties.filter(name=received_from.strip()).first()
    material = keep_material(
        draft,
        case,
        kind,
        name=name.strip(),
        content=content,
        received_from=received_from.strip(),
        received_at=received,
        party=party or case.parties.filter(role="party").first(),
        summary=summary.strip(),
        subject_id=subject_id if kind in ANSWERS else None,
    )
    draft.about(material)
    draft.note(kind=kind)
    if kind in _DEFENCE and case.kind != Case.Kind.LICENSING:  # a licence has no such stage
        advance(case, "defence")
    return material


def _check_time(case: Case, kind: str, subject_id: UUID | None) -> None:
    """A defence comes after the notice, a withdrawal after the request and before the hearing,
    what a court or a tester sends after the paper of ours that it answers."""
    _check_answered(case, kind, subject_id)
    if kind in _DEFENCE:
        _after_notice(case)
    if kind == Material.Kind.HEARING_WITHDRAWAL:
        standing_request(case)
        refuse_begun(case)


def _check_answered(case: Case, kind: str, subject_id: UUID | None) -> None:
    """What a court or a tester sends answers an issued paper of ours."""
    asked = ANSWERS.get(kind)
    if asked is None:
        return
    known = case.papers.filter(type=asked, state=Paper.State.ISSUED)
    if subject_id not in known.values_list("id", flat=True):
        raise Refused("material.subject", title=document_type(asked).title)


def _after_notice(case: Case) -> None:
    for need in needs_unmet(case, talk_record(case)):
        raise Refused("paper.too_early", missing=f"{need.label}（{need.article}）")


def confirm_review(draft: Draft, case: Case, approval: Approval) -> None:
    """The unit's head agrees with the review of the defence: it is issued."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    paper.data.setdefault("reviewed_on", clock.local_date(draft.at).isoformat())
    issue(draft, paper)
    follow_issue(paper)
