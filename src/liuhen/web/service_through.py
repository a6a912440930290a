"""Entrusted and forwarded service on pages: the letter out, the receipt back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import service_entrusted as through
from liuhen.actions.paper_subjects import addressee_of
from liuhen.cases.queries import visible_activity
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import visible_paper
from liuhen.web.reviewing import staged_case
from liuhen.web.service_door import chosen_papers
from liuhen.web.service_post import content_of, picture, service_crumbs


class ThroughForm(PlacedForm):
    """Who serves for us, and why."""

    ground = forms.ChoiceField(
        label="情形",
        widget=forms.RadioSelect,
        choices=[
            ("distant", "受送达人在外地，委托当地机关代为送达"),
            ("soldier", "受送达人是军人，由部队团以上单位的政治机关转交"),
            ("prisoner", "受送达人被监禁，由所在监所转交"),
            ("school", "受送达人被采取强制性教育措施，由所在强制性教育机构转交"),
        ],
    )
    body = forms.CharField(label="受托、转交单位", max_length=120)
    reason = forms.CharField(
        label="委托、转交的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="为什么不由本机关直接送达",
    )
    place = forms.CharField(label="受送达人现在的所在地", max_length=200, required=False)


class ResultForm(PlacedForm):
    """What came back."""

    _RECEIVED: ClassVar[str] = f"result={through.RECEIVED}"
    whens: ClassVar[Mapping[str, str]] = {
        "receiver": _RECEIVED,
        "is_signed_by_recipient": _RECEIVED,
        "is_signed_by_server": _RECEIVED,
        "reason": f"result={through.RETURNED}",
    }
    result = forms.ChoiceField(
        label="结果",
        widget=forms.RadioSelect,
        choices=[
            (through.RECEIVED, "已签收，送达回证交回"),
            (through.RETURNED, "没有送达，文书退回"),
        ],
    )
    happened_at = moment("签收或者退回的时间", help_text="照回证上注明的日期填写")
    receiver = forms.CharField(label="签收人", max_length=60, required=False)
    is_signed_by_recipient = forms.BooleanField(label="回证上有受送达人签名", required=False)
    is_signed_by_server = forms.BooleanField(label="回证上有受托、转交人员签名", required=False)
    reason = forms.CharField(label="没有送达的原因", max_length=200, required=False)
    content = picture("交回的送达回证或者复函")


@signed_in
def service_through(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Hand papers to the body that serves them for us."""
    person = person_of(request)
    activity = visible_activity(person, activity_id)
    if activity.kind != through.ACTIVITY:
        raise Refused("record.not_found")
    case = staged_case(person, activity.case_id)

    def perform(data: dict[str, Any]) -> str:
        letter = through.send_through(
            actor=person, activity_id=activity.id, paper_ids=chosen_papers(request.GET), **data
        )
        return reverse("paper", args=[letter.id])

    page = OneForm(
        permission="paper.serve",
        title="委托、转交送达",
        submit="制作函件，交出",
        success="函件已制作、编号。请打印盖章，连同文书和空白回证一并交出。",
        crumbs=service_crumbs(case),
        notes=[
            "函件盖章后连同文书、空白送达回证交给受托、转交单位。",
            "收回送达回证以后登记结果；以受送达人签收的日期为送达日期。",
        ],
        article="31.1",
        about=f"{case.number} {case.cause}",
        other=("没有送成", reverse("service_failed", args=[activity.id])),
    )
    papers = list(case.papers.filter(id__in=chosen_papers(request.GET)))
    initial = {"ground": "distant", "place": addressee_of(case, papers).address}
    return page.answer(request, ThroughForm(posted(request), initial=initial), perform)


@signed_in
def service_through_result(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The receipt came back, or the papers did."""
    person = person_of(request)
    letter = visible_paper(request, letter_id)
    if letter.type != through.LETTER:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        content = content_of(data.pop("content"))
        through.record_through_result(actor=person, letter_id=letter.id, content=content, **data)
        return reverse("case_service", args=[letter.case_id])

    page = OneForm(
        permission="paper.serve",
        title="登记委托、转交送达结果",
        submit="登记",
        success="结果已登记，回证已原样保存。",
        crumbs=service_crumbs(letter.case),
        notes=[
            "回证上注明的签收日期就是送达日期，以后的期限从这一天的次日起算。",
            "回证缺少签名的，照实登记：送达日期不变，记录列明欠缺。",
        ],
        article="31.1",
        about=f"{letter.number} {letter.data['addressee']}",
    )
    return page.answer(request, ResultForm(posted(request), request.FILES or None), perform)
