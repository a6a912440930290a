"""What to do next, and the lamps: findings turned into ordered proposals.

For: My desk and the case page. Not for: permissions or assignment to persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from liuhen.kernel.clock import local_date
from liuhen.law.clauses import citation, clause_order
from liuhen.law.explanations import act_text, explain
from liuhen.law.findings import Column, Finding, Outcome, Severity, Subject
from liuhen.law.parameters import Parameters, packaged_parameters

ACT_ORDER = (
    *("decide_lead", "settle_jurisdiction", "inform_complainant", "record_lead", "transfer_lead"),
    *("answer_application", "approve_initiation", "approve_measure", "assign_officers"),
    *("show_certificates", "describe_scene", "describe_items"),
    *("settle_preservation", "record_oral_notice"),
    *("issue_prior_notice", "issue_hearing_notice"),
    *("record_statement", "keep_statement", "wait_for_requests", "notify_hearing"),
    *("announce_hearing", "appoint_chair", "hold_hearing"),
    *("review_statement", "review_legality", "hold_discussion", "approve_prolongation"),
    *("tell_party", "issue_decision_approval", "approve_decision", "issue_decision"),
    *("issue_paper", "complete_paper", "sign_paper", "note_refusal", "record_reply"),
    *("record_service", "complete_service_receipt", "wait_for_announcement"),
    *("release_things", "record_handling", "publish_result", "withdraw_publication"),
    "cancel_licence",
    "answer_remedy",
    *("record_collection", "give_receipt", "hand_in_fine", "bank_fine", "record_performance"),
    *("issue_reminder", "wait_for_delay", "apply_to_court"),
    *("hand_in_recording", "upload_recording", "label_recording", "explain_gap", "report_gap"),
    *("file_with_authority", "issue_closing_report", "approve_closing"),
    *("bind_case", "hand_over_case", "keep_unit_copy", "file_disc"),
)
"""The acts in the order a case takes them; what isn't listed comes last."""

_FAR = datetime.max.replace(tzinfo=UTC)


class Lamp(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Step:
    """One proposal: the act, why (article, rule, explanation), about what, and by when."""

    act: str
    text: str
    clause: str
    citation: str
    rule: str
    subject: Subject
    outcome: Outcome
    reason: str
    lamp: Lamp
    due_at: datetime | None = None
    is_advice: bool = False


def next_steps(
    findings: Iterable[Finding], at: datetime, parameters: Parameters | None = None
) -> list[Step]:
    """Proposals from pending, unknown and curable breached findings, most pressing first.

    Order: what is late, what has a clock (soonest first), the rest in the order of a case,
    questions, advice. One act on one subject is proposed once, for its most pressing reason.
    """
    proposals = sorted(
        (each for each in findings if _is_open(each)), key=lambda finding: _rank(finding)
    )
    steps: dict[tuple[object, ...], Step] = {}
    for finding in proposals:
        act = _act(finding)
        about = finding.missing if finding.outcome is Outcome.UNKNOWN else finding.subject
        steps.setdefault((act, about), _step(finding, act, lamp(finding, at, parameters)))
    return list(steps.values())


def lamp(finding: Finding, at: datetime, parameters: Parameters | None = None) -> Lamp:
    """Red: a breach. Yellow: advice, a question, or a clock in its last part. Green: the rest.

    The last part is the parameter `product.lamp_yellow_fraction`, in thirds of the period.
    """
    if finding.outcome is Outcome.BREACHED:
        return Lamp.RED if finding.severity is Severity.BREACH else Lamp.YELLOW
    if finding.outcome in (Outcome.UNKNOWN, Outcome.JUDGEMENT):
        return Lamp.YELLOW
    if finding.outcome is Outcome.PENDING and finding.due_at is not None:
        if at > finding.due_at:
            return Lamp.RED if finding.severity is Severity.BREACH else Lamp.YELLOW
        if _is_last_part(finding, finding.due_at, at, parameters or packaged_parameters()):
            return Lamp.YELLOW
    return Lamp.GREEN


def _is_last_part(finding: Finding, due_at: datetime, at: datetime, parameters: Parameters) -> bool:
    started = finding.clock_started_at or finding.judged_at
    used = parameters.on("product.lamp_yellow_fraction", local_date(at))
    thirds = used.value if isinstance(used.value, int) else 1
    return (due_at - at) * 3 <= (due_at - started) * thirds


def _is_open(finding: Finding) -> bool:
    if finding.outcome is Outcome.BREACHED:
        return finding.is_curable
    return finding.outcome in (Outcome.PENDING, Outcome.UNKNOWN, Outcome.JUDGEMENT)


def _act(finding: Finding) -> str:
    if finding.outcome is Outcome.UNKNOWN:
        return "supply_facts"
    if finding.outcome is Outcome.JUDGEMENT:
        return "decide_judgement"
    return finding.act or "supply_facts"


def _rank(finding: Finding) -> tuple[object, ...]:
    act = _act(finding)
    order = ACT_ORDER.index(act) if act in ACT_ORDER else len(ACT_ORDER)
    return (
        _PRESSING.index(_urgency(finding)),
        finding.due_at or _FAR,
        order,
        clause_order(finding.clause),
        finding.subject,
    )


_PRESSING = ("late", "clock", "no clock", "judgement", "question", "advice")


def _urgency(finding: Finding) -> str:
    if finding.column is Column.PRODUCT:
        return "advice"
    if finding.outcome is Outcome.BREACHED:
        return "late"
    if finding.outcome is Outcome.PENDING:
        return "clock" if finding.due_at else "no clock"
    return "judgement" if finding.outcome is Outcome.JUDGEMENT else "question"


def _step(finding: Finding, act: str, colour: Lamp) -> Step:
    return Step(
        act=act,
        text=act_text(act),
        clause=finding.clause,
        citation=citation(finding.clause),
        rule=finding.rule,
        subject=finding.subject,
        outcome=finding.outcome,
        reason=explain(finding),
        lamp=colour,
        due_at=finding.due_at,
        is_advice=finding.column is Column.PRODUCT,
    )
