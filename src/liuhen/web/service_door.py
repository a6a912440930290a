"""One service at the door, on a phone: the receipt, the signatures, what came of it.

Each press of a button is one step; a step refused says what is wrong and nothing is lost. Not for
choosing papers and mode (`service`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.activities import end_activity
from liuhen.actions.paper_drafts import void_paper
from liuhen.actions.paper_subjects import addressee_of
from liuhen.actions.papers import note_refusal, sign_paper
from liuhen.actions.service import ACTIVITIES, TYPE, draw_up_receipt, record_service
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity, Case, Party
from liuhen.cases.queries import visible_activity
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.models import Paper, Service, Signature
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, person_of, signed_in, succeed
from liuhen.web.case_acts import case_frame
from liuhen.web.one_form import PlacedForm
from liuhen.web.papers import pages_of
from liuhen.web.refusals import refusal_context
from liuhen.web.reviewing import staged_case
from liuhen.web.service_lines import addressed_types, service_line, services_of
from liuhen.web.simple_signing import strokes_in

_OTHERS = "received_by=family,receiver,agent"
_NAMED = f"{_OTHERS},representative"
_LEFT = ACTIVITIES[Service.Mode.LEFT_AT_RESIDENCE]


class ReceiptForm(PlacedForm):
    """Who receives in person."""

    halves: ClassVar[frozenset[str]] = frozenset({"agent_name", "agent_relation"})
    whens: ClassVar[Mapping[str, str]] = {"agent_name": _NAMED, "agent_relation": _OTHERS}
    received_by = forms.ChoiceField(
        label="谁来签收",
        widget=forms.RadioSelect,
        choices=[(o.value, o.label) for o in document_type(TYPE).field("received_by").options],
    )
    agent_name = forms.CharField(
        label="签收人姓名",
        max_length=60,
        required=False,
        help_text="法定代表人、负责人已经登记的，可以不填",
    )
    agent_relation = forms.CharField(
        label="与受送达人关系",
        max_length=60,
        required=False,
        help_text="例如：妻子、前台、委托代理人",
    )


class LeftForm(PlacedForm):
    """Why it was refused, and who witnesses."""

    refusal_reason = forms.CharField(
        label="拒收事由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明谁拒绝接收、怎么说的",
    )
    witness = forms.CharField(
        label="见证人及其单位、职务",
        max_length=120,
        help_text="例如：程见证（样板路社区居民委员会工作人员）；没有见证人到场的，照实写“无见证人到场”",
    )


# -- the page ----------------------------------------------------------------------------------


@signed_in
def service_door(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """The step under way: receipt, signatures, end; at last both results."""
    person = person_of(request)
    activity = visible_service(person, activity_id)
    form = _form(activity, request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                receipt = draw_up_receipt(
                    actor=person,
                    activity_id=activity.id,
                    paper_ids=chosen_papers(request.POST),
                    **form.cleaned_data,
                )
            except Refused as refused:
                refusal, status = refusal_context(refused), explain(refused).status
            else:
                succeed(request, "送达回证已起草，请签字。")
                return HttpResponseRedirect(_address(activity, receipt))
    return _page(request, activity, form, refusal=refusal, status=status)


def visible_service(person: Person, activity_id: UUID) -> Activity:
    """A service under way or done. Raises `Refused("record.not_found")`."""
    activity = visible_activity(person, activity_id)
    if activity.kind not in ACTIVITIES.values():
        raise Refused("record.not_found")
    return activity


def _form(activity: Activity, post: QueryDict | None) -> PlacedForm:
    return LeftForm(post) if activity.kind == _LEFT else ReceiptForm(post)


def chosen_papers(data: QueryDict) -> list[UUID]:
    """The papers named in an address or form; nonsense names none."""
    found = []
    for text in data.getlist("paper"):
        try:
            found.append(UUID(text))
        except ValueError as error:
            raise Refused("service.no_paper") from error
    return found


def _address(activity: Activity, receipt: Paper) -> str:
    return f"{reverse('service_door', args=[activity.id])}#receipt-{receipt.id}"


def _page(
    request: HttpRequest,
    activity: Activity,
    form: PlacedForm,
    *,
    refusal: Any = None,
    status: int = 200,
    wrong: Mapping[str, Refused] | None = None,
) -> HttpResponse:
    person = person_of(request)
    case = staged_case(person, activity.case_id)
    receipt = _receipt(activity)
    is_signing = receipt is not None and receipt.state == Paper.State.DRAFT
    services = [one for one in services_of(case) if one.activity_id == activity.id]
    findings = findings_of_case(case) if services else []
    context = case_frame(
        case,
        "上门送达",
        activity=activity,
        is_left=activity.kind == _LEFT,
        form=form,
        refusal=refusal,
        papers=_papers(case, activity, receipt, request),
        receipt=receipt,
        pages=pages_of(receipt) if receipt is not None and is_signing else [],
        signers=_signers(activity, receipt, wrong or {}) if receipt and is_signing else [],
        is_refused=is_signing and receipt is not None and _is_refused(receipt),
        services=[service_line(one, findings) for one in services],
        upload_href=reverse("case_upload", args=[case.id]),
        may_serve=is_allowed(person, "paper.serve"),
    )
    return render(request, "service_door.html", context, status=status)


def _receipt(activity: Activity) -> Paper | None:
    drawn = activity.papers.filter(type=TYPE).exclude(state=Paper.State.VOID)
    return drawn.select_related("original", "case__unit").order_by("-drawn_up_at").first()


def _papers(
    case: Case, activity: Activity, receipt: Paper | None, request: HttpRequest
) -> list[dict[str, Any]]:
    """The papers of this service: on the receipt, or else those chosen on the way here."""
    if receipt is not None:
        chosen = (activity.facts.get("papers") or {}).get(str(receipt.id), [])
    else:
        chosen = chosen_papers(request.POST if request.method == "POST" else request.GET)
    rows = case.papers.filter(id__in=chosen).order_by("issued_at")
    if not chosen and receipt is None:
        rows = case.papers.filter(state=Paper.State.ISSUED, services=None).exclude(type=TYPE)
        rows = rows.filter(type__in=addressed_types(case)).exclude(
            subject_id__in=case.parties.filter(role=Party.Role.INTERESTED).values("id")
        )
    return [{"id": one.id, "title": one.document_type.title, "number": one.number} for one in rows]


# -- signing -----------------------------------------------------------------------------------

# (field prefix, role, name, person) of one who signs the receipt; `person` is ours or None.
_Signer = tuple[str, str, str, Person | None]


def _expected(activity: Activity, receipt: Paper) -> list[_Signer]:
    """Who signs: the recipient in person; the servers; the witness of a paper left."""
    data = receipt.data
    is_left = data["mode"] == Service.Mode.LEFT_AT_RESIDENCE
    listed: list[_Signer] = []
    if not is_left:
        name = data.get("agent_name") or _party_name(receipt, data.get("received_by"))
        listed.append(("recipient", Signature.Role.RECIPIENT, name, None))
    officers = activity.officers.select_related("person").order_by("id")
    for place, row in enumerate(officers, start=1):
        listed.append((f"server{place}", Signature.Role.SERVER, row.person.name, row.person))
    if is_left and _has_witness(receipt):
        name = str(data["witness"]).partition("（")[0].strip()
        listed.append(("witness", Signature.Role.WITNESS, name, None))
    return listed


def _has_witness(receipt: Paper) -> bool:
    return not str(receipt.data.get("witness", "无")).startswith("无")


def _party_name(receipt: Paper, received_by: str | None) -> str:
    """Who is served, or who leads it."""
    assert receipt.activity is not None  # a receipt is of its service
    named = receipt.activity.facts["papers"][str(receipt.id)]
    party = addressee_of(receipt.case, list(receipt.case.papers.filter(id__in=named)))
    return party.representative if received_by == "representative" else party.name


def _signers(
    activity: Activity, receipt: Paper, wrong: Mapping[str, Refused]
) -> list[dict[str, Any]]:
    """Those who have neither signed nor refused, for `parts/signature.html`."""
    return [
        {
            "name": prefix,
            "signer": {"role": Signature.Role(role).label, "name": name},
            "statement": _CONFIRMS[role],
            "article": "30.1" if role == Signature.Role.WITNESS else "28.1",
            "may_not_refuse": role == Signature.Role.SERVER,
            "errors": [explain(wrong[prefix]).message] if prefix in wrong else [],
        }
        for prefix, role, name, _ in _left(activity, receipt)
    ]


_CONFIRMS: Mapping[str, str] = {
    Signature.Role.RECIPIENT: "本人已于今日收到上列文书。",
    Signature.Role.SERVER: "以上送达情况属实。",
    Signature.Role.WITNESS: "本人在场见证，受送达人拒绝接收，文书已经留在住所。",
}


def _left(activity: Activity, receipt: Paper) -> list[_Signer]:
    done = set(receipt.signatures.values_list("role", "name"))
    return [one for one in _expected(activity, receipt) if (one[1], one[2]) not in done]


def _is_refused(receipt: Paper) -> bool:
    """Whether the recipient of a service in person refuses to sign."""
    is_left = receipt.data["mode"] == Service.Mode.LEFT_AT_RESIDENCE
    refused = receipt.signatures.filter(role=Signature.Role.RECIPIENT, is_refused=True)
    return not is_left and refused.exists()


@signed_in
@require_POST
def service_signing(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Take every signature posted; when nobody is missing, record the service."""
    person = person_of(request)
    activity = visible_service(person, activity_id)
    receipt = _receipt(activity)
    if receipt is None:
        raise Refused("service.no_paper")
    wrong: dict[str, Refused] = {}
    for signer in _left(activity, receipt):
        try:
            _take(person, receipt, signer, request.POST)
        except Refused as refused:
            wrong[signer[0]] = refused
    if not wrong and not _is_refused(receipt):
        try:
            _record(person, receipt)
        except Refused as refused:
            wrong[""] = refused
    if wrong:
        first = next(iter(wrong.values()))
        return _page(
            request,
            activity,
            _form(activity, None),
            refusal=refusal_context(first),
            status=explain(first).status,
            wrong=wrong,
        )
    return HttpResponseRedirect(_address(activity, receipt))


