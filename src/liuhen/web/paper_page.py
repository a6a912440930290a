"""The page of one paper: its pages to read, who signed, what is frozen, what corrects it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.access.looks import told_printings
from liuhen.actions.asking import open_request
from liuhen.documents.models import Paper
from liuhen.people.queries import is_allowed, office_kinds
from liuhen.web.acting import person_of, signed_in
from liuhen.web.paper_acting import after_issue
from liuhen.web.paper_footage import shown_in
from liuhen.web.papers import (
    made_by,
    pages_of,
    paper_crumbs,
    paper_duties,
    paper_line,
    visible_paper,
)
from liuhen.web.steps import going_on

PRINTINGS_SHOWN = 10


@signed_in
@require_safe
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper to read: its pages as pictures, who signed, what is frozen."""
    person = person_of(request)
    found = visible_paper(request, paper_id)
    asked = open_request(found)
    is_done = asked is not None or found.state == Paper.State.ISSUED
    context = {
        "paper": paper_line(found, () if asked else office_kinds(person)),
        "found": found,
        "made_by": made_by(found),
        "asked": asked,
        "going_on": going_on(found) if is_done and is_allowed(person, "paper.draw_up") else None,
        "case": found.case,
        "pages": pages_of(found),
        "may_redact": found.original_id is not None and is_allowed(person, "redaction.draw"),
        "may_print": found.state == Paper.State.ISSUED and is_allowed(person, "paper.print"),
        "printings": told_printings(person, found)[:PRINTINGS_SHOWN] if found.issued_at else [],
        "footage": shown_in(person, found),
        "after": after_issue(person, found),
        "duties": [] if asked else paper_duties(found),
        "crumbs": paper_crumbs(found),
    }
    return render(request, "paper.html", context)
