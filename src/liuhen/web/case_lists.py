"""The long lists of a case in full, page by page: its papers, its entries of the ledger.

The case page shows the newest of each. From the papers those of the authority's own types are drawn
up, which belong to no step of a course.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from liuhen.access.looks import hidden_looks
from liuhen.actions.paper_drafts import BESIDE
from liuhen.assembly.document_types import types
from liuhen.assembly.own_types import OWN
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.queries import newest_entries
from liuhen.people.queries import is_allowed, office_kinds
from liuhen.rulebook.type_versions import own_types_on
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.case_acts import case_frame
from liuhen.web.case_page import entry_line
from liuhen.web.drawing import drawn
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
    own = [] if case.closed_at else own_types_on(clock.local_date(clock.now()))
    context = case_frame(
        case,
        "全部文书",
        papers=papers,
        pager=page.pager,
        own_types=[one for one in own if not one.kinds or case.kind in one.kinds],
        beside=[] if case.closed_at or case.is_on_the_spot else [types()[key] for key in BESIDE],
        may_draw=is_allowed(person, "paper.draw_up"),
    )
    return render(request, "case_papers.html", context)


@signed_in
@require_POST
def case_paper_draw(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Draw up a paper that belongs to no step: one beside them, or of the authority's own."""
    key = request.POST.get("type", "")
    is_beside = key in BESIDE or key.startswith(OWN)
    address = drawn(person_of(request), case_id, key if is_beside else "")
    succeed(request, "文书已起草，请核对内容。")
    return HttpResponseRedirect(address)


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
