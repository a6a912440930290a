"""One duty of a case for everything it is about, where the case page shows the first only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_of_duty, shown_findings
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.paging import page_of
from liuhen.web.steps import duty


@signed_in
@require_safe
def duties(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The findings of the duty named by `?rule=`."""
    case = visible_case(person_of(request), case_id)
    page = page_of(request, findings_of_duty(case, request.GET.get("rule", "")))
    found = shown_findings(case, page.rows)
    if not found:
        raise Refused("record.not_found")
    context = case_frame(
        case,
        found[0].text,
        clause=found[0].clause,
        duties=[duty(one, case.id) for one in found],
        pager=page.pager,
    )
    return render(request, "case_duties.html", context)
