"""Service by announcement on pages: the notice, its publication with proofs (Art. 33)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import announcing
from liuhen.actions.service_attempts import attempts
from liuhen.actions.service_proofs import MEDIA
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_activity
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.lead_forms import moment, this_minute
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.periods import with_periods
from liuhen.web.reviewing import staged_case
from liuhen.web.service_door import chosen_papers
from liuhen.web.service_lines import addressed_types
from liuhen.web.service_post import content_of, picture, service_crumbs

_AREA = forms.Textarea(attrs={"rows": 3})


class NoticeForm(PlacedForm):
    """What is announced, why no other way works, what it says."""

    paper_id = forms.ChoiceField(label="公告送达的文书", widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label="原因",
        widget=forms.RadioSelect,
        choices=[
            (announcing.MISSING, "受送达人下落不明"),
            (announcing.FAILED, "其他方式都无法送达"),
        ],
    )
    course = forms.CharField(
        label="经过",
        max_length=1000,
        widget=_AREA,
        help_text="写明怎样查找、联系受送达人；已经登记的送达经过自动写进公告",
    )
    content = forms.CharField(label="文书主要内容", max_length=3000, widget=_AREA)
    medium = forms.CharField(
        label="公告载体和方式", max_length=200, help_text="例如：本机关网站；受送达人住所门前张贴"
    )
    is_abroad = forms.BooleanField(
        label="受送达人在中华人民共和国领域内没有住所（按涉外的公告期）", required=False
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        addressed = addressed_types(case)
        issued = case.papers.filter(state=Paper.State.ISSUED, type__in=addressed, services=None)
        self.fields["paper_id"].choices = [  # type: ignore[attr-defined]
            (str(one.id), f"{one.document_type.title}（{one.number or '无文号'}）")
            for one in issued.order_by("-issued_at")
        ]


class PublicationForm(PlacedForm):
    """Where the notice stands, since when, and the proofs of it."""

    whens: ClassVar[Mapping[str, str]] = {
        key: f"medium={medium}" for medium, proofs in MEDIA.items() for key in proofs
    }
    medium = forms.ChoiceField(
        label="载体", widget=forms.RadioSelect, choices=list(announcing.NAMES.items())
    )
    where = forms.CharField(
        label="报纸名称和期次、网址，或者张贴的地点",
        max_length=300,
        help_text="网站公告填写完整网址，从 http 开始",
    )
    published_at = moment("发布时间")
    newspaper_original = picture("报纸原件（扫描）", required=False)
    fee_voucher = picture("收费凭证", required=False)
    screenshot = picture("网页截屏", required=False)
    printed = picture("网页打印件（扫描）", required=False)
    posting_recorded = picture("张贴照片", required=False)
    captured_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)


@signed_in
def service_announce(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Draw up the notice of an announcement."""
    person = person_of(request)
    case = staged_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        paper_id = UUID(data.pop("paper_id"))
        notice = announcing.draw_up_announcement(
            actor=person, case_id=case.id, paper_id=paper_id, **data
        )
        return reverse("paper", args=[notice.id])

    tried = [one.words for one in attempts(case)]
    page = OneForm(
        permission="paper.serve",
        title="公告送达",
        submit="制作送达公告",
        success="送达公告已起草，请核对、签发，再登记发布。",
        crumbs=service_crumbs(case),
        notes=[
            "只在受送达人下落不明，或者其他方式都无法送达时采用。",
            with_periods(
                "自发布之日起满{civil_procedure.announcement}"
                "（涉外{civil_procedure.announcement_abroad}）视为送达；以后的期限从届满的次日起算。"
            ),
            *(f"已经登记：{one}" for one in tried),
            *([] if tried else ["本案还没有登记未送成的送达。"]),
        ],
        article="33.1",
        about=f"{case.number} {case.cause}",
    )
    form = NoticeForm(posted(request), case=case)
    form.initial = _offered(case, form, request.GET.get("paper", ""))
    return page.answer(request, form, perform)


def _offered(case: Case, form: NoticeForm, chosen: str) -> dict[str, str]:
    """The paper asked for, or the newest that waits, with what it says."""
    field: Any = form.fields["paper_id"]
    waiting = [value for value, _ in field.choices]
    paper_id = chosen if chosen in waiting else next(iter(waiting), "")
    paper = case.papers.filter(id=paper_id).first() if paper_id else None
    content = paper.data.get("content") if paper else None
    return {"paper_id": paper_id, "content": content if isinstance(content, str) else ""}


@signed_in
def service_publication(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Where the notice stands, with its proofs."""
    person = person_of(request)
    activity = visible_activity(person, activity_id)
    if activity.kind != announcing.ACTIVITY:
        raise Refused("record.not_found")
    case = staged_case(person, activity.case_id)

    def perform(data: dict[str, Any]) -> str:
        _publish(request, activity, data)
        return reverse("case_service", args=[case.id])

    page = OneForm(
        permission="paper.serve",
        title="登记公告发布",
        submit="登记发布",
        success="公告已登记，公告期届满之日视为送达。",
        crumbs=service_crumbs(case),
        notes=[
            "登报：报纸原件、收费凭证；网站：截屏、打印件、网址；张贴：在张贴地点拍照或者录像。",
            "暂时缺少的凭据可以以后补存，欠缺的会逐项列明。",
            "在几种载体上发布的，每种登记一次，公告期从最早的一次起算。",
        ],
        article="33.1",
        about=f"{case.number}，{clock.local(clock.now()):%Y-%m-%d}",
        other=("没有发布", reverse("service_failed", args=[activity.id])),
        captures={"file": "screenshot", "address": "where", "captured": "captured_at"},
    )
    initial = {"published_at": this_minute()}
    form = PublicationForm(posted(request), request.FILES or None, initial=initial)
    return page.answer(request, form, perform)


def _publish(request: HttpRequest, activity: Activity, data: dict[str, Any]) -> None:
    """Record a publication from what the form holds; a picture of ours is one with its instant."""
    keys = {key for proofs in MEDIA.values() for key in proofs}
    files = {key: data.pop(key) for key in keys}
    kept = {key: content_of(file) for key, file in files.items() if file}
    captured = data.pop("captured_at")
    named = chosen_papers(request.GET)
    if len(named) != 1:
        raise Refused("service.not_announced")
    announcing.record_publication(
        actor=person_of(request),
        activity_id=activity.id,
        notice_id=named[0],
        proofs=kept,
        captured_at=captured if "screenshot" in kept else None,
        **data,
    )
