"""Pages of coercion with one form each: opening, stating, handing over on the spot, cost.

Each performs one act. Not for the course itself (`case_course`), what becomes of the things
(`coercion_things`), nor for levies (`levy_forms`).
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import coercion
from liuhen.actions.enforcement_halts import resume_enforcement
from liuhen.actions.enforcing import open_enforcement
from liuhen.actions.opening import NATURE
from liuhen.actions.papers import serve_in_person
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, Unit
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_course import course_case
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.parties import PartyForm
from liuhen.web.periods import with_periods

AREA = forms.Textarea(attrs={"rows": 3})
_WORDS = {
    "is_major": "重大案件",
    "is_complex": "情节复杂",
    "has_expert_argument": "组织过专家论证",
    "is_notice_required": "法律规定决定前应当告知当事人",
}


def nature_field() -> forms.MultipleChoiceField:
    """What a person judges of the case; what is not ticked is not so."""
    return forms.MultipleChoiceField(
        label="案件情形",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, _WORDS[key]) for key in NATURE],
        help_text="决定要不要法制审核、集体讨论和决定前告知；都不是的不勾选",
    )


def party_fields(form: PartyForm) -> dict[str, str]:
    """The party of a form that also asks for other things."""
    return {key: form.cleaned_data[key] for key in PartyForm.base_fields if key != "role"}


class OpenForm(PartyForm, OfficersForm):
    """A case with its party and officers."""

    handler = None  # type: ignore[assignment] # who opens the case carries it
    role = None  # type: ignore[assignment] # the party itself
    field_order: Any = ("cause", "place", "officers", "kind", "name")
    whens: ClassVar = {"representative": "kind=organisation"}

    cause = forms.CharField(label="案由", max_length=200)
    place = forms.CharField(label="地点", max_length=200)


def party_of(case: Case | None) -> dict[str, Any]:
    """The party of a case as a form shows it."""
    party = case.parties.filter(role=Party.Role.PARTY).first() if case else None
    keys = [key for key in PartyForm.base_fields if key != "role"]
    return {key: getattr(party, key) for key in keys} if party else {"kind": Party.Kind.PERSON}


def own_unit(person: Person) -> Unit:
    """The unit of a person. Raises `Refused("officer.not_officer")`."""
    if person.unit is None:
        raise Refused("officer.not_officer", name=person.name)
    return person.unit


def course_href(case_id: UUID) -> str:
    """The page of a case's course."""
    return reverse("case_course", args=[case_id])


# -- sealing and seizure -----------------------------------------------------------------------


@signed_in
def measure_open(request: HttpRequest, case_id: UUID | None = None) -> HttpResponse:
    """Open a sealing or seizure; `case_id` is the penalty it arises from."""
    person = person_of(request)
    origin = visible_case(person, case_id) if case_id else None
    carried = origin.officers.filter(until=None) if origin else []
    initial = {
        "cause": origin.cause if origin else "",
        "place": origin.place if origin else "",
        "officers": [str(one.person_id) for one in carried] or [str(person.id)],
        **party_of(origin),
    }
    form = OpenForm(posted(request), unit=own_unit(person), initial=initial)

    def perform(data: dict[str, Any]) -> str:
        case = coercion.open_measure(
            actor=person,
            cause=data["cause"],
            place=data["place"],
            officers=data["officers"],
            party=party_fields(form),
            arises_from_id=origin.id if origin else None,
        )
        return course_href(case.id)

    back = reverse("case", args=[origin.id]) if origin else reverse("cases")
    page = OneForm(
        permission="coercion.open",
        title="启动查封、扣押",
        submit="启动",
        success="案件已经启动，请确认采取的措施。",
        crumbs=[(origin.number if origin else "案件", back)],
        notes=[
            "机构的职权清单有查封、扣押的才能实施，不得委托他人实施。",
            "违法行为情节显著轻微或者没有明显社会危害的，可以不采取强制措施。",
            "当事人、住址从案件带入，请核对。",
        ],
        article="coercion_law:17",
        about=f"因{origin.number}采取" if origin else "",
    )
    return page.answer(request, form, perform)


class StateForm(PlacedForm):
    """What is sealed or seized, and why."""

    halves = frozenset({"days"})
    measure = forms.ChoiceField(
        label="措施", choices=[("sealing", "查封"), ("seizure", "扣押")], widget=forms.RadioSelect
    )
    objects = forms.CharField(label="场所、设施或者财物", max_length=500)
    reason = forms.CharField(label="理由", widget=AREA, max_length=2000)
    basis = forms.CharField(label="依据", max_length=300, help_text="法律、法规的名称和条款")
    keeping = forms.CharField(label="存放地点和保管要求", max_length=300)
    days = forms.IntegerField(label="期限（日）", min_value=1, initial=30)
    urgency = forms.CharField(
        label="紧急情况",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
        help_text="需要当场实施的写明；实施后按规定期限报告并补办批准。不紧急的留空",
    )
    is_spared = forms.BooleanField(
        label="与违法行为有关，不是公民及其所扶养家属的生活必需品，没有被其他机关查封",
        required=False,
    )
    nature = nature_field()


