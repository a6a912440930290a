"""Pages of a closed case's file: binding it, handing it over, receiving it. Not for packages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.archive import bind_case, hand_over_case_file, receive_case_file
from liuhen.actions.archive_returns import KIND as RETURN
from liuhen.actions.archive_returns import ask_file_return, refuse_case_file
from liuhen.archive.four_checks import four_checks
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.gating import way_through
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders, is_allowed
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import asked_about, case_frame
from liuhen.web.one_form import OneForm, PlacedForm
from liuhen.web.one_form import posted as posted_data
from liuhen.web.steps import obstacles


class BindingForm(forms.Form):
    """Who checked the file."""

    checked_by = forms.ModelChoiceField(
        label="检查人",
        queryset=Person.objects.none(),
        empty_label="请选择",
        help_text="核对卷内文书与目录的人，不能是立卷人本人",
    )

    def __init__(self, *args: Any, case: Case, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        heads = holders(Office.Kind.UNIT_HEAD, case.unit)
        keepers = holders(Office.Kind.RECORDS_MANAGER)
        chosen = Person.objects.filter(id__in=heads) | Person.objects.filter(id__in=keepers)
        field = self.fields["checked_by"]
        field.queryset = chosen.exclude(id=person.id).order_by("name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda p: p.name  # type: ignore[attr-defined]


def _file(case: Case) -> CaseFile | None:
    held = CaseFile.objects.filter(case=case).select_related(
        "original", "bound_by", "handed_over_by", "received_by", "reopened_by"
    )
    return held.first()


@signed_in
def binding(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Bind the file, or look at the bound one."""
    person = person_of(request)
    case = visible_case(person, case_id)
    file = _file(case)

    def perform(data: dict[str, Any]) -> str:
        bind_case(actor=person, case_id=case.id, checked_by=data["checked_by"])
        return reverse("case_binding", args=[case.id])

    is_open = file is None or file.reopened_at is not None
    may_bind = is_open and case.closed_at is not None and is_allowed(person, "case.bind")
    context = case_frame(
        case,
        "立卷",
        file=file,
        pdf_href=reverse("bound_file", args=[case.id]),
        hand_over_href=reverse("case_hand_over", args=[case.id]),
        may_bind=may_bind,
        obstacles=obstacles(way_through("bind", case.id), case.id) if may_bind else [],
    )
    posted = request.POST if request.method == "POST" else None
    return form_page(
        request,
        BindingForm(posted, case=case, person=person),
        "case_binding.html",
        perform=perform,
        success="已立卷。",
        context=context,
    )


class HandOverForm(forms.Form):
    """What the unit states when it gives the original away (Art. 38)."""

    is_unit_copy_kept = forms.BooleanField(label="承办机构已留存案卷复制件", required=False)


class ReceiveForm(forms.Form):
    """The archive's number."""

    archive_number = forms.CharField(label="归档号", max_length=60)


@signed_in
def hand_over(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand the file over, or receive it in the archive room."""
    person = person_of(request)
    case = visible_case(person, case_id)
    file = _file(case)
    is_handed_over = file is not None and file.handed_over_at is not None
    posted = request.POST if request.method == "POST" else None
    known = {"archive_number": file.archive_number} if file is not None else {}
    form = ReceiveForm(posted, initial=known) if is_handed_over else HandOverForm(posted)

    def perform(data: dict[str, Any]) -> str:
        if is_handed_over:
            receive_case_file(actor=person, case_id=case.id, archive_number=data["archive_number"])
        else:
            hand_over_case_file(actor=person, case_id=case.id, **data)
        return reverse("case_hand_over", args=[case.id])

    return form_page(
        request,
        form,
        "case_hand_over.html",
        perform=perform,
        success="案卷已接收归档。" if is_handed_over else "已移交，等待档案室接收。",
        context=_hand_over_context(person, case, file),
    )


def _hand_over_context(person: Person, case: Case, file: CaseFile | None) -> dict[str, Any]:
    """Where the file stands on its way, and what this person may do about it."""
    is_handed_over = file is not None and file.handed_over_at is not None
    is_received = file is not None and file.received_at is not None
    is_reopened = file is not None and file.reopened_at is not None
    may_receive = is_handed_over and not is_received and is_allowed(person, "case_file.receive")
    may_hand_over = (
        file is not None
        and not (is_handed_over or is_reopened)
        and is_allowed(person, "case_file.hand_over")
    )
    return case_frame(
        case,
        "移交归档",
        file=file,
        may_hand_over=may_hand_over,
        may_receive=may_receive,
        checks=four_checks(file) if file and (may_hand_over or may_receive) else (),
        is_refused=is_reopened and file is not None and file.archive_number is None,
        asked=asked_about(case, RETURN),
        may_package=is_allowed(person, "case.export"),
        may_ask=is_received and is_allowed(person, "case_file.ask_return"),
        pdf_href=reverse("bound_file", args=[case.id]),
        binding_href=reverse("case_binding", args=[case.id]),
    )


class GivingBackForm(PlacedForm):
    """Why a file goes back."""

    reason = forms.CharField(
        label="理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _giving_back(case: Case, **page: Any) -> OneForm:
    crumbs = [
        (case.number, reverse("case", args=[case.id])),
        ("移交归档", reverse("case_hand_over", args=[case.id])),
    ]
    return OneForm(crumbs=crumbs, about=f"{case.number} {case.cause}".strip(), **page)


@signed_in
def refusal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give a file that was handed over back to the unit."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        refuse_case_file(actor=person, case_id=case.id, **data)
        return reverse("case_hand_over", args=[case.id])

    page = _giving_back(
        case,
        permission="case_file.receive",
        title="退回案卷",
        submit="退回",
        success="案卷已退回承办机构。",
        notes=["逐条写明哪一份材料有什么问题，承办机构据此补正后重新立卷、移交。"],
        article="38.1",
    )
    return page.answer(request, GivingBackForm(posted_data(request)), perform)


@signed_in
def file_return(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask that an archived file be returned for supplements."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        ask_file_return(actor=person, case_id=case.id, **data)
        return reverse("case_hand_over", args=[case.id])

    page = _giving_back(
        case,
        permission="case_file.ask_return",
        title="申请退回归档案卷",
        submit="申请",
        success="已报请分管负责同志批准。",
        notes=[
            "只为补充材料退回；已经归档的材料不能更改，原来的装订件一直保留。",
            "批准后补充材料，重新立卷、移交；归档号不变，归档时间仍以首次为准。",
        ],
        article="43.2",
    )
    return page.answer(request, GivingBackForm(posted_data(request)), perform)
