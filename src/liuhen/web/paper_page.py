"""The page of one paper: its pages to read, who signed, what is frozen, what corrects it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.people.queries import office_kinds
from liuhen.web.acting import person_of, signed_in
from liuhen.web.paper_acting import after_issue
from liuhen.web.papers import pages_of, paper_crumbs, paper_duties, paper_line, visible_paper


@signed_in
@require_safe
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper to read: its pages as pictures, who signed, what is frozen."""
    person = person_of(request)
    found = visible_paper(request, paper_id)
    context = {
        "paper": paper_line(found, office_kinds(person)),
        "found": found,
        "case": found.case,
        "pages": pages_of(found),
        "after": after_issue(person, found),
        "duties": paper_duties(found),
        "crumbs": paper_crumbs(found),
    }
    return render(request, "paper.html", context)
