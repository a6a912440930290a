"""What becomes of things sealed or seized: pages for deciding, entrusting, carrying out.

Not for the taking (`coercion_forms`), the card of the things (`things_card`), nor for signing and
sending the papers drawn up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liuhen.actions.auctions import entrust_auction
from liuhen.actions.coercion_handling import (
    DISPOSALS,
    Done,
    carried_out,
    carry_out_handling,
    propose_handling,
)
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.documents.handled_things import HANDLING, LIFTING, Thing, things_of, way_of
from liuhen.documents.models import Paper
from liuhen.kernel.clock import parse_iso
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import HandlingWay
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_course import course_case
from liuhen.web.coercion_forms import AREA, course_href, crumbs_of
from liuhen.web.drawing import draft_href
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.templatetags.wording import instant, yuan
from liuhen.web.things_card import WAYS

# -- deciding ----------------------------------------------------------------------------------


class HandleForm(PlacedForm):
    """Which things become what, and why."""

    whens: ClassVar = {
        "basis": "way=confiscation,destruction,sale,transfer,auction",
        "penalty_number": "way=confiscation",
        "fine_number": "way=auction",
        "perishable": "way=sale",
        "receiver": "way=transfer",
    }
    numbers = forms.MultipleChoiceField(
        label="财物",
        widget=forms.CheckboxSelectMultiple,
        help_text="同一件财物只能处理一次；变卖以后，价款再作处理",
    )
    way = forms.ChoiceField(
        label="处理方式",
        choices=[(way.value, label) for way, label in WAYS.items()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="查清的事实和理由", widget=AREA, max_length=2000)
    basis = forms.CharField(
        label="依据",
        max_length=300,
        required=False,
        help_text="法律、行政法规的名称和条款；销毁必须有法律、行政法规规定",
    )
    penalty_number = forms.CharField(
        label="据以没收的处罚决定书文号", max_length=80, required=False
    )
    fine_number = forms.CharField(
        label="据以抵缴的罚款决定书文号",
        max_length=80,
        required=False,
        help_text="罚款经催告仍未缴纳；本单位没有强制执行权的，当事人在法定期限内没有复议、诉讼",
    )
    perishable = forms.CharField(
        label="不宜长期保存的情况",
        max_length=300,
        required=False,
        help_text="例如：鲜活，常温下两日内变质",
    )
    receiver = forms.CharField(label="接收机关", max_length=120, required=False)

    def __init__(self, *args: Any, things: list[Thing], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["numbers"]
        field.choices = [
            (
                one.number,
                f"{one.number}　{one.row.get('name', '')}　{one.row.get('quantity', '')}"
                + ("（已变卖，处理其价款）" if one.sold_by else ""),
            )
            for one in things
            if one.handled_by is None
        ]


@signed_in
def measure_handle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Draw up what is to become of some of the things."""
    person = person_of(request)
    case = course_case(person, case_id)
    things = things_of(case)
    left = [one.number for one in things if one.handled_by is None]
    initial = {
        "numbers": left,
        "way": request.GET.get("way", ""),
        "penalty_number": _penalty_number(person, case),
        "fine_number": _penalty_number(person, case),
    }
    form = HandleForm(posted(request), things=things, initial=initial)

    def perform(data: dict[str, Any]) -> str:
        paper = propose_handling(actor=person, case_id=case.id, **data)
        return draft_href(paper.id)

    page = OneForm(
        permission="coercion.state",
        title="处理查封、扣押的财物",
        submit="起草处理文书",
        success="已起草，请核对；处理决定由机关负责人批准后作出。",
        crumbs=crumbs_of(case),
        notes=[
            "期限内查清事实：依法应当没收的没收，法律、行政法规规定应当销毁的销毁，应当解除的解除。",
            "没收非法财物是行政处罚，要先作出处罚决定。",
            "没有违法行为、与违法行为无关、不再需要或者期限届满的，立即解除并退还。",
            "鲜活物品或者其他不易保管的，可以先行拍卖或者变卖；解除的，退还所得款项。",
            "涉嫌犯罪移送案件的，财物一并移送，并书面告知当事人。",
            "罚款经催告仍不缴纳的，可以依法拍卖抵缴，余款退还；没有强制执行权的，须复议、诉讼期限已过。",
        ],
        article="coercion_law:27",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, form, perform)


def _penalty_number(person: Person, case: Case) -> str:
    """The number of the decision of the case the measure arises from, for who may see it."""
    origin = (case.facts.get("arises_from") or {}).get("case_id")
    if origin is None:
        return ""
    cases = visible_cases(person).filter(id=origin)
    types = ("penalty_decision", "simple_decision")
    issued = Paper.objects.filter(case__in=cases, type__in=types, state=Paper.State.ISSUED)
    return issued.values_list("number", flat=True).order_by("-issued_at").first() or ""


