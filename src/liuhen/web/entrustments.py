"""Organisations entrusted with enforcement: the list, the public list, the letter, its end.

Not for the units themselves (`units`).
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.entrusting import ENTRUSTABLE, end_entrustment, entrust_enforcement
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.entrustments import public_entrustments, standing_of
from liuhen.people.models import Entrustment, Unit
from liuhen.people.queries import is_allowed, require
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.periods import period_words
from liuhen.web.simple_signing import strokes_in

TITLE = "执法委托"
_STANDS = {
    "in_force": ("green", "有效"),
    "not_yet": ("open", "尚未开始"),
    "expired": ("grey", "已期满"),
    "ended": ("grey", "已终止"),
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EntrustForm(PlacedForm):
    """Who is entrusted with what, and how long."""

    halves: ClassVar[frozenset[str]] = frozenset({"since", "until"})

    unit = forms.ModelChoiceField(Unit.objects.none(), label="受委托组织", empty_label="请选择")
    kinds = forms.MultipleChoiceField(
        label="执法种类",
        choices=[(kind.value, kind.label) for kind in ENTRUSTABLE],
        widget=forms.CheckboxSelectMultiple,
    )
    matters = forms.CharField(
        label="委托事项",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明具体的执法事项和地域范围",
    )
    basis = forms.CharField(
        label="委托依据", max_length=500, help_text="准许委托的法律、法规、规章及条款"
    )
    scope = forms.CharField(
        label="权限",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可以作出的行为和处罚种类、罚款的上限等",
    )
    since = forms.DateField(label="期限起", widget=_DAY)
    until = forms.DateField(label="期限止（含当日）", widget=_DAY)
    receiver = forms.CharField(label="受委托组织负责人", max_length=60)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(kind=Unit.Kind.ENTRUSTED).order_by("code")


class EndForm(PlacedForm):
    """Why an entrustment ends before its period is over."""

    reason = forms.CharField(
        label="终止理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@signed_in
@require_safe
def entrustments(request: HttpRequest) -> HttpResponse:
    """All entrustments, with what may be done."""
    person = person_of(request)
    require(person, "entrustment.list")
    page = page_of(request, public_entrustments())
    context = {
        "items": _lines(page.rows),
        "pager": page.pager,
        "may_issue": is_allowed(person, "entrustment.issue"),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "entrustments.html", context)


@require_safe
def entrustment_register(request: HttpRequest) -> HttpResponse:
    """The entrustments for anybody, without signing in (Penalty Law 20)."""
    page = page_of(request, public_entrustments())
    authority = page.rows[0].authority if page.rows else None
    context = {
        "items": _lines(page.rows),
        "pager": page.pager,
        "authority": _name(authority) if authority else "",
    }
    answer = render(request, "entrustment_register.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
def entrustment_letter(request: HttpRequest, entrustment_id: UUID) -> HttpResponse:
    """The letter as PDF, for anybody."""
    found = _found(entrustment_id)
    with local_store().open(found.paper_id) as stream:
        answer = HttpResponse(stream.read(), content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _name(authority: Unit) -> str:
    return str(authority.profile.get("authority") or authority.name)


def _found(entrustment_id: UUID) -> Entrustment:
    found = public_entrustments().filter(id=entrustment_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def _lines(rows: Any) -> list[dict[str, Any]]:
    today = clock.local_date(clock.now())
    lines = []
    for one in rows:
        standing = standing_of(one, today)
        lamp, words = _STANDS[standing]
        kinds = "、".join(Case.Kind(kind).label for kind in one.kinds)
        is_open = standing in ("in_force", "not_yet")
        lines.append({"row": one, "lamp": lamp, "words": words, "kinds": kinds, "is_open": is_open})
    return lines


@signed_in
def entrustment_issue(request: HttpRequest) -> HttpResponse:
    """A new letter, signed by who heads the organisation, sealed and public at once."""
    actor = person_of(request)
    today = clock.local_date(clock.now())
    form = EntrustForm(posted(request), initial={"since": today})

    def perform(data: dict[str, Any]) -> str:
        unit = data.pop("unit")
        strokes = strokes_in(request.POST.get("own_strokes", ""))
        entrust_enforcement(actor=actor, unit_id=unit.id, strokes=strokes, **data)
        return reverse("entrustments")

    page = OneForm(
        permission="entrustment.issue",
        title="作出执法委托",
        submit="作出委托",
        success="委托书已制作并公开。",
        crumbs=[(TITLE, reverse("entrustments"))],
        notes=[
            "只能委托登记为“受委托组织”的机构，其持有效执法证件的人员"
            f"不少于{period_words('penalty_law.officers_minimum')}。",
            "行政强制措施不得委托；行政许可只能委托其他行政机关。",
            "作出后委托书即编号、盖章并向社会公布，不能再改；要变更的，终止后重新作出。",
            "受委托组织没有有效委托的，系统不准其启动相应种类的案件。",
        ],
        article="penalty_law:20",
        signer={"role": "受委托组织负责人", "name": ""},
        statement="本组织接受委托，以委托机关名义在委托范围内执法，不再委托其他组织或者个人。",
    )
    return page.answer(request, form, perform)


@signed_in
def entrustment_end(request: HttpRequest, entrustment_id: UUID) -> HttpResponse:
    """End an entrustment before its period is over."""
    actor = person_of(request)
    require(actor, "entrustment.list")
    found = _found(entrustment_id)

    def perform(data: dict[str, Any]) -> str:
        end_entrustment(actor=actor, entrustment_id=found.id, **data)
        return reverse("entrustments")

    page = OneForm(
        permission="entrustment.issue",
        title="终止执法委托",
        submit="终止委托",
        success="委托已终止。",
        crumbs=[(TITLE, reverse("entrustments"))],
        notes=["终止后该组织不能再启动案件；已启动的由本机关收回办理。"],
        article="penalty_law:20",
        about=f"{found.number} {found.unit.name}",
        is_grave=True,
    )
    return page.answer(request, EndForm(posted(request)), perform)
