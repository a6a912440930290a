"""What ends a licence: withdrawn for the public interest, revoked, cancelled; or it stands.

Each is a case of its own, begun by the authority (procedure `ENDING`); its notice, approval,
service and closing are everybody's. Licensing Law 8, 69, 70.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.licences import locked_licence
from liuhen.actions.licensing import (
    CANCELLATION,
    ENDED,
    KEPT,
    REVOCATION,
    WITHDRAWAL,
    licence_case,
)
from liuhen.actions.licensing_order import STANDS
from liuhen.actions.opening import open_directly, take_over_party
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.paper_order import orders_of, refuse_out_of_order
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.documents.licences import GROUNDS, is_over, unit_licences, words_of
from liuhen.documents.models import Licence, LicenceChange, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="licence.end", event="licence.ending_opened")
def open_ending(
    draft: Draft,
    *,
    actor: Person,
    licence_id: UUID,
    purpose: str,
    ground: str,
    officers: Sequence[Person],
) -> Case:
    """Open the case in which a licence of the unit is to be withdrawn, revoked or cancelled.

    `purpose` and `ground` are keys of `documents.licences.GROUNDS`.

    Raises:
        Refused: `record.not_found`, `licence.ground`, `licence.ended`, `licence.not_over`,
            `licence.ending`, and what `opening.open_directly` refuses.
    """
    licence = unit_licences(actor).filter(id=licence_id).first()
    if licence is None:
        raise Refused("record.not_found")
    if ground not in GROUNDS.get(purpose, {}):
        raise Refused("licence.ground")
    _refuse_unfit(licence, purpose, ground, draft)
    case = open_directly(
        draft,
        kind=Case.Kind.LICENSING,
        procedure=Case.Procedure.ENDING,
        cause=f"{words_of(purpose)}：{licence.matter}",
        place=licence.case.place or "机关办公场所",
        officers=officers,
        party=None,
    )
    take_over_party(case, licence.case)
    case.circumstances = {"is_notice_required": purpose != "cancel", "has_internal_approval": False}
    case.facts = {"licence": _told(licence, purpose, ground)}
    case.save(update_fields=["circumstances", "facts"])
    draft.note(licence=licence.number, purpose=purpose, ground=ground)
    return case


def _told(licence: Licence, purpose: str, ground: str) -> dict[str, Any]:
    """What the case knows of the licence when it begins."""
    return {
        "purpose": purpose,
        "about": str(licence.id),
        "licence_number": licence.number,
        "matter": licence.matter,
        "content": licence.content,
        "ground": ground,
        "ground_words": GROUNDS[purpose][ground],
        "materials": [],
    }


def _refuse_unfit(licence: Licence, purpose: str, ground: str, draft: Draft) -> None:
    """A licence is withdrawn or revoked while it stands, and cancelled once."""
    stands = licence.state == Licence.State.IN_FORCE
    has_ended = licence.state == Licence.State.CANCELLED or not (stands or purpose == "cancel")
    if has_ended:
        raise Refused("licence.ended", number=licence.number, state=licence.get_state_display())
    if ground == "expired" and not is_over(licence, clock.local_date(draft.at)):
        raise Refused("licence.not_over", number=licence.number)
    if ground == "ended" and stands:
        raise Refused("licence.not_over", number=licence.number)
    under_way = Case.objects.filter(
        kind=Case.Kind.LICENSING,
        procedure=Case.Procedure.ENDING,
        closed_at=None,
        facts__licence__about=str(licence.id),
    )
    if under_way.exists():
        raise Refused("licence.ending", number=licence.number)


@act(permission="licence.review", event="licence.ending_proposed")
def propose_ending(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    facts: str,
    reasons: str,
    basis: str,
    content: str,
    terms: str,
    compensation: str = "",
    is_major: bool = False,
    is_complex: bool = False,
    has_expert_argument: bool = False,
) -> Case:
    """Record what was found and the decision proposed; written again, it replaces.

    Who loses a licence is told what is paid for it, or that nothing is and why (8, 69).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.purpose`, `licence.decided`,
            `licence.proposal`, `licence.compensation`, `approval.pending`.
    """
    case, known = _undecided(draft, case_id)
    texts = {"found": facts, "reasons": reasons, "basis": basis, "decided": content, "terms": terms}
    if not all(text.strip() for text in texts.values()):
        raise Refused("licence.proposal")
    if known["purpose"] != "cancel" and not compensation.strip():
        raise Refused("licence.compensation")
    told = {key: text.strip() for key, text in texts.items()}
    told["compensation"] = compensation.strip()
    judged = {"is_major": is_major, "is_complex": is_complex}
    judged["has_expert_argument"] = has_expert_argument
    return _conclude(draft, case, told, judged, ends=True)


@act(permission="licence.review", event="licence.standing_proposed")
def propose_standing(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    facts: str,
    reasons: str,
    basis: str,
    terms: str,
    is_major: bool = False,
    is_complex: bool = False,
    has_expert_argument: bool = False,
) -> Case:
    """Record what was found and that the licence is to stand; it takes nothing from anybody.

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.purpose`, `licence.decided`,
            `licence.proposal`, `approval.pending`.
    """
    case, known = _undecided(draft, case_id)
    texts = {"found": facts, "reasons": reasons, "basis": basis, "terms": terms}
    if not all(text.strip() for text in texts.values()):
        raise Refused("licence.proposal")
    told = {key: text.strip() for key, text in texts.items()}
    told |= {"decided": f"不予{words_of(known['purpose'])}，{STANDS}。", "compensation": ""}
    judged = {"is_major": is_major, "is_complex": is_complex}
    judged["has_expert_argument"] = has_expert_argument
    return _conclude(draft, case, told, judged, ends=False)


def _undecided(draft: Draft, case_id: UUID) -> tuple[Case, Mapping[str, Any]]:
    case, known = _ending(draft, case_id)
    if is_issued(case, *ENDED, CANCELLATION, KEPT):
        raise Refused("licence.decided")
    return case, known


def _conclude(
    draft: Draft,
    case: Case,
    told: Mapping[str, str],
    judged: Mapping[str, bool],
    *,
    ends: bool,
) -> Case:
    """Keep the conclusion; one that turns the other way starts its papers anew."""
    known = case.facts["licence"]
    if known.get("is_granted") not in (None, ends):
        _turn(case)
    case.facts = {**case.facts, "licence": {**known, **told, "is_granted": ends}}
    # Who loses by it is told before (Art. 15); a licence that stands takes nothing away.
    is_against = ends and known["purpose"] != "cancel"
    case.circumstances = {**case.circumstances, **judged, "is_notice_required": is_against}
    case.save(update_fields=["facts", "circumstances"])
    draft.note(purpose=known["purpose"])
    return case


def _turn(case: Case) -> None:
    """Drafts of the other conclusion are void; what was approved for it serves this one no more."""
    if Approval.objects.filter(case_id=case.id, kind="decision", outcome="").exists():
        raise Refused("approval.pending")
    types = ("other_decision_approval", "other_prior_notice")
    for old in case.papers.filter(type__in=types, state=Paper.State.DRAFT):
        old.state, old.void_reason = Paper.State.VOID, "审查结论改变"
        old.save(update_fields=["state", "void_reason"])


@act(permission="licence.end", event="licence.withdrawn")
def withdraw_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Decide that a lawful licence is taken back for the public interest (Licensing Law 8).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.purpose`, `licence.ended`,
            `paper.too_early`, `party.dead`, `law.forbids`, `paper.incomplete`, `storage.full`.
    """
    return _end(draft, case_id, "withdraw", WITHDRAWAL, LicenceChange.Kind.WITHDRAWN)


