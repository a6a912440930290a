"""Pages of the security administrator: persons, their accounts, offices and certificates.

Nothing here reads a record of a case: what somebody still holds comes as numbers only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions import people as acts
from liuhen.actions.deputising import end_office
from liuhen.actions.leaving import deactivate_person, reactivate_person
from liuhen.actions.second_factor import ask_second_factor_reset
from liuhen.actions.sessions import end_all_sessions
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Certificate, Office, Person
from liuhen.people.queries import require
from liuhen.web import people_forms as asked
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_lines import SHOWN, chosen, person_line, person_page

_LIST = "人员与机构"


def _paper_slip() -> str:
    hours = settings.FIRST_PASSWORD_SECONDS // 3600
    return (
        f"密码不写入任何记录，请当面交给本人：{hours} 小时内有效，本人首次登录时须换成自己的密码。"
    )


@signed_in
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Persons by sign-in name, with offices and how their certificates stand."""
    require(person_of(request), "person.list")
    form = asked.PersonSearch(request.GET)
    show = request.GET.get("show", "")
    today = clock.local_date(clock.now())
    form.is_valid()  # what makes no sense in an address is left out, the rest counts
    rows = _searched(chosen(show, today), form.cleaned_data)
    listed = rows.select_related("unit").prefetch_related("offices", "certificates")
    page = page_of(request, listed.order_by("username"))
    context = {
        "items": [person_line(one, today) for one in page.rows],
        "form": form,
        "filters": SHOWN,
        "show": show if show in dict(SHOWN) else "",
        "is_filtered": any(form.cleaned_data.values()),
        "pager": page.pager,
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "people.html", context)


def _searched(rows: QuerySet[Person], wanted: dict[str, Any]) -> QuerySet[Person]:
    if text := wanted.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(username__icontains=text))
    return rows.filter(unit=wanted["unit"]) if wanted.get("unit") else rows


@signed_in
@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: account, offices, certificates, devices, and what is still to hand over."""
    actor = person_of(request)
    require(actor, "person.list")
    return render(request, "people_person.html", person_page(actor, _known(person_id)))


def _known(person_id: UUID) -> Person:
    found = (
        Person.objects.filter(id=person_id, nature=Person.Nature.HUMAN)
        .select_related("unit")
        .first()
    )
    if found is None:
        raise Refused("record.not_found")
    return found


def _crumbs(who: Person) -> list[tuple[str, str]]:
    return [(_LIST, reverse("people")), (who.name, reverse("person", args=[who.id]))]


def _about(who: Person) -> str:
    return f"{who.name}（{who.username}），{who.unit.name if who.unit else '未定机构'}"


@signed_in
def person_register(request: HttpRequest) -> HttpResponse:
    """A new person with a first password."""
    actor = person_of(request)
    initial = {"password": asked.suggested_password(), "unit": request.GET.get("unit", "")}

    def perform(data: dict[str, Any]) -> str:
        return reverse("person", args=[acts.register_person(actor=actor, **data).id])

    page = OneForm(
        permission="person.register",
        title="登记人员",
        submit="登记",
        success="人员已登记。接下来任命职务；执法人员还要登记执法证件。",
        crumbs=[(_LIST, reverse("people"))],
        notes=["没有职务的人员登录后看不到任何案件。", _paper_slip()],
    )
    return page.answer(request, asked.PersonForm(posted(request), initial=initial), perform)


@signed_in
def person_appoint(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """An office from now on."""
    actor = person_of(request)
    who = _known(person_id)

    def perform(data: dict[str, Any]) -> str:
        last: dt.date | None = data["until"]
        until = None if last is None else _midnight_after(last)
        acts.appoint(actor=actor, person=who, kind=data["kind"], unit=data["unit"], until=until)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="office.appoint",
        title="任命职务",
        submit="任命",
        success="职务已任命，立即生效。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=[
            "职务决定能办理什么、能看到哪些案件，请以任职文件为准。",
            "系统运维、安全管理员、审计管理员由不同的人担任，也不能兼任接触案件、记录的职务。",
        ],
    )
    form = asked.OfficeForm(posted(request), initial={"unit": who.unit_id})
    return page.answer(request, form, perform)


def _midnight_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA)


@signed_in
def office_end(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """End an office now."""
    actor = person_of(request)
    office = Office.objects.filter(id=office_id).select_related("person", "unit").first()
    if office is None:
        raise Refused("record.not_found")
    who = _known(office.person_id)

    def perform(data: dict[str, Any]) -> str:
        end_office(actor=actor, office_id=office.id, **data)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="office.end",
        title=f"免去职务：{office.get_kind_display()}",
        submit="免去职务",
        success="职务已免去，立即生效。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=["免去后，由他人代行的同时终止；以前的任职期间仍然可查。"],
        is_grave=True,
    )
    return page.answer(request, asked.ReasonForm(posted(request)), perform)


@signed_in
def person_certificate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """An enforcement certificate."""
    actor = person_of(request)
    who = _known(person_id)

    def perform(data: dict[str, Any]) -> str:
        valid_until = data.pop("last_day") + dt.timedelta(days=1)
        acts.register_certificate(actor=actor, person=who, valid_until=valid_until, **data)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="certificate.register",
        title="登记执法证件",
        submit="登记",
        success="执法证件已登记。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=["换发的证件另行登记，旧证不用删除；没有有效证件的人员不能开始执法活动。"],
    )
    return page.answer(request, asked.CertificateForm(posted(request)), perform)


@signed_in
def certificate_revoke(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """End a certificate before its day."""
    actor = person_of(request)
    certificate = Certificate.objects.filter(id=certificate_id).first()
    if certificate is None:
        raise Refused("record.not_found")
    who = _known(certificate.person_id)

    def perform(data: dict[str, Any]) -> str:
        acts.revoke_certificate(actor=actor, certificate_id=certificate.id, **data)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="certificate.revoke",
        title=f"吊销执法证件：{certificate.number}",
        submit="吊销",
        success="执法证件已吊销，立即生效。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=["吊销不能撤回；以前持证的执法活动不受影响。"],
        is_grave=True,
    )
    return page.answer(request, asked.ReasonForm(posted(request)), perform)


@signed_in
def person_qualification(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A legal professional qualification, which legality review asks for."""
    actor = person_of(request)
    who = _known(person_id)

    def perform(data: dict[str, Any]) -> str:
        acts.record_qualification(actor=actor, person=who, **data)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="person.qualify",
        title="登记法律职业资格",
        submit="登记",
        success="法律职业资格已登记。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=["初次从事行政处罚决定法制审核的人员，应当通过国家统一法律职业资格考试。"],
        article="penalty_law:58",
    )
    form = asked.QualificationForm(posted(request), initial={"number": who.legal_qualification})
    return page.answer(request, form, perform)


