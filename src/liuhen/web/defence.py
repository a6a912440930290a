"""What a party puts forward: periods, statements, letters, waivers, their review (Art. 15).

Not for the talk itself (`defence_talk`), nor for filling its papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from liuhen.actions.defence import ANSWERS, HANDED_IN, receive_material
from liuhen.actions.materials import LARGEST
from liuhen.actions.paper_order import needs_unmet
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case, visible_cases
from liuhen.compliance.facts import facts_of_case
from liuhen.documents.coercion_facts import SPOKEN, STATEMENT_RECORD, talk_record
from liuhen.documents.models import Material, Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import is_allowed
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import draft_href, drawn
from liuhen.web.lead_forms import moment
from liuhen.web.notice import periods
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.reviewing import staged_case

REVIEW = "defence_review"
TALK = "statement_and_defence"
_PAPERS = (*SPOKEN, "waiver", REVIEW)


@signed_in
@require_safe
def case_defence(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the party said, gave up and asked for, and how each was reviewed."""
    person = person_of(request)
    case = visible_case(person, case_id)
    is_staged = not case.is_on_the_spot
    papers = list(_papers(case))
    handed_in = case.materials.filter(kind__in=HANDED_IN)
    letters = list(handed_in.select_related("received_by", "original").order_by("received_at"))
    reviews = {one.subject_id: one for one in papers if one.type == REVIEW}
    asked = {
        one.subject_id: one
        for one in Approval.objects.filter(case_id=case.id, kind=REVIEW).order_by("asked_at", "id")
    }
    talk = case.activities.filter(kind=TALK, ended_at=None).first()
    unmet = needs_unmet(case, talk_record(case))
    context = case_frame(
        case,
        "陈述申辩与听证",
        periods=periods(facts_of_case(case.id)),
        needs=unmet,
        notice_href=reverse("case_notice", args=[case.id]),
        statements=[
            {
                "paper": paper_line(one),
                "review": _review(case, one.id, reviews, asked),
                # an objection to a levy is reviewed by the decision on it
                "takes_review": one.state == Paper.State.ISSUED and one.type == STATEMENT_RECORD,
            }
            for one in papers
            if one.type in SPOKEN
        ],
        letters=[_letter(case, one, reviews, asked) for one in letters],
        waivers=[paper_line(one) for one in papers if one.type == "waiver"],
        talk_href=reverse("defence_talk", args=[talk.id]) if talk else None,
        may_begin=is_staged and not (unmet or talk) and is_allowed(person, "activity.start"),
        may_receive=is_staged and is_allowed(person, "material.receive"),
    )
    return render(request, "case_defence.html", context)


def _papers(case: Case) -> Any:
    listed = case.papers.filter(type__in=_PAPERS).exclude(state=Paper.State.VOID)
    return listed.select_related("original").prefetch_related("signatures").order_by("drawn_up_at")


def _review(
    case: Case,
    subject_id: UUID,
    reviews: Mapping[UUID | None, Paper],
    asked: Mapping[UUID, Approval],
) -> dict[str, Any]:
    """How a statement was reviewed, or where it is done."""
    paper = reviews.get(subject_id)
    if paper is None:
        return {"href": reverse("defence_review", args=[case.id, subject_id])}
    request = asked.get(paper.id)
    is_issued = paper.state == Paper.State.ISSUED
    return {
        "paper": paper_line(paper),
        "is_issued": is_issued,
        "is_asked": request is not None and not request.outcome,
        "returned": request.opinion
        if request and request.outcome == Approval.Outcome.RETURNED and not is_issued
        else "",
        "result": paper.data.get("result", ""),
        "edit_href": None if is_issued else draft_href(paper.id),
    }


def _letter(
    case: Case,
    one: Material,
    reviews: Mapping[UUID | None, Paper],
    asked: Mapping[UUID, Approval],
) -> dict[str, Any]:
    is_statement = one.kind == Material.Kind.STATEMENT
    return {
        "row": one,
        "href": reverse("material_file", args=[one.id]),
        "review": _review(case, one.id, reviews, asked) if is_statement else None,
    }


# -- what is handed in -------------------------------------------------------------------------


