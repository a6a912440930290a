"""Parties of a case: who they are, what is still missing, what happened to them meanwhile.

Not for the party of a simple case, which is recorded on the spot (`simple_procedure`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions import parties as acts
from liuhen.cases.models import Case, Party, PartyChange
from liuhen.cases.queries import visible_case, visible_party
from liuhen.kernel import clock
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.templatetags.wording import day

_TITLE = "当事人"


_ROLES = [(role.value, role.label) for role in (Party.Role.PARTY, Party.Role.INTERESTED)]


class PartyForm(PlacedForm):
    """A party as cards and licences name it."""

    halves = frozenset({"identity_kind", "identity_number", "representative", "phone"})
    whens: ClassVar = {"representative": "kind=organisation"}

    role = forms.ChoiceField(label="身份", choices=_ROLES, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="类别", choices=Party.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="姓名或者名称", max_length=200, help_text="与证件、营业执照一致")
    identity_kind = forms.ChoiceField(
        label="证件类别",
        required=False,
        choices=[("", "暂不填写"), *Party.IdentityKind.choices],
    )
    identity_number = forms.CharField(
        label="证件号码", max_length=40, required=False, help_text="身份证号码和信用代码当场校验"
    )
    representative = forms.CharField(label="法定代表人或者负责人", max_length=60, required=False)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    address = forms.CharField(
        label="住址或者住所", max_length=200, required=False, help_text="文书送达到这里"
    )


class CorrectionForm(PartyForm):
    """A party as it should have been written."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["role"]


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class EndForm(PlacedForm):
    """That a party died or has ceased to be."""

    died_on = _day("死亡或者终止日期")
    proof = forms.CharField(
        label="证明材料",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：死亡医学证明、登记机关的注销通知，写明文号",
    )


class RenamingForm(PlacedForm):
    """That a party bears another name."""

    name = forms.CharField(label="现姓名或者名称", max_length=200)
    renamed_on = _day("变更日期")
    proof = forms.CharField(
        label="证明材料",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：登记机关的变更通知书，写明文号",
    )


class SuccessionForm(CorrectionForm):
    """Who takes the party's place, since when, by what proof."""

    field_order: Any = ("succeeded_on", "proof")
    succeeded_on = _day("承继日期")
    proof = forms.CharField(
        label="证明材料",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：合并、分立的登记通知书，继承公证书，写明文号",
    )


# -- the list ----------------------------------------------------------------------------------