@act(permission="licence.end", event="licence.revoked")
def revoke_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Decide that a licence that should not have been granted is revoked (Licensing Law 69).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.purpose`, `licence.ended`,
            `paper.too_early`, `party.dead`, `law.forbids`, `paper.incomplete`, `storage.full`.
    """
    return _end(draft, case_id, "revoke", REVOCATION, LicenceChange.Kind.REVOKED)


@act(permission="licence.end", event="licence.cancelled")
def cancel_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Strike off the register a licence that is over, withdrawn or revoked (Licensing Law 70).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.ended`, `paper.too_early`,
            `paper.incomplete`, `storage.full`.
    """
    return _end(draft, case_id, "", CANCELLATION, LicenceChange.Kind.CANCELLED)


@act(permission="licence.end", event="licence.kept")
def keep_licence(draft: Draft, *, actor: Person, case_id: UUID) -> Licence:
    """Decide that the licence stands: it is neither withdrawn nor revoked nor cancelled.

    The decision is served on its holder; with that the case can be closed (Licensing Law 8).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.purpose`, `licence.decided`,
            `licence.ended`, `paper.too_early`, `party.dead`, `law.forbids`, `paper.incomplete`,
            `storage.full`.
    """
    case, known = _undecided(draft, case_id)
    licence = locked_licence(UUID(known["about"]))
    if licence.state != Licence.State.IN_FORCE:
        raise Refused("licence.ended", number=licence.number, state=licence.get_state_display())
    return _decide(draft, case, licence, KEPT, LicenceChange.Kind.KEPT)


def _ending(draft: Draft, case_id: UUID) -> tuple[Case, Mapping[str, Any]]:
    case = licence_case(draft, case_id)
    if case.procedure != Case.Procedure.ENDING:
        raise Refused("licence.purpose")
    return case, case.facts["licence"]


def _end(
    draft: Draft, case_id: UUID, purpose: str, type_key: str, kind: LicenceChange.Kind
) -> Licence:
    """Issue the decision and let the licence stand as it says."""
    case, known = _ending(draft, case_id)
    if purpose and known["purpose"] != purpose:
        raise Refused("licence.purpose")
    licence = locked_licence(UUID(known["about"]))
    ended = Licence.State.CANCELLED if not purpose else licence.state
    if licence.state == ended != Licence.State.IN_FORCE:
        raise Refused("licence.ended", number=licence.number, state=licence.get_state_display())
    licence.state, licence.prolonging = Licence.State(kind.value), None
    _decide(draft, case, licence, type_key, kind)
    licence.save(update_fields=["state", "prolonging"])
    return licence


def _decide(
    draft: Draft, case: Case, licence: Licence, type_key: str, kind: LicenceChange.Kind
) -> Licence:
    """Issue the decision and enter it in the course of the licence."""
    known = case.facts["licence"]
    refuse_out_of_order(case, type_key)
    paper = draw_up(draft, case, type_key)
    order = orders_of(case)[type_key]
    if order.gate:
        draft.gate(order.gate, case)
    issue(draft, paper)
    advance(case, order.stage)
    LicenceChange.objects.create(
        licence=licence,
        case=case,
        kind=kind,
        ground=known["ground"],
        reason=known["reasons"],
        paper=paper,
        made_by=draft.actor,
        made_at=draft.at,
    )
    draft.about(licence)
    draft.note(licence=licence.number, ground=known["ground"])
    return licence