class MaterialForm(PlacedForm):
    """Something handed in, kept as it is."""

    halves = frozenset({"received_from", "received_at"})
    whens: ClassVar[Mapping[str, str]] = {"subject": "kind=court_ruling,testing_opinion"}
    kind = forms.ChoiceField(
        label="类别",
        choices=[(one.value, one.label) for one in HANDED_IN],
        widget=forms.RadioSelect,
    )
    subject = forms.ChoiceField(
        label="答复的文书", required=False, help_text="法院裁定、鉴定意见是对哪一份文书的答复"
    )
    content = forms.FileField(
        label="文件",
        help_text=f"扫描件、照片或者电子文件，不超过 {LARGEST // 1024**2} MB，原样保存",
        error_messages={"empty": "文件是空的，请重新选择。"},
    )
    name = forms.CharField(
        label="名称", max_length=200, required=False, help_text="不填用文件的名称"
    )
    received_from = forms.CharField(label="提交人", max_length=60)
    received_at = moment("收到时间", required=False, help_text="不填为现在")
    summary = forms.CharField(
        label="内容摘要",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="陈述申辩的，写明主要意见，会印入后面的文书",
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = case.papers.filter(type__in=ANSWERS.values(), state=Paper.State.ISSUED)
        named = [(str(one.id), _paper_label(one)) for one in asked.order_by("issued_at")]
        self.fields["subject"].choices = [("", "请选择"), *named]  # type: ignore[attr-defined]


def _paper_label(paper: Paper) -> str:
    return f"{paper.document_type.title}（{paper.number}）"


@signed_in
def material_new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take in a letter or another thing handed in, byte for byte."""
    person = person_of(request)
    case = staged_case(person, case_id)
    party = case.parties.filter(role="party").first()
    form = MaterialForm(
        posted(request),
        request.FILES or None,
        case=case,
        initial={"kind": request.GET.get("kind"), "received_from": party.name if party else ""},
    )

    def perform(data: dict[str, Any]) -> str:
        receive_material(actor=person, case_id=case.id, **_handed_in(data))
        return reverse("case_defence", args=[case.id])

    page = OneForm(
        permission="material.receive",
        title="接收材料",
        submit="接收并保存",
        success="材料已原样保存，有了校验值和留痕。",
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("陈述申辩与听证", reverse("case_defence", args=[case.id])),
        ],
        notes=[
            "当事人提交的书面陈述申辩、听证申请、证据原样保存，一个字节也不改。",
            "陈述申辩和听证申请答复的是告知书，要在告知书送达以后接收。",
            "口头提出的，请记录陈述申辩笔录。",
        ],
        article="15.2",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, form, perform)


def _handed_in(data: dict[str, Any]) -> dict[str, Any]:
    """What the form tells of a thing handed in, as the act takes it."""
    file, subject = data.pop("content"), data.pop("subject")
    if file.size > LARGEST:
        raise Refused("material.too_large", limit_mib=LARGEST // 1024**2)
    name = data.pop("name") or file.name
    answered = UUID(subject) if subject else None
    return {**data, "name": name, "content": file.read(), "subject_id": answered}


@signed_in
@require_safe
def material_file(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """The bytes of what was handed in, to be saved; never shown inside a page of ours."""
    found = (
        Material.objects.filter(id=material_id, case__in=visible_cases(person_of(request)))
        .select_related("original")
        .first()
    )
    if found is None:
        raise Refused("record.not_found")
    with local_store().open(found.original.sha256) as stream:
        answer = HttpResponse(stream.read(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, found.name) or ""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# -- the review --------------------------------------------------------------------------------


class DefenceReviewForm(PlacedForm):
    """What the review found, whether the defence is adopted, why, and what follows."""

    findings = forms.CharField(
        label="复核情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    is_adopted = forms.ChoiceField(
        label="是否采纳",
        widget=forms.RadioSelect,
        choices=[("adopted", "予以采纳"), ("partly", "部分采纳"), ("rejected", "不予采纳")],
    )
    reason = forms.CharField(
        label="采纳或者不采纳的理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    result = forms.CharField(
        label="复核后的处理意见",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=4000,
        help_text="不得因当事人陈述、申辩而给予更重的处罚",
    )


@signed_in
def defence_review(request: HttpRequest, case_id: UUID, subject_id: UUID) -> HttpResponse:
    """Review one statement: the paper is drawn up with what is written here."""
    person = person_of(request)
    case = staged_case(person, case_id)
    said = _said(case, subject_id)

    def perform(data: dict[str, Any]) -> str:
        return drawn(person, case.id, REVIEW, subject_id=subject_id, given=data)

    page = OneForm(
        permission="paper.draw_up",
        title="复核陈述申辩",
        submit="起草复核意见书",
        success="复核意见书已起草，两名复核人签字后报承办机构负责人。",
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("陈述申辩与听证", reverse("case_defence", args=[case.id])),
        ],
        notes=[f"当事人的意见：{said}", "提出的事实、理由或者证据成立的，应当采纳。"],
        article="penalty_law:45.1",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, DefenceReviewForm(posted(request)), perform)


def _said(case: Case, subject_id: UUID) -> str:
    """What the statement says: of a record, or of a letter. Raises `record.not_found`."""
    record = case.papers.filter(id=subject_id, type=STATEMENT_RECORD).first()
    if record is not None:
        return str(record.data.get("statement", ""))
    letter = case.materials.filter(id=subject_id, kind=Material.Kind.STATEMENT).first()
    if letter is None:
        raise Refused("record.not_found")
    return letter.summary or letter.name