@signed_in
@require_safe
def case_parties(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The parties and interested persons of a case, with what became of them."""
    person = person_of(request)
    case = visible_case(person, case_id)
    rows = list(case.parties.prefetch_related("changes__recorded_by").order_by("role", "id"))
    may_record = case.closed_at is None and is_allowed(person, "party.record")
    context = case_frame(
        case,
        _TITLE,
        parties=[_card(one) for one in rows if one.role == Party.Role.PARTY],
        interested=[_card(one) for one in rows if one.role != Party.Role.PARTY],
        may_record=may_record and not case.is_on_the_spot,
    )
    return render(request, "case_parties.html", context)


def _card(party: Party) -> dict[str, Any]:
    changes = sorted(party.changes.all(), key=lambda one: one.recorded_at)
    return {
        "row": party,
        "missing": "、".join(_missing(party)),
        "changes": [_change(one) for one in changes],
    }


def _missing(party: Party) -> list[str]:
    """What papers will ask for and nobody has written down yet."""
    is_organisation = party.kind == Party.Kind.ORGANISATION
    asked = (
        ("证件号码", party.sealed_number),
        ("法定代表人或者负责人", party.representative or not is_organisation),
        ("住址或者住所", party.address),
        ("电话", party.phone),
    )
    return [label for label, known in asked if not known]


def _change(one: PartyChange) -> dict[str, Any]:
    when = day(one.happened_on)
    words = {
        PartyChange.Kind.DIED: f"{when}死亡或者终止",
        PartyChange.Kind.RENAMED: f"{when}由“{one.name_before}”更名为“{one.name_after}”",
        PartyChange.Kind.MERGED: f"{when}起由“{one.name_after}”承继",
    }
    return {"words": words[PartyChange.Kind(one.kind)], "proof": one.proof, "row": one}


# -- the forms ---------------------------------------------------------------------------------


def _answer(
    request: HttpRequest, case: Case, form: PlacedForm, act: Callable[..., object], **page: Any
) -> HttpResponse:
    person, list_href = person_of(request), reverse("case_parties", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        act(actor=person, **data)
        return list_href

    crumbs = [(case.number, reverse("case", args=[case.id])), (_TITLE, list_href)]
    shown = OneForm(permission="party.record", crumbs=crumbs, **{"about": case.number, **page})
    return shown.answer(request, form, perform)


@signed_in
def party_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A party or an interested person of a case."""
    case = visible_case(person_of(request), case_id)
    is_other = request.GET.get("role") == Party.Role.INTERESTED
    initial = {
        "role": Party.Role.INTERESTED if is_other else Party.Role.PARTY,
        "kind": Party.Kind.PERSON,
    }

    def act(*, actor: Any, **given: Any) -> object:
        return acts.add_party(actor=actor, case_id=case.id, given=given)

    return _answer(
        request,
        case,
        PartyForm(posted(request), initial=initial),
        act,
        title="登记利害关系人" if is_other else "登记当事人",
        submit="登记",
        success="已登记。",
        article="10.2",
        notes=[
            "公民对照居民身份证，单位对照营业执照填写；号码有误的当场指出。",
            "暂时查不清的先不填，查清后再补正；不清楚不等于没有。",
            "一案一名当事人；另有违法行为人的，另行立案。",
        ],
    )


@signed_in
def party_correct(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Complete or correct what is written of a party."""
    party = visible_party(person_of(request), party_id)
    initial = {name: getattr(party, name) for name in CorrectionForm.base_fields}

    def act(*, actor: Any, **given: Any) -> object:
        return acts.correct_party(actor=actor, party_id=party.id, given=given)

    return _answer(
        request,
        party.case,
        CorrectionForm(posted(request), initial=initial),
        act,
        title="补正当事人信息",
        submit="保存",
        success="已补正；已经制作的文书不变。",
        about=f"{party.case.number}，{party.name}",
        article="10.2",
        notes=[
            "只用于补填或者改正写错的内容，已经制作的文书保持原样。",
            "当事人自己变更姓名、名称的，请用“登记更名”。",
        ],
    )


@signed_in
def party_end(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Record that a party died or has ceased to be."""
    party = visible_party(person_of(request), party_id)

    def act(*, actor: Any, **given: Any) -> object:
        return acts.record_party_death(actor=actor, party_id=party.id, **given)

    return _answer(
        request,
        party.case,
        EndForm(posted(request), initial={"died_on": clock.local_date(clock.now())}),
        act,
        title="登记死亡或者终止",
        submit="登记",
        success="已登记；不能再向其告知、决定或者送达。",
        about=f"{party.case.number}，{party.name}",
        notes=["登记后不能再向该当事人告知、作出决定或者送达文书。", "以前的记录不受影响。"],
        is_grave=True,
    )


@signed_in
def party_renaming(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Record that a party bears another name."""
    party = visible_party(person_of(request), party_id)

    def act(*, actor: Any, **given: Any) -> object:
        return acts.record_party_renaming(actor=actor, party_id=party.id, **given)

    return _answer(
        request,
        party.case,
        RenamingForm(posted(request), initial={"renamed_on": clock.local_date(clock.now())}),
        act,
        title="登记更名",
        submit="登记",
        success="已登记；以后的文书用新的姓名或者名称。",
        about=f"{party.case.number}，{party.name}",
        notes=["已经制作的文书保持原来的姓名或者名称，以后的文书用新的。"],
    )


@signed_in
def party_succession(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Put a successor in the party's place."""
    party = visible_party(person_of(request), party_id)

    def act(*, actor: Any, succeeded_on: Any, proof: str, **given: Any) -> object:
        return acts.record_succession(
            actor=actor, party_id=party.id, given=given, succeeded_on=succeeded_on, proof=proof
        )

    today = clock.local_date(clock.now())
    return _answer(
        request,
        party.case,
        SuccessionForm(posted(request), initial={"succeeded_on": today, "kind": party.kind}),
        act,
        title="登记承继",
        submit="登记",
        success="已登记；以后向承继人告知、决定和送达。",
        about=f"{party.case.number}，{party.name}",
        notes=[
            "单位合并、分立或者被接收的，由承继其权利义务的单位继续办理；只改名称的，请用“登记更名”。",
            "公民死亡的，处罚案件不由他人承继，报请终止；征收和强制执行中的金钱义务以遗产继续。",
            "已经向原当事人告知、送达的仍然有效；已经起草的文书请按新的当事人重新起草。",
        ],
        is_grave=True,
    )
