"""Service by post on pages: the register at the counter, and what came back.

Not for setting out (`service`) nor for proofs that come later (`service_proofs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import service_by_post as post
from liuhen.actions.activities import end_activity
from liuhen.actions.materials import LARGEST
from liuhen.actions.paper_subjects import addressee_of
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_activity
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import pages_of, paper_line, visible_paper
from liuhen.web.reviewing import staged_case
from liuhen.web.service_door import chosen_papers
from liuhen.web.simple_signing import strokes_in

_CARRIERS = document_type(post.REGISTER).field("carrier").options


class RegisterForm(PlacedForm):
    """What is handed over at the counter, to whom it goes."""

    halves: ClassVar[frozenset[str]] = frozenset(
        {"tracking_number", "voucher", "recipient", "phone"}
    )
    carrier = forms.ChoiceField(
        label="邮件种类",
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in _CARRIERS],
        help_text="应当使用邮政特快专递；挂号信可以送达，但记录有欠缺",
    )
    tracking_number = forms.CharField(
        label="邮件号码", max_length=20, help_text="照详情单抄写，十三位"
    )
    voucher = forms.CharField(label="付邮凭证编号", max_length=60)
    recipient = forms.CharField(label="收件人", max_length=60)
    phone = forms.CharField(label="收件人电话", max_length=30, required=False)
    address = forms.CharField(label="收件地址", max_length=200)


def picture(label: str, **options: Any) -> forms.FileField:
    """A file that is kept as received: a scan or a photograph."""
    limit = f"扫描件或者照片，不超过 {LARGEST // 1024**2} MB，原样保存"
    words = {"required": "请选择文件。", "empty": "文件是空的，请重新选择。"}
    return forms.FileField(label=label, help_text=limit, error_messages=words, **options)


class ResultForm(PlacedForm):
    """What came back."""

    whens: ClassVar[Mapping[str, str]] = {
        "receiver": f"result={post.RECEIVED},{post.CERTIFIED}",
        "reason": f"result={post.RETURNED}",
    }
    result = forms.ChoiceField(
        label="邮件结果",
        widget=forms.RadioSelect,
        choices=[
            (post.RECEIVED, "已签收，有回执"),
            (post.CERTIFIED, "已签收，回执遗失，有邮政企业的投递证明"),
            (post.RETURNED, "邮件退回"),
        ],
    )
    happened_at = moment("签收或者退回的时间", help_text="照回执、投递证明或者退回的封面填写")
    receiver = forms.CharField(label="签收人", max_length=60, required=False)
    reason = forms.CharField(
        label="退回的原因", max_length=200, required=False, help_text="例如：原址查无此人、拒收"
    )
    content = picture("回执、投递证明或者退回的封面")
    voucher = picture("付邮凭证", required=False)


# -- at the counter ----------------------------------------------------------------------------


@signed_in
def service_post(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """One letter at the counter: its register, then leaving."""
    person = person_of(request)
    activity = _visible_posting(person, activity_id)
    case = staged_case(person, activity.case_id)
    register = _register(activity)
    chosen = chosen_papers(request.POST if request.method == "POST" else request.GET)

    def perform(data: dict[str, Any]) -> str:
        drawn = post.draw_up_register(
            actor=person, activity_id=activity.id, paper_ids=chosen, **data
        )
        return f"{reverse('service_post', args=[activity.id])}#register-{drawn.id}"

    context = _counter(person, case, activity, register, chosen)
    form = RegisterForm(posted(request), initial={"carrier": post.EMS, **_addressee(case, chosen)})
    return form_page(
        request,
        form,
        "service_post.html",
        perform=perform,
        success="邮寄送达登记表已起草，请核对、签字。",
        context=context,
    )


def _register(activity: Activity) -> Paper | None:
    drawn = activity.papers.filter(type=post.REGISTER).exclude(state=Paper.State.VOID)
    return drawn.select_related("original").prefetch_related("signatures").first()


def _counter(
    person: Person, case: Case, activity: Activity, register: Paper | None, chosen: list[UUID]
) -> dict[str, Any]:
    if register is not None:
        chosen = [UUID(one) for one in activity.facts["papers"][str(register.id)]]
    is_issued = register is not None and register.state == Paper.State.ISSUED
    return case_frame(
        case,
        "邮寄送达",
        activity=activity,
        register=paper_line(register) if register else None,
        register_id=register.id if register else None,
        pages=pages_of(register) if register and not is_issued else [],
        signer={"role": "经办人", "name": person.name},
        is_issued=is_issued,
        papers=[
            {"id": one.id, "title": one.document_type.title, "number": one.number}
            for one in case.papers.filter(id__in=chosen).order_by("issued_at")
        ],
        service_href=reverse("case_service", args=[case.id]),
        may_serve=is_allowed(person, "paper.serve"),
    )


def _addressee(case: Case, chosen: list[UUID]) -> dict[str, str]:
    try:
        party = addressee_of(case, list(case.papers.filter(id__in=chosen)))
    except Refused:
        return {}
    return {"recipient": party.name, "address": party.address, "phone": party.phone}


def _visible_posting(person: Person, activity_id: UUID) -> Activity:
    activity = visible_activity(person, activity_id)
    if activity.kind != post.ACTIVITY:
        raise Refused("record.not_found")
    return activity


@signed_in
@require_POST
def service_post_signing(request: HttpRequest, register_id: UUID) -> HttpResponse:
    """The register is signed and issued: the letter is with the post."""
    register = visible_paper(request, register_id)
    strokes = strokes_in(request.POST.get("server_strokes", ""))
    return act_and_return(
        request,
        lambda: post.hand_to_post(
            actor=person_of(request), register_id=register.id, strokes=strokes
        ),
        success="登记表已制作，邮件交寄。取得付邮凭证以后结束交寄。",
        then=reverse("service_post", args=[register.activity_id]),
    )


@signed_in
@require_POST
def service_post_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Leave the counter: the activity ends, the letter is under way."""
    person = person_of(request)
    activity = _visible_posting(person, activity_id)
    return act_and_return(
        request,
        lambda: end_activity(actor=person, activity_id=activity.id),
        success="交寄已结束，请交存音像；收到回执以后登记邮件结果。",
        then=reverse("case_service", args=[activity.case_id]),
    )


