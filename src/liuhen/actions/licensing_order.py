"""Which steps of a licence come before which paper or activity. Not acts by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from liuhen.actions.paper_needs import Need, Order, is_issued, issued
from liuhen.cases.models import Case
from liuhen.documents.models import Material, Paper

DECISIONS = (
    *("licence_grant", "licence_refusal"),
    *("licence_withdrawal_decision", "licence_revocation_decision"),
)
APPROVAL = "other_decision_approval"
_ASKED, _GIVEN_UP = Material.Kind.HEARING_REQUEST, Material.Kind.HEARING_WITHDRAWAL
# How a conclusion that a licence is not to end is worded, in its form of approval too.
STANDS = "许可继续有效"
ANSWERS = ("acceptance_notice", "non_acceptance_notice", "no_licence_needed_notice")


def licence_of(case: Case) -> Mapping[str, object]:
    """What is known of the licence applied for."""
    known: Mapping[str, object] = case.facts.get("licence") or {}
    return known


def _is_unanswered(case: Case) -> bool:
    return not is_issued(case, *ANSWERS)


def _is_unsupplemented(case: Case) -> bool:
    return not is_issued(case, "supplement_notice")


def _is_supplemented(case: Case) -> bool:
    return _is_unsupplemented(case) or bool(licence_of(case).get("supplemented_at"))


def is_hearing_settled(case: Case) -> bool:
    """Whether nobody asked for a hearing, or all gave it up, or it was held and reported on."""
    told = case.materials.filter(kind__in=(_ASKED, _GIVEN_UP)).order_by("received_at", "id")
    # What each said last.
    wanted = {party: kind == _ASKED for party, kind in told.values_list("party_id", "kind")}
    return not any(wanted.values()) or is_issued(case, "licence_hearing_report")


_REGISTERED = Need("申请登记", "办法第9条", issued("licence_application"), "case_licensing")
_UNANSWERED = Need("还没有作出受理或者不予受理的答复", "行政许可法第32条", _is_unanswered)
_ONCE = Need("补正只能一次告知", "行政许可法第32条", _is_unsupplemented)
_SUPPLEMENTED = Need("申请人补正的材料", "行政许可法第32条", _is_supplemented, "licence_supplement")
_ACCEPTED = Need(
    "受理通知书",
    "行政许可法第32条",
    # What the authority begins itself nobody has applied for.
    lambda case: case.procedure == Case.Procedure.ENDING or is_issued(case, "acceptance_notice"),
    "case_licensing",
)
_PROPOSED = Need(
    "审查结论和拟作决定",
    "行政许可法第34条",
    lambda case: bool(licence_of(case).get("is_granted") is not None),
    "licence_proposal",
)
_HEARD = Need(
    "申请人、利害关系人要求的听证", "行政许可法第47条", is_hearing_settled, "case_hearing"
)
_RECORDED = Need("听证笔录", "办法第19条", issued("licence_hearing_record"), "case_hearing")
_APPROVED = Need("决定审批表", "办法第22条", issued("other_decision_approval"), "case_licensing")
_GRANTING = Need(
    "准予许可的审查结论",
    "行政许可法第38条",
    lambda case: licence_of(case).get("is_granted") is True,
    "licence_proposal",
)
_REFUSING = Need(
    "不予许可的审查结论",
    "行政许可法第38条",
    lambda case: licence_of(case).get("is_granted") is False,
    "licence_proposal",
)
_DECIDING = (_APPROVED, _HEARD)

ORDERS: Mapping[str, Order] = {
    "licence_application": Order("application"),
    "spot_correction_record": Order("application", (_REGISTERED, _UNANSWERED)),
    "supplement_notice": Order("", (_REGISTERED, _UNANSWERED, _ONCE), is_addressed=True),
    "acceptance_notice": Order(
        "acceptance", (_REGISTERED, _UNANSWERED, _SUPPLEMENTED), is_addressed=True
    ),
    "non_acceptance_notice": Order("acceptance", (_REGISTERED, _UNANSWERED), is_addressed=True),
    "no_licence_needed_notice": Order("acceptance", (_REGISTERED, _UNANSWERED), is_addressed=True),
    "licence_prolongation_notice": Order("", (_ACCEPTED,), is_addressed=True),
    "special_procedure_notice": Order("", (_ACCEPTED,), is_addressed=True),
    "verification_record": Order("review", (_ACCEPTED,)),
    "licence_hearing_right_notice": Order("", (_ACCEPTED,), is_addressed=True),
    "licence_hearing_notice": Order("", (_ACCEPTED,), is_addressed=True),
    "licence_hearing_record": Order("hearing", (_ACCEPTED,)),
    "licence_hearing_report": Order("hearing", (_RECORDED,)),
    "collective_minutes": Order("", (_PROPOSED,)),
    "other_decision_approval": Order(
        "decision_approval",
        (_ACCEPTED, _PROPOSED, _HEARD),
        asks="approve_general_decision",
    ),
    "licence_grant": Order(
        "decision", (_GRANTING, *_DECIDING), is_addressed=True, gate="issue_licence_decision"
    ),
    # Made by the acts that enter, change or prolong a licence (`actions.licences`).
    "licence_certificate": Order("", (_GRANTING,), is_addressed=True),
    "licence_refusal": Order(
        "decision", (_REFUSING, *_DECIDING), is_addressed=True, gate="issue_licence_decision"
    ),
}


def _ended_by(purpose: str) -> Need:
    return Need(
        "这种结论",
        "行政许可法第70条",
        lambda case: licence_of(case).get("purpose") == purpose and _is_ending(case),
        "ending_proposal",
    )


def _is_ending(case: Case) -> bool:
    return licence_of(case).get("is_granted") is True


def is_approved_as_concluded(case: Case) -> bool:
    """Whether the head approved what is concluded now: that the licence ends, or that it stands."""
    forms = case.papers.filter(type=APPROVAL, state=Paper.State.ISSUED)
    form = forms.order_by("-issued_at").first()
    if form is None:
        return False
    is_standing = STANDS in str(form.data.get("content"))
    return is_standing is (licence_of(case).get("is_granted") is False)


_ENDING_APPROVED = Need("决定审批表", "办法第22条", is_approved_as_concluded, "case_course")
_CANCELLING = Need(
    "决定审批表，或者撤回、撤销的决定书",
    "行政许可法第70条",
    lambda case: (
        is_issued(case, *DECISIONS)
        if licence_of(case).get("purpose") != "cancel"
        else is_approved_as_concluded(case) and _is_ending(case)
    ),
    "case_course",
)
_FOUND = Need("查明的事实和拟作决定", "行政许可法第69条", _is_ending, "ending_proposal")
_CONCLUDED = Need(
    "查明的事实和结论",
    "行政许可法第69条",
    lambda case: licence_of(case).get("is_granted") is not None,
    "ending_proposal",
)
_STANDS = Need(
    "许可继续有效的结论",
    "行政许可法第8条",
    lambda case: licence_of(case).get("is_granted") is False,
    "ending_proposal",
)
# What ends a licence: the notice first where somebody loses by it, approval, decision, register.
# One that is found to stand is decided to stand (8: what was lawfully granted is not taken back).
ENDING: Mapping[str, Order] = {
    "other_prior_notice": Order("prior_notice", (_FOUND,), is_addressed=True),
    "statement_record": Order(),
    "collective_minutes": Order("", (_CONCLUDED,)),
    "other_decision_approval": Order(
        "decision_approval", (_CONCLUDED,), asks="approve_general_decision"
    ),
    "licence_withdrawal_decision": Order(
        "decision",
        (_ended_by("withdraw"), _ENDING_APPROVED),
        is_addressed=True,
        gate="issue_licence_decision",
    ),
    "licence_revocation_decision": Order(
        "decision",
        (_ended_by("revoke"), _ENDING_APPROVED),
        is_addressed=True,
        gate="issue_licence_decision",
    ),
    "licence_cancellation_decision": Order("decision", (_CANCELLING,)),
    "licence_standing_decision": Order(
        "decision", (_STANDS, _ENDING_APPROVED), is_addressed=True, gate="issue_licence_decision"
    ),
}
BEFORE_ACTIVITIES: Mapping[str, tuple[Need, ...]] = dict.fromkeys(
    ("on_site_verification", "inquiry", "evidence_collection"), (_ACCEPTED,)
)