# -- an auction for a fine ---------------------------------------------------------------------


class EntrustForm(PlacedForm):
    """Which auctioneer, from which price on."""

    auctioneer = forms.CharField(label="拍卖机构", max_length=120)
    reserve = forms.DecimalField(
        label="保留价（元）", max_digits=12, decimal_places=2, min_value=0, required=False
    )
    terms = forms.CharField(label="其他要求", widget=AREA, max_length=1000, required=False)


@signed_in
def auction_entrust(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Draw up the letter to the auctioneer."""
    person = person_of(request)
    paper = Paper.objects.filter(id=paper_id, type=HANDLING).first()
    if paper is None:
        raise Refused("record.not_found")
    case = course_case(person, paper.case_id)

    def perform(data: dict[str, Any]) -> str:
        reserve = data.pop("reserve")
        letter = entrust_auction(
            actor=person,
            paper_id=paper.id,
            reserve_fen=int(reserve * 100) if reserve else None,
            **data,
        )
        return draft_href(letter.id)

    page = OneForm(
        permission="coercion.state",
        title="委托拍卖",
        submit="起草委托书",
        success="委托书已起草，请核对后制作。",
        crumbs=crumbs_of(case),
        notes=["依法拍卖财物，由行政机关委托拍卖机构依照拍卖法的规定办理。"],
        article="coercion_law:48",
        about=f"《{document_type(paper.type).title}》{paper.number or ''}",
    )
    return page.answer(request, EntrustForm(posted(request)), perform)


# -- carrying out ------------------------------------------------------------------------------

_PEOPLE = {
    HandlingWay.LIFTING: "领取人",
    HandlingWay.CONFISCATION: "处理人",
    HandlingWay.DESTRUCTION: "处理人",
    HandlingWay.SALE: "拍卖机构或者买受人",
    HandlingWay.TRANSFER: "接收机关和接收人",
    HandlingWay.AUCTION: "拍卖机构",
}
_NOTES = {
    HandlingWay.LIFTING: "逐件清点的结果；查封的写明启封情况；有损毁的写明赔偿",
    HandlingWay.CONFISCATION: "怎样处理、交到哪里；款项怎样上缴国库",
    HandlingWay.DESTRUCTION: "销毁的方法和经过",
    HandlingWay.SALE: "怎样确定价格、怎样拍卖或者变卖、款项存在哪里",
    HandlingWay.TRANSFER: "移送清单、接收情况",
    HandlingWay.AUCTION: "怎样拍卖、买受人、余款怎样退还当事人",
}
_SHOWN = {
    HandlingWay.LIFTING: ("person", "done_at", "amount", "note"),
    HandlingWay.CONFISCATION: (
        *("person", "witness", "disposal", "place", "done_at", "amount", "receipt_number"),
        "note",
    ),
    HandlingWay.DESTRUCTION: ("person", "witness", "disposal", "place", "done_at", "note"),
    HandlingWay.SALE: ("person", "done_at", "amount", "receipt_number", "note"),
    HandlingWay.TRANSFER: ("person", "done_at", "receipt_number", "note"),
    HandlingWay.AUCTION: ("person", "done_at", "amount", "receipt_number", "paid_in_on", "note"),
}


class DoneForm(PlacedForm):
    """How a decision was carried out; what a way does not have is not asked."""

    halves = frozenset(
        {
            *("person", "witness", "disposal", "place", "done_at", "amount"),
            *("receipt_number", "paid_in_on"),
        }
    )
    person = forms.CharField(max_length=120)
    witness = forms.CharField(label="监督处理的人", max_length=60, required=False)
    disposal = forms.ChoiceField(label="怎样处理", choices=list(DISPOSALS.items()), required=False)
    place = forms.CharField(label="地点", max_length=200, required=False)
    done_at = moment("时间", required=False, help_text="不填为现在")
    amount = forms.DecimalField(
        label="金额（元）", max_digits=12, decimal_places=2, min_value=0, required=False
    )
    receipt_number = forms.CharField(label="票据号", max_length=60, required=False)
    paid_in_on = forms.DateField(
        label="款项上缴国库的日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label="办理情况", widget=AREA, max_length=1000)

    def __init__(self, *args: Any, way: HandlingWay, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {key: self.fields[key] for key in _SHOWN[way]}
        self.fields["person"].label = _PEOPLE[way]
        self.fields["note"].help_text = _NOTES[way]
        if way is HandlingWay.LIFTING:
            self.fields["note"].label = "返还情况"
            self.fields["amount"].help_text = "已经变卖的填退还的价款"
        if way is HandlingWay.AUCTION:
            self.fields["amount"].label = "成交价（元）"
            self.fields["done_at"].label = "成交时间"
            self.fields["receipt_number"].label = "缴库凭证号"
        if way is HandlingWay.DESTRUCTION:
            disposal: Any = self.fields["disposal"]
            disposal.choices = [("destruction", DISPOSALS["destruction"])]


@signed_in
def measure_done(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Record how a decision on things was carried out."""
    person = person_of(request)
    paper = Paper.objects.filter(id=paper_id, type__in=(LIFTING, HANDLING)).first()
    if paper is None:
        raise Refused("record.not_found")
    case = course_case(person, paper.case_id)
    way = way_of(paper)
    told = carried_out(case).get(str(paper.id))
    if told is not None and request.method != "POST":
        require(person, "coercion.state")
        return _entered(request, case, paper, told)
    form = DoneForm(posted(request), way=way, initial={"person": _receiver(case, paper)})

    def perform(data: dict[str, Any]) -> str:
        done_at, amount = data.pop("done_at"), data.pop("amount", None)
        done = Done(**data, amount_fen=int(amount * 100) if amount else None)
        carry_out_handling(actor=person, paper_id=paper.id, done=done, done_at=done_at)
        return course_href(case.id)

    page = OneForm(
        permission="coercion.state",
        title=_done_title(way),
        submit="登记",
        success="返还已登记。" if way is HandlingWay.LIFTING else "处理结果已登记。",
        crumbs=crumbs_of(case),
        notes=_DONE_NOTES[way],
        article=_ARTICLES.get(way, "coercion_law:27"),
        about=f"《{document_type(paper.type).title}》{paper.number or ''}",
    )
    return page.answer(request, form, perform)


def _receiver(case: Case, paper: Paper) -> str:
    """Who is known to get the things: the party on a lifting, the authority of a transfer."""
    party = case.parties.filter(role=Party.Role.PARTY).first()
    if party is not None and way_of(paper) is HandlingWay.LIFTING:
        return party.representative or party.name
    return paper.data.get("receiver") or ""


def _done_title(way: HandlingWay) -> str:
    return "登记返还" if way is HandlingWay.LIFTING else f"登记处理结果：{WAYS[way]}"


def _entered(
    request: HttpRequest, case: Case, paper: Paper, told: Mapping[str, Any]
) -> HttpResponse:
    """What was entered, in the order in which it was asked; older entries kept less of it."""
    way = way_of(paper)
    form = DoneForm(way=way)
    said = {
        **told,
        "done_at": instant(parse_iso(told["at"])),
        "amount": yuan(Decimal(told["amount_fen"]) / 100) if told.get("amount_fen") else "",
        "disposal": DISPOSALS.get(told.get("disposal", ""), ""),
    }
    facts = [
        {"label": field.label, "value": said[name]}
        for name, field in form.fields.items()
        if said.get(name)
    ]
    if told.get("surplus_fen"):
        facts.append(
            {"label": "应当退还当事人的余款", "value": yuan(Decimal(told["surplus_fen"]) / 100)}
        )
    context = {
        "title": _done_title(way),
        "paper": paper,
        "paper_title": document_type(paper.type).title,
        "facts": facts,
        "article": _ARTICLES.get(way, "coercion_law:27"),
        "back_href": course_href(case.id),
        "crumbs": [
            *({"label": label, "href": href} for label, href in crumbs_of(case)),
            {"label": _done_title(way)},
        ],
    }
    return render(request, "measure_done.html", context)


_ARTICLES = {HandlingWay.LIFTING: "coercion_law:28", HandlingWay.AUCTION: "coercion_law:49"}
_RECORD_NOTE = "登记后自动起草《没收物品处理记录》，由处理人和监督处理的人签名后制作。"
_DONE_NOTES = {
    HandlingWay.LIFTING: ["解除查封、扣押，应当立即退还财物；已经拍卖、变卖的退还所得款项。"],
    HandlingWay.CONFISCATION: [
        "没收的财物公开拍卖或者按国家有关规定处理，款项全部上缴国库。",
        _RECORD_NOTE,
    ],
    HandlingWay.DESTRUCTION: ["销毁要有人监督，并留下影像。", _RECORD_NOTE],
    HandlingWay.SALE: ["变卖价格明显低于市场价格、给当事人造成损失的，应当给予补偿。"],
    HandlingWay.AUCTION: [
        "拍卖所得款项全部上缴国库，先抵缴罚款，再抵缴加处罚款，余款退还当事人。",
        "登记后，据以抵缴的案件自动登记缴纳。没有成交的，作废处理决定，财物另行处理。",
    ],
    HandlingWay.TRANSFER: ["财物随案移送，处理决定书送达当事人即为书面告知。"],
}