# -- afterwards --------------------------------------------------------------------------------


@signed_in
def service_post_result(request: HttpRequest, register_id: UUID) -> HttpResponse:
    """What came back of a letter."""
    person = person_of(request)
    register = visible_paper(request, register_id)
    if register.type != post.REGISTER:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        voucher = data.pop("voucher")
        post.record_post_result(
            actor=person,
            register_id=register.id,
            content=content_of(data.pop("content")),
            voucher=content_of(voucher) if voucher else None,
            **data,
        )
        return reverse("case_service", args=[register.case_id])

    page = OneForm(
        permission="paper.serve",
        title="登记邮件结果",
        submit="登记",
        success="邮件结果已登记，凭证已原样保存。",
        crumbs=service_crumbs(register.case),
        notes=[
            "回执上注明的收件日期就是送达日期，以后的期限从这一天的次日起算。",
            "回执遗失的，请邮政企业出具投递证明：送达日期以证明为准，记录仍列明缺少回执。",
            "邮件退回的，不算送达。退回的封面存卷，可以作为改用其他方式、公告送达的依据。",
        ],
        article="29.1",
        about=f"{register.data['tracking_number']} 寄给{register.data['recipient']}",
    )
    form = ResultForm(posted(request), request.FILES or None)
    return page.answer(request, form, perform)


def service_crumbs(case: Case) -> list[tuple[str, str]]:
    """The way to a form of service, which leads back to the list."""
    return [
        (case.number, reverse("case", args=[case.id])),
        ("送达", reverse("case_service", args=[case.id])),
    ]


def content_of(file: UploadedFile[Any]) -> bytes:
    """The bytes of a posted file. Raises `Refused("material.too_large")` before reading them."""
    if (file.size or 0) > LARGEST:
        raise Refused("material.too_large", limit_mib=LARGEST // 1024**2)
    return bytes(file.read())
