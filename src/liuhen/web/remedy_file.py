"""The file for a review or a suit: our answer, the catalogue of evidence, the papers, in one PDF.

What is handed in is on record by an act of its own (`remedies`). Recordings and what the party
handed in are listed with their digests and go beside it; only our own papers are opened here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.assembly.binding import Part, catalogued
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.late_payment_facts import REMEDIES, answer_due, open_remedy
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import end_of_day
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import drawn
from liuhen.web.one_form import posted
from liuhen.web.paper_prints import issued_parts
from liuhen.web.paper_step import paper_step
from liuhen.web.papers import pdf_answer

ANSWER, CATALOGUE = "remedy_answer", "evidence_catalogue"


class DrawForm(forms.Form):
    """Which of the two papers to draw up."""

    type = forms.ChoiceField(choices=[(key, key) for key in (ANSWER, CATALOGUE)])


def remedy_clock(case: Case) -> dict[str, Any] | None:
    """Until when our answer and the file are to be handed in: {words, due_at, href}; None for none.

    `due_at` is None while nobody has said when the copy came.
    """
    row = open_remedy(case)
    if row is None or "answered_on" in row:
        return None
    due_on = answer_due(row)
    return {
        "words": f"{REMEDIES[row['kind']]}：向{row['body']}提交答复、证据和案卷",
        "due_at": end_of_day(due_on) if due_on else None,
        "href": reverse("case_remedy_file", args=[case.id]),
    }


@signed_in
def case_remedy_file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What is to be handed in: the answer and the catalogue, drawn up here, and the file."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        return drawn(person, case.id, data["type"])

    return form_page(
        request,
        DrawForm(posted(request)),
        "case_remedy_file.html",
        perform=perform,
        success="文书已起草，请核对内容。",
        context=case_frame(
            case,
            "复议、诉讼案卷",
            clock=remedy_clock(case),
            is_going_on=open_remedy(case) is not None,
            answer=paper_step(person, case, ANSWER),
            catalogue=paper_step(person, case, CATALOGUE),
            counts=_counts(case),
        ),
    )


def _counts(case: Case) -> Mapping[str, int]:
    papers = case.papers.exclude(type__in=(ANSWER, CATALOGUE))
    return {
        "issued": papers.filter(state=Paper.State.ISSUED).count(),
        "drafts": case.papers.filter(state=Paper.State.DRAFT).count(),
        "recordings": case.recordings.count(),
        "materials": case.materials.count(),
    }


@signed_in
@require_safe
def case_remedy_pdf(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The file as it stands now, in one PDF: a catalogue, then the papers, their pages counted."""
    case = visible_case(person_of(request), case_id)
    if open_remedy(case) is None:
        raise Refused("remedy.none_open")
    first = {ANSWER: 0, CATALOGUE: 1}
    listed = sorted(issued_parts(case), key=lambda one: first.get(one[0].type, 2))
    parts = [part for _, part in listed]
    parts += [_material(one) for one in case.materials.order_by("received_at", "id")]
    parts += [_recording(one) for one in case.recordings.order_by("started_at", "id")]
    party = case.parties.order_by("id").first()
    title = f"{party.name if party else ''}{case.cause}案"
    return pdf_answer(catalogued(parts, title=title, timestamp=clock.now()))


def _material(one: Any) -> Part:
    return Part(
        title=one.name,
        pdf=None,
        responsible=one.received_from,
        dated_on=clock.local_date(one.received_at),
        note=f"原件 {one.original_id[:8]}…",
    )


def _recording(one: Any) -> Part:
    return Part(
        title=f"{one.get_kind_display()}：{one.name}",
        pdf=None,
        dated_on=clock.local_date(one.started_at) if one.started_at else None,
        note=f"光盘 {one.original_id[:8]}…",
    )
