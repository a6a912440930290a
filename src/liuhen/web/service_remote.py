"""Fax and electronic service on pages: sending to a confirmed address, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import service_sent as sent
from liuhen.actions.service_attempts import KINDS, SENT, end_failed_service
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_activity
from liuhen.documents.models import Service
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.drawing import drawn
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.reviewing import staged_case
from liuhen.web.service_door import chosen_papers
from liuhen.web.service_post import content_of, picture, service_crumbs
from liuhen.web.simple_signing import strokes_in


class SendingForm(PlacedForm):
    """Where the papers go: one of the addresses that were confirmed."""

    address = forms.ChoiceField(
        label="发送到",
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择受送达人确认的地址；没有的，先请受送达人签署《电子送达确认书》。"
        },
    )

    def __init__(self, *args: Any, activity: Activity, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {o.value: o.label for o in document_type(sent.CONSENT).field("way").options}
        self.fields["address"].choices = [  # type: ignore[attr-defined]
            (
                f"{paper.id}:{way}",
                f"{sent.given_by(paper).name}：{labels[way]} {paper.data['address']}，"
                f"接收人 {paper.data['receiver']}",
            )
            for paper, way in sent.consents(activity.case, sent.mode_of(activity))
        ]


class ArrivalForm(PlacedForm):
    """When it arrived, and who received it."""

    halves: ClassVar[frozenset[str]] = frozenset({"arrived_at", "receiver"})
    arrived_at = moment("到达时间", help_text="照发送报告或者系统显示填写")
    receiver = forms.CharField(label="接收人", max_length=60)
    notes = forms.MultipleChoiceField(
        label="传真件及复印件上已经注明",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=list(sent.NOTES.items()),
    )
    proof = picture("发送报告或者到达截屏", required=False)

    def __init__(self, *args: Any, is_fax: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_fax:
            del self.fields["notes"]


class FailedForm(PlacedForm):
    """Why nobody was served."""

    reason = forms.CharField(
        label="没有送成的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：住所无人，邻居称已搬走；发送失败，系统提示地址不存在",
    )


@signed_in
def service_sending(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Send papers to a confirmed address."""
    person = person_of(request)
    activity = _visible(person, activity_id, frozenset(sent.ACTIVITIES.values()))
    case = staged_case(person, activity.case_id)
    chosen = request.GET.getlist("paper")

    def perform(data: dict[str, Any]) -> str:
        consent, _, way = data["address"].partition(":")
        sent.send_papers(
            actor=person,
            activity_id=activity.id,
            paper_ids=chosen_papers(request.GET),
            consent_id=UUID(consent),
            way=way,
        )
        return reverse("case_service", args=[case.id])

    mode = Service.Mode(sent.mode_of(activity)).label
    page = OneForm(
        permission="paper.serve",
        title=mode,
        submit="已经发送",
        success="发送已经登记。到达以后，登记到达情况。",
        crumbs=service_crumbs(case),
        notes=[
            "只能发送到受送达人本人签名确认的地址；写给利害关系人的文书，发送到他本人确认的地址。",
            "没有确认书的，请受送达人签署后再发送，或者改用其他方式。",
        ],
        article="32.1" if activity.kind == "service_by_fax" else "civil_procedure:90",
        about=f"{len(chosen)} 份文书，{case.number}",
        other=("没有送成", reverse("service_failed", args=[activity.id])),
    )
    return page.answer(request, SendingForm(posted(request), activity=activity), perform)


def _visible(person: Person, activity_id: UUID, kinds: frozenset[str]) -> Activity:
    activity = visible_activity(person, activity_id)
    if activity.kind not in kinds:
        raise Refused("record.not_found")
    return activity


@signed_in
def service_arrival(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """What was sent has arrived: the receipt is signed and issued."""
    person = person_of(request)
    activity = _visible(person, activity_id, frozenset(sent.ACTIVITIES.values()))
    told = activity.facts.get(SENT)
    if told is None:
        raise Refused("service.not_sent")
    is_fax = activity.kind == "service_by_fax"

    def perform(data: dict[str, Any]) -> str:
        proof = data.pop("proof")
        sent.record_arrival(
            actor=person,
            activity_id=activity.id,
            strokes=strokes_in(request.POST.get("own_strokes", "")),
            proof=content_of(proof) if proof else None,
            **data,
        )
        return reverse("case_service", args=[activity.case_id])

    page = _arrival_page(person, activity, told, is_fax=is_fax)
    form = ArrivalForm(
        posted(request),
        request.FILES or None,
        is_fax=is_fax,
        initial={"receiver": told["receiver"]},
    )
    return page.answer(request, form, perform)


def _arrival_page(
    person: Person, activity: Activity, told: Mapping[str, Any], *, is_fax: bool
) -> OneForm:
    return OneForm(
        permission="paper.serve",
        title="登记到达情况",
        submit="签名，登记送达",
        success="送达已经登记，回证已制作。",
        crumbs=service_crumbs(activity.case),
        notes=[
            "到达受送达人特定系统的日期就是送达日期，以后的期限从这一天的次日起算。",
            "暂时没有发送报告、截屏的，可以先登记，以后补存；欠缺的凭据会列明。",
        ],
        article="32.1" if is_fax else "civil_procedure:90",
        about=f"{told['address']}，接收人 {told['receiver']}",
        signer={"role": "送达人", "name": person.name},
        statement="以上送达情况属实。",
        other=("没有到达", reverse("service_failed", args=[activity.id])),
    )


@signed_in
def service_failed(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """A service that was not made, with its reason."""
    person = person_of(request)
    activity = _visible(person, activity_id, frozenset(KINDS))

    def perform(data: dict[str, Any]) -> str:
        end_failed_service(actor=person, activity_id=activity.id, reason=data["reason"])
        return reverse("case_service", args=[activity.case_id])

    page = OneForm(
        permission="paper.serve",
        title="没有送成",
        submit="登记",
        success="没有送成的情况已经登记，文书等待另行送达。",
        crumbs=service_crumbs(activity.case),
        notes=[
            "没有送成的，不产生送达的效力。写明原因，存卷备查。",
            "穷尽其他方式仍不能送达的，这里登记的经过写进送达公告。",
        ],
        article="33.1",
        about=f"{activity.case.number}，{activity.place}",
    )
    return page.answer(request, FailedForm(posted(request)), perform)


@signed_in
@require_POST
def service_consent(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Draw up the confirmation of an electronic address, filled and signed by who is served."""
    person = person_of(request)
    case = staged_case(person, case_id)
    address = drawn(person, case.id, sent.CONSENT, addressee_id=_posted_addressee(request))
    succeed(request, "确认书已起草，请填写并由受送达人签名。")
    return HttpResponseRedirect(address)


def _posted_addressee(request: HttpRequest) -> UUID | None:
    """The interested person who is to confirm; none where it is the party."""
    text = request.POST.get("addressee", "")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Refused("record.not_found") from None
