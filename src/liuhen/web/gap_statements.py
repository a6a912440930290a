"""Statements on gaps of recordings: drawn up from the page of the gaps, listed there (Art. 21).

Not for explaining a gap or reporting it (`case_explaining`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.gap_facts import IMPOSSIBILITY, STATEMENTS, statement_of
from liuhen.documents.models import Paper
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, office_kinds
from liuhen.recordings.models import Gap
from liuhen.recordings.queries import visible_gap
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.drawing import drawn
from liuhen.web.papers import paper_line, without_ink
from liuhen.web.templatetags.wording import clock_time, span_exact


@signed_in
@require_POST
def gap_statement(request: HttpRequest, case_id: UUID, gap_id: UUID) -> HttpResponse:
    """Draw up the statement an explained gap asks for, and go on to fill it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    gap = visible_gap(person, gap_id)
    address = drawn(
        person, case.id, statement_of(gap), activity_id=gap.activity_id, subject_id=gap.id
    )
    succeed(request, "书面说明已起草，请核对内容。")
    return HttpResponseRedirect(address)


def statement_lines(
    person: Person, case: Case, gaps: Sequence[tuple[str, Gap]]
) -> list[dict[str, Any]]:
    """Each explained gap with the statement it asks for: the paper, or where it is drawn up."""
    drawn_up = {paper.subject_id: paper for paper in _live(case)}
    may_draw_up, offices = is_allowed(person, "paper.draw_up"), office_kinds(person)
    lines = []
    for name, gap in gaps:
        paper = drawn_up.get(gap.id)
        if gap.explained_at is None and paper is None:
            continue
        kind = statement_of(gap)
        action = reverse("case_gap_statement", args=[case.id, gap.id])
        lines.append(
            {
                "words": f"{name} {clock_time(gap.started_at)} 至 {clock_time(gap.ended_at)}，"
                f"缺{span_exact(gap.ended_at - gap.started_at)}",
                "title": document_type(kind).title,
                "needs_report": kind == IMPOSSIBILITY and gap.reported_at is None,
                "paper": paper_line(paper, offices) if paper else None,
                "action": action if may_draw_up else None,
            }
        )
    return lines


def _live(case: Case) -> QuerySet[Paper]:
    live = case.papers.filter(type__in=STATEMENTS).exclude(state=Paper.State.VOID)
    return live.prefetch_related(Prefetch("signatures", without_ink()))
