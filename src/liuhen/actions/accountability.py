"""Acts of the accountability report (Art. 47): serious and repeated breaches before the leaders.

Whom it reaches and how is the leaders' decision; the system only brings together what was
established. Not for single breaches (`correcting`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.correcting import authority_of, cited, keep_paper
from liuhen.actions.drawing_up import next_number
from liuhen.assembly.document_types import document_type
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.elements import ANSWERS, ITEMS, LABELS
from liuhen.oversight.models import AccountabilityReport, CorrectionOrder, Suspicion
from liuhen.oversight.queries import is_own, unreported_suspicions, visible_reports
from liuhen.people.models import Person

REPORT = "accountability_report"
# So many breaches fit in one entry; the rest go into the next report.
MOST = 40


@act(permission="accountability.report", event="accountability.reported")
def report_accountability(draft: Draft, *, actor: Person, opinion: str) -> AccountabilityReport:
    """Report the serious and repeated breaches that stand in no report yet to the leaders.

    What concerns the reporter is left for somebody else to report.

    Raises:
        Refused: `accountability.opinion`, `accountability.nothing`, `paper.incomplete`,
            `paper_certificate.*`.
    """
    if not opinion.strip():
        raise Refused("accountability.opinion")
    waiting = unreported_suspicions(actor).order_by("decided_at", "id").values("id")
    rows = Suspicion.objects.select_for_update(of=("self",)).filter(id__in=waiting)
    rows = rows.select_related("case", "unit", "person").order_by("decided_at", "id")
    found = [one for one in rows if not is_own(actor, one)][:MOST]
    if not found:
        raise Refused("accountability.nothing")
    unit = actor.unit or found[0].unit
    assert unit is not None  # an established breach has been ordered of a unit, or has one
    kind = document_type(REPORT)
    number = kind.number(unit.number_prefix, *next_number(unit, REPORT, draft.at))
    data = {
        "authority_name": authority_of(unit),
        "number": number,
        "rows": [_row(one) for one in found],
        "opinion": opinion.strip(),
        "reporter": actor.name,
        "issued_on": clock.local_date(draft.at).isoformat(),
    }
    report = AccountabilityReport.objects.create(
        number=number,
        opinion=opinion.strip(),
        paper=keep_paper(draft, Paper(type=REPORT, data=data), number, []),
        made_by=actor,
        made_at=draft.at,
    )
    for one in found:
        one.report = report
        one.save(update_fields=["report"])
    draft.about(report)
    draft.note(number=number, breaches=len(found), paper=report.paper_id)
    return report


def _row(one: Suspicion) -> dict[str, str]:
    grave = [
        word
        for word, is_so in (("情节严重", one.is_serious), ("一年内再次发生", one.is_repeated))
        if is_so
    ]
    decided = "；".join(
        f"{LABELS[key]}：{ANSWERS[told['answer']]}，{told['reason']}"
        for key, told in one.elements.items()
    )
    last = CorrectionOrder.objects.filter(suspicion=one).order_by("-issued_at", "-id").first()
    concerned = [one.unit.name if one.unit else "", one.person.name if one.person else ""]
    return {
        "concerned": "，".join(filter(None, [*concerned, one.case.number if one.case else ""])),
        "breach": f"{ITEMS[one.item]}（{cited(one)}）",
        "grave": "、".join(grave),
        "decided": decided,
        "correction": _correction(last),
    }


def _correction(order: CorrectionOrder | None) -> str:
    if order is None:
        return "未责令整改"
    states = {"answer": "未报告结果", "check": "已报告，待复查", "done": "整改到位"}
    return f"{order.number}，{order.due_on}前，{states[order.step]}"


@act(permission="accountability.decide", event="accountability.decided")
def decide_accountability(
    draft: Draft, *, actor: Person, report_id: UUID, decision: str
) -> AccountabilityReport:
    """Decide, as a leader, who is held to account and how, or why nobody is.

    Raises:
        Refused: `record.not_found`, `breach.own`, `accountability.decided`, `reason.missing`.
    """
    seen = visible_reports(actor).filter(id=report_id).order_by().values("id")
    report = AccountabilityReport.objects.select_for_update().filter(id__in=seen).first()
    if report is None:
        raise Refused("record.not_found")
    draft.about(report)
    if report.decision:
        raise Refused("accountability.decided")
    rows = report.suspicions.select_related("case", "unit")
    if actor.id == report.made_by_id or any(is_own(actor, one) for one in rows):
        raise Refused("breach.own")
    if not decision.strip():
        raise Refused("reason.missing")
    report.decision, report.decided_by, report.decided_at = decision.strip(), actor, draft.at
    report.save(update_fields=["decision", "decided_by", "decided_at"])
    draft.note(number=report.number)
    return report