def _take(actor: Person, receipt: Paper, signer: _Signer, post: QueryDict) -> None:
    prefix, role, name, person = signer
    if post.get(f"{prefix}_mode") == "refused":
        reason = post.get(f"{prefix}_reason", "")
        note_refusal(actor=actor, paper_id=receipt.id, role=role, name=name, reason=reason)
        return
    sign_paper(
        actor=actor,
        paper_id=receipt.id,
        role=role,
        name=name,
        strokes=strokes_in(post.get(f"{prefix}_strokes", "")),
        person=person,
    )


def _record(person: Person, receipt: Paper) -> None:
    """Record the service; who refused to receive is noted in the words of the receipt."""
    is_left = receipt.data["mode"] == Service.Mode.LEFT_AT_RESIDENCE
    recipient = receipt.signatures.filter(role=Signature.Role.RECIPIENT)
    if is_left and not recipient.exists():
        note_refusal(
            actor=person,
            paper_id=receipt.id,
            role=Signature.Role.RECIPIENT,
            name=_party_name(receipt, None),
            reason=receipt.data["refusal_reason"],
        )
    record_service(actor=person, receipt_id=receipt.id)


@signed_in
@require_POST
def service_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Leave: the activity ends."""
    person = person_of(request)
    activity = visible_service(person, activity_id)
    return act_and_return(
        request,
        lambda: end_activity(actor=person, activity_id=activity.id),
        success="送达已结束，请交存音像。",
        then=reverse("service_door", args=[activity.id]),
    )


@signed_in
@require_POST
def service_leave(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """The recipient refuses: this attempt ends, the papers will be left at the residence."""
    person = person_of(request)
    activity = visible_service(person, activity_id)
    receipt = _receipt(activity)
    if receipt is None or not _is_refused(receipt):
        raise Refused("service.no_paper")
    query = [("mode", Service.Mode.LEFT_AT_RESIDENCE.value), ("place", activity.place)]
    query += [("paper", one) for one in activity.facts["papers"][str(receipt.id)]]
    void_paper(actor=person, paper_id=receipt.id, reason="受送达人拒绝签收，改为留置送达。")
    end_activity(actor=person, activity_id=activity.id)
    succeed(request, "直接送达已结束，请邀请见证人，改为留置送达。")
    address = reverse("service_begin", args=[activity.case_id])
    return HttpResponseRedirect(f"{address}?{urlencode(query)}")
