"""The long lists of a case in full, page by page: its papers, its entries of the ledger.

The case page shows the newest of each. Reads only.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.access.looks import hidden_looks
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.ledger.queries import newest_entries
from liuhen.people.queries import office_kinds
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.case_page import entry_line
from liuhen.web.paging import page_of
from liuhen.web.papers import paper_line, without_ink


@signed_in
@require_safe
def case_papers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The papers of a case, the newest first."""
    person = person_of(request)
    case = visible_case(person, case_id)
    listed = case.papers.exclude(state=Paper.State.VOID).select_related("original")
    listed = listed.prefetch_related(Prefetch("signatures", without_ink()))
    page = page_of(request, listed.order_by("-drawn_up_at", "-id"), size=30)
    offices = office_kinds(person)
    papers = [paper_line(one, offices) for one in page.rows]
    context = case_frame(case, "全部文书", papers=papers, pager=page.pager)
    return render(request, "case_papers.html", context)


@signed_in
@require_safe
def case_ledger(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The entries of a case, the newest first."""
    person = person_of(request)
    case = visible_case(person, case_id)
    page = page_of(request, newest_entries(case.id, hidden_looks(person)))
    ledger = [entry_line(one) for one in page.rows]
    context = case_frame(case, "全部留痕", ledger=ledger, pager=page.pager)
    return render(request, "case_ledger.html", context)
