"""The page that registers the disc of a recording used as evidence (Art. 44)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.evidence_discs import STATEMENT, file_disc
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.lead_forms import moment, this_minute
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import visible_paper


class DiscForm(PlacedForm):
    """What is on the label of a disc, and when it was made and put away."""

    halves = frozenset({"burnt_at", "filed_at"})
    number = forms.CharField(
        label="光盘编号", max_length=60, help_text="写在盘面和盘盒上的编号，本案内不重复"
    )
    burnt_at = moment("刻录时间", initial=this_minute)
    filed_at = moment("入卷时间", initial=this_minute)


@signed_in
def evidence_disc(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """State that the recording a statement puts into words lies on a disc in the file."""
    paper = visible_paper(request, paper_id)
    if paper.type != STATEMENT or paper.state != Paper.State.ISSUED:
        raise Refused("record.not_found")
    case, back = paper.case, reverse("case_evidence", args=[paper.case_id])

    def perform(data: dict[str, Any]) -> str:
        file_disc(actor=person_of(request), paper_id=paper.id, **data)
        return back

    page = OneForm(
        permission="evidence.file_disc",
        title="登记光盘",
        submit="登记",
        success="光盘已登记入卷。",
        crumbs=[(case.number, reverse("case", args=[case.id])), ("音像证据", back)],
        about=f"{case.number} {paper.data.get('recording', '')}".strip(),
        notes=[
            "只有镜像、还没有刻录编号入卷的，不算附卷。",
            "用“查看”里的原件摘要核对盘上的文件，再登记。",
        ],
        article="44",
    )
    return page.answer(request, DiscForm(posted(request)), perform)