@signed_in
def person_password(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new password for somebody who forgot theirs."""
    actor = person_of(request)
    who = _known(person_id)

    def perform(data: dict[str, Any]) -> str:
        acts.reset_password(actor=actor, person_id=who.id, **data)
        return reverse("person", args=[who.id])

    page = OneForm(
        permission="person.reset_password",
        title="重置密码",
        submit="重置密码",
        success=f"{who.name}的密码已重置，原有的登录全部失效。",
        crumbs=_crumbs(who),
        about=_about(who),
        notes=["请先核实本人身份。谁在什么时间重置了密码，永久留痕。", _paper_slip()],
        is_grave=True,
    )
    form = asked.NewPasswordForm(posted(request), initial={"new": asked.suggested_password()})
    return page.answer(request, form, perform)


def _with_reason(
    request: HttpRequest,
    person_id: UUID,
    perform_on: Callable[..., object],
    *,
    title: str,
    success: str,
    submit: str = "",
    **page: Any,
) -> HttpResponse:
    """A page of an act on a person that takes a reason and nothing else."""
    actor = person_of(request)
    who = _known(person_id)

    def perform(data: dict[str, Any]) -> str:
        perform_on(actor=actor, person_id=who.id, **data)
        return reverse("person", args=[who.id])

    shown = OneForm(
        title=title,
        submit=submit or title,
        success=success.format(name=who.name),
        crumbs=_crumbs(who),
        about=_about(who),
        **page,
    )
    return shown.answer(request, asked.ReasonForm(posted(request)), perform)


@signed_in
def person_sessions(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """End every session of somebody whose phone was lost."""
    return _with_reason(
        request,
        person_id,
        end_all_sessions,
        permission="session.end_all",
        title="退出全部登录",
        success="{name}的登录已全部退出。",
        notes=["设备丢失、账号可能被冒用时使用；知道密码的人仍能再次登录，必要时同时重置密码。"],
        is_grave=True,
    )


@signed_in
def person_second_factor(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask that the second step of somebody who lost their device be taken away."""
    return _with_reason(
        request,
        person_id,
        ask_second_factor_reset,
        permission="second_factor.reset",
        title="解除第二步验证",
        submit="提出解除",
        success="已经提出，请另一名安全管理员在 24 小时内确认。",
        notes=["请先当面核实本人身份。两名安全管理员都办理以后才解除，其登录全部退出。"],
        is_grave=True,
    )


@signed_in
def person_deactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Switch an account off."""
    return _with_reason(
        request,
        person_id,
        deactivate_person,
        permission="person.deactivate",
        title="停用账号",
        success="{name}的账号已停用，职务同时免去。",
        notes=[
            "人员变动的，先移交其名下的案件、音像记录和设备。",
            "停用立即生效，正在使用的也会退出；以前的记录不受影响。",
        ],
        article="40",
        is_grave=True,
    )


@signed_in
def person_reactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Switch an account on again."""
    return _with_reason(
        request,
        person_id,
        reactivate_person,
        permission="person.reactivate",
        title="恢复账号",
        success="{name}的账号已恢复，职务须重新任命。",
        notes=["恢复后可以用原密码登录；停用时免去的职务不会自动恢复。"],
    )