@signed_in
def measure_state(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """State the measure its papers are filled from."""
    person = person_of(request)
    case = course_case(person, case_id)
    known = case.facts.get("coercion") or {}
    nature = [key for key in NATURE if case.circumstances.get(key)]
    initial = {**known, "is_spared": bool(known), "nature": nature}
    form = StateForm(posted(request), initial=initial)

    def perform(data: dict[str, Any]) -> str:
        coercion.state_measure(actor=person, case_id=case.id, **data)
        return course_href(case.id)

    page = OneForm(
        permission="coercion.state",
        title="确认措施",
        submit="确认",
        success="已确认，可以起草审批表。",
        crumbs=crumbs_of(case),
        notes=[
            with_periods(
                "查封、扣押的期限不超过{coercion_law.seizure}；情况复杂的，届满前报批延长一次。"
            ),
            "保管费用由本机关承担。",
            "批准或者实施以后不能再改。",
        ],
        article="coercion_law:23",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, form, perform)


def crumbs_of(case: Case) -> list[tuple[str, str]]:
    """The way to a page of a case's course."""
    return [(case.number, reverse("case", args=[case.id])), ("办理过程", course_href(case.id))]


class CostForm(PlacedForm):
    """What keeping cost."""

    halves = frozenset({"amount", "payee"})
    amount = forms.DecimalField(label="金额（元）", max_digits=10, decimal_places=2)
    payee = forms.CharField(label="收款人", max_length=120)
    note = forms.CharField(label="用途", max_length=300)


@signed_in
def measure_cost(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a cost of keeping."""
    person = person_of(request)
    case = course_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        fen = int(data.pop("amount") * 100)
        coercion.record_cost(actor=person, case_id=case.id, amount_fen=fen, **data)
        return course_href(case.id)

    page = OneForm(
        permission="coercion.state",
        title="登记保管费用",
        submit="登记",
        success="已登记。",
        crumbs=crumbs_of(case),
        notes=["因查封、扣押发生的保管费用由行政机关承担，不得向当事人收取。"],
        article="coercion_law:26",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, CostForm(posted(request)), perform)


class HandOverForm(PlacedForm):
    """Who received a paper on the spot."""

    halves = frozenset({"recipient", "place"})
    recipient = forms.CharField(label="收到的人", max_length=60)
    place = forms.CharField(label="地点", max_length=200)


@signed_in
def hand_over_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Record that a paper the party signed was handed over on the spot."""
    person = person_of(request)
    paper = Paper.objects.filter(id=paper_id).select_related("activity").first()
    if paper is None:
        raise Refused("record.not_found")
    case = course_case(person, paper.case_id)

    def perform(data: dict[str, Any]) -> str:
        serve_in_person(actor=person, paper_id=paper.id, **data)
        return course_href(case.id)

    signed = paper.signatures.filter(role="party", is_refused=False).first()
    initial = {
        "recipient": signed.name if signed else "",
        "place": paper.activity.place if paper.activity else case.place,
    }
    page = OneForm(
        permission="paper.serve",
        title="登记当场交付",
        submit="已交付",
        success="已登记交付。",
        crumbs=crumbs_of(case),
        notes=["当事人在文书上签名并注明日期的，签收日期为送达日期；拒绝接收的，另行留置送达。"],
        article="coercion_law:24",
        about=f"《{paper.document_type.title}》{paper.number or ''}",
    )
    return page.answer(request, HandOverForm(posted(request), initial=initial), perform)


# -- enforcement -------------------------------------------------------------------------------


class EnforceForm(OfficersForm):
    """Who carries the enforcement."""

    handler = None  # type: ignore[assignment] # who opens the case carries it
    nature = nature_field()


@signed_in
def enforcement_open(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open the enforcement of a decision that was not performed."""
    person = person_of(request)
    enforced = visible_case(person, case_id)
    carried = enforced.officers.filter(until=None).values_list("person_id", flat=True)
    initial = {"officers": [str(one) for one in carried]}
    form = EnforceForm(posted(request), unit=enforced.unit, initial=initial)

    def perform(data: dict[str, Any]) -> str:
        case = open_enforcement(actor=person, enforced_id=enforced.id, **data)
        return course_href(case.id)

    page = OneForm(
        permission="coercion.open",
        title="启动催告和强制执行",
        submit="启动",
        success="案件已经启动，请制作催告书。",
        crumbs=[(enforced.number, reverse("case", args=[enforced.id]))],
        notes=[
            "决定书已经送达，履行期限届满仍未履行的，才能催告。",
            "有自行强制执行权的，催告期满后作出强制执行决定；没有的，申请人民法院强制执行。",
        ],
        article="35.1",
        about=f"{enforced.number} {enforced.cause}",
    )
    return page.answer(request, form, perform)


class ResumeForm(PlacedForm):
    """Why the enforcement goes on."""

    reason = forms.CharField(
        label="恢复执行的理由",
        widget=AREA,
        max_length=1000,
        help_text="中止的情形怎样消失，或者执行协议怎样没有履行",
    )
    is_still_due = forms.BooleanField(
        label="有明显社会危害，或者当事人已有履行能力",
        required=False,
        help_text="中止已满法定年限的，只有这样才能恢复执行；在理由中写明",
    )


@signed_in
def enforcement_resume(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a suspended or agreed enforcement up again."""
    person = person_of(request)
    case = course_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        resume_enforcement(actor=person, case_id=case.id, **data)
        return course_href(case.id)

    page = OneForm(
        permission="coercion.state",
        title="恢复执行",
        submit="恢复",
        success="已恢复执行。",
        crumbs=crumbs_of(case),
        notes=[
            "中止执行的情形消失后，应当恢复执行；当事人不履行执行协议的，应当恢复强制执行。",
            with_periods(
                "没有明显社会危害、当事人确无能力履行，中止满{coercion_law.suspension_end}的，"
                "不再执行，制作终结通知书。"
            ),
        ],
        article="coercion_law:39",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, ResumeForm(posted(request)), perform)
