"""The page of the decision: what must be done first, its approval, the decision (Art. 22, 24).

Not for filling or signing the papers, nor for answering the request (`approvals`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.cases.queries import dead_party, visible_case
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.gating import way_through
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.case_facts import SPARING
from liuhen.documents.models import Service
from liuhen.documents.service_days import by_effect
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import drawing_page
from liuhen.web.notice import periods
from liuhen.web.offered import kind_page
from liuhen.web.paper_step import paper_step
from liuhen.web.publications import publication_card
from liuhen.web.reviewing import ordinary_case
from liuhen.web.steps import obstacles, told_duty

FORM, DECISION = "decision_approval", "penalty_decision"
# Where nobody is punished.
SPARING_FORM = "other_decision_approval"
_CLOCKS = frozenset({"decided_in_time", "decision_served_in_time"})


@signed_in
def case_decision(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What stands before the decision, its approval, and the decision."""
    person = person_of(request)
    own = kind_page(visible_case(person, case_id))
    if own is not None:
        return HttpResponseRedirect(reverse(own[0], args=[case_id]))
    case = ordinary_case(person, case_id)

    is_spared = "no_penalty" in case.facts
    form, made = (SPARING_FORM, SPARING) if is_spared else (FORM, DECISION)
    approval, decision = paper_step(person, case, form), paper_step(person, case, made)
    if not approval["is_issued"]:
        decision["needs"], decision["may_draw"] = [], False
    services = by_effect(Service.objects.filter(paper=decision["row"]))
    context = case_frame(
        case,
        "决定",
        is_spared=is_spared,
        approval=approval,
        decision=decision,
        obstacles=_obstacles(case, approval, decision),
        dead=dead_party(case),
        periods=periods(facts_of_case(case.id)),
        service=services.first() if decision["is_issued"] else None,
        serve_href=reverse("case_service", args=[case.id]),
        publication=publication_card(person, case),
        clocks=[
            told_duty(one, case.id)
            for one in findings_of_case(case)
            if one.rule in _CLOCKS and one.lamp != "grey"
        ],
    )
    return drawing_page(request, case, "case_decision.html", context)


def _obstacles(
    case: Case, approval: dict[str, Any], decision: dict[str, Any]
) -> list[dict[str, Any]]:
    """What the law wants first: before approval is asked for, then before the decision."""
    if decision["is_issued"]:
        return []
    gate = "issue_decision" if approval["is_issued"] else "approve_decision"
    return obstacles(way_through(gate, case.id), case.id)
