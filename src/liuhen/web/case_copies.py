"""Pages of copies of a case: asked for, answered by the leader in charge (Art. 42, 46), packages.

Discs are written at the machine (`commands.disc`); the archival package by a job, and taken here.
Not for single papers and recordings (`party_copies`).
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.actions.case_packages import order_case_package, take_case_package
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.packages import KEPT, package_of, progress_of
from liuhen.archive.queries import visible_copy_requests
from liuhen.cases.queries import visible_case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, is_own_matter, require
from liuhen.recordings.derivatives import made_file
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

TITLE = "复制案卷"


class AskForm(PlacedForm):
    """For whom, what of it, what for."""

    recipient = forms.CharField(
        label="交给",
        max_length=120,
        help_text="来函的人民法院、复议机关，当事人，或者接收归档包的档案室、档案馆",
    )
    audience = forms.ChoiceField(label="内容", choices=[("", "请选择"), *CaseCopy.Audience.choices])
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：来函的文号和要求",
    )
    due_on = forms.DateField(
        label="收回之日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="用后应当归还或者销毁的，写明哪一天；对方留存附卷的不填",
    )


@signed_in
@require_safe
def case_discs(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was asked for of a case, and what became of it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    page = page_of(request, visible_copy_requests(person).filter(case=case))
    context = case_frame(
        case,
        TITLE,
        items=[_item(person, one) for one in page.rows],
        kept_days=KEPT.days,
        pager=page.pager,
        may_ask=is_allowed(person, "case_copy.ask"),
    )
    return render(request, "case_discs.html", context)


def _item(person: Person, one: CaseCopyRequest) -> dict[str, Any]:
    """A request, and what this person may do about it."""
    may_export = one.is_package and is_allowed(person, "case.export")
    is_there = package_of(one) is not None
    right = "viewing.approve"
    is_own = is_own_matter(person, right, one.asked_by_id)
    may_answer = not one.outcome and not is_own and is_allowed(person, right)
    return {
        "row": one,
        "place": f"copy-{one.id}",
        "state": _package_state(one, is_there=is_there) if one.is_package else _state(one),
        "may_answer": may_answer,
        "may_make": not one.is_package and one.is_waiting and is_allowed(person, "case.copy"),
        "may_order": may_export and one.may_be_ordered,
        "may_take": may_export and is_there,
    }


def _package_state(one: CaseCopyRequest, *, is_there: bool) -> tuple[str, str]:
    if one.is_making:
        done = progress_of(one)
        return "blue", "正在制作" if done is None else f"正在制作，已写 {done}%"
    if one.failure:
        return "red", "没有制成"
    if one.made_at is not None:
        return ("green", "已制成，可以取走") if is_there else ("grey", "已过保留期，已经清除")
    return ("yellow", "已批准，待制作") if one.may_be_ordered else _state(one)


def _state(one: CaseCopyRequest) -> tuple[str, str]:
    if one.outcome == CaseCopyRequest.Outcome.RETURNED:
        return "red", "不同意"
    if one.copy_id is not None:
        return "green", "已复制"
    return ("yellow", "已批准，待复制") if one.outcome else ("open", "待批准")


@signed_in
def case_disc_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask for a copy."""
    person = person_of(request)
    case = visible_case(person, case_id)
    back = reverse("case_discs", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        ask_case_copy(actor=person, case_id=case.id, **data)
        return back

    page = OneForm(
        permission="case_copy.ask",
        title="申请复制案卷",
        submit="报分管负责同志",
        success="已报送，批准后由记录管理员或者档案管理员复制。",
        crumbs=[(case.number, reverse("case", args=[case.id])), (TITLE, back)],
        about=f"{case.number} {case.cause}".strip(),
        notes=[
            "复制件含文书、音像和核验证明，在没有网络的电脑上也能打开、核验；给当事人的没有副卷。",
            "归档包是一个 ZIP 文件（BagIt 格式），立卷以后才能制作，批准后在网页上制作、取走。",
            "一次批准只能复制一次；交给谁、为什么、谁批准，登记并印在随盘的说明上。",
        ],
        article="42",
    )
    wanted = {"audience": request.GET.get("audience", "")}
    return page.answer(request, AskForm(posted(request), initial=wanted), perform)


@signed_in
@require_POST
def case_copy_answer(request: HttpRequest, copy_request_id: UUID) -> HttpResponse:
    """Approve or refuse a request."""
    person = person_of(request)
    found = visible_copy_requests(person).filter(id=copy_request_id).first()
    if found is None:
        raise Refused("record.not_found")
    outcome = request.POST.get("outcome", "")
    return act_and_return(
        request,
        lambda: answer_case_copy(
            actor=person,
            request_id=found.id,
            outcome=outcome,
            opinion=request.POST.get("opinion", ""),
        ),
        success="已同意。" if outcome == CaseCopyRequest.Outcome.APPROVED else "已答复不同意。",
        then=reverse("case_discs", args=[found.case_id]),
    )


def _visible(person: Person, copy_request_id: UUID) -> CaseCopyRequest:
    require(person, "case.export")
    found = visible_copy_requests(person).filter(id=copy_request_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


@signed_in
@require_POST
def case_package_order(request: HttpRequest, copy_request_id: UUID) -> HttpResponse:
    """Have the package made that was approved."""
    person = person_of(request)
    found = _visible(person, copy_request_id)
    return act_and_return(
        request,
        lambda: order_case_package(actor=person, request_id=found.id),
        success="已开始制作，完成后本页自动更新。",
        then=reverse("case_discs", args=[found.case_id]),
    )


@signed_in
@require_POST
def case_package_take(request: HttpRequest, copy_request_id: UUID) -> HttpResponse:
    """The package as a file, registered each time before it leaves."""
    person = person_of(request)
    found = _visible(person, copy_request_id)
    where = made_file(package_of(found))
    if where is None:
        raise Refused("case_package.gone")
    take_case_package(actor=person, request_id=found.id)
    answer = FileResponse(
        where.open("rb"),
        as_attachment=True,
        filename=f"归档包{found.case.number}.zip",
        content_type="application/zip",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)
