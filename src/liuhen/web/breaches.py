"""Pages of suspected breaches (Art. 47): listed, registered, decided, ordered right, checked.

Not for the reports to the leaders (`accountability`), nor for findings on cases (`case_duties`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions import correcting as acts
from liuhen.actions.suspecting import register_suspicion
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.elements import ANSWERS, ITEMS, LABELS, elements_of
from liuhen.oversight.models import CorrectionOrder, Suspicion
from liuhen.oversight.queries import (
    headed_units,
    is_own,
    orders_of,
    visible_suspicion,
    visible_suspicions,
)
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.breach_forms import AnswerForm, CheckForm, DecideForm, OrderForm, RegisterForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.simple_signing import strokes_in

TITLE = "违规线索"
_SHOWN = (
    ("", "全部"),
    ("open", "待认定"),
    ("established", "属于违规"),
    ("dismissed", "不属于违规"),
)
_ORDER_STEPS = {
    "answer": ("yellow", "待报告"),
    "check": ("blue", "待复查"),
    "done": ("green", "整改到位"),
}


@signed_in
@require_safe
def suspicions(request: HttpRequest) -> HttpResponse:
    """Suspected breaches the person may see, newest first, perhaps of one state."""
    person = person_of(request)
    require(person, "suspicion.list")
    show = request.GET.get("show", "")
    rows = visible_suspicions(person)
    if show in dict(_SHOWN[1:]):
        rows = rows.filter(outcome="" if show == "open" else show)
    page = page_of(request, rows)
    context = {
        "items": [suspicion_line(row) for row in page.rows],
        "pager": page.pager,
        "show": show,
        "shown": _SHOWN,
        "may_register": is_allowed(person, "suspicion.register"),
        "may_list_reports": is_allowed(person, "accountability.list"),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "suspicions.html", context)


def suspicion_line(row: Suspicion) -> dict[str, Any]:
    """A suspicion as `parts/suspicions.html` lists it."""
    return {
        "row": row,
        "words": ITEMS[row.item],
        "state": state_of(row),
        "href": reverse("suspicion", args=[row.id]),
    }


def state_of(row: Suspicion) -> tuple[str, str]:
    """Lamp and words of a suspicion; what is not established yet says so."""
    if row.outcome == Suspicion.Outcome.ESTABLISHED:
        return "red", "属于违规"
    if row.outcome:
        return "grey", "不属于违规"
    return ("unknown", "尚不能确定") if row.elements else ("blue", "待认定")


@signed_in
@require_safe
def suspicion(request: HttpRequest, suspicion_id: UUID) -> HttpResponse:
    """One suspicion: what it rests on, its elements, the orders and what came of them."""
    person = person_of(request)
    require(person, "suspicion.list")
    found = visible_suspicion(person, suspicion_id)
    may_handle = is_allowed(person, "breach.decide") and not is_own(person, found)
    orders = list(orders_of(found))
    is_established = found.outcome == Suspicion.Outcome.ESTABLISHED
    context = {
        "found": found,
        "words": ITEMS[found.item],
        "clause": f"47.1({found.item})",
        "state": state_of(found),
        "elements": [
            {
                "label": LABELS[key],
                "answer": ANSWERS[found.elements[key]["answer"]],
                "reason": found.elements[key]["reason"],
            }
            for key in elements_of(found.item)
            if key in found.elements
        ],
        "orders": [_order(person, one, may_handle=may_handle) for one in orders],
        "may_decide": may_handle and not found.outcome,
        "may_order": may_handle and is_established and not orders,
        "is_own": is_allowed(person, "breach.decide") and is_own(person, found),
        "case_href": f"{reverse('case', args=[found.case_id])}#duties" if found.case_id else "",
        "crumbs": [{"label": TITLE, "href": reverse("suspicions")}, {"label": ITEMS[found.item]}],
    }
    return render(request, "suspicion.html", context)


def order_state(order: CorrectionOrder) -> tuple[str, str]:
    """Lamp and words of an order as of now."""
    if order.step == "done":
        return ("green", "整改到位") if order.is_settled else ("grey", "未整改到位，另定期限")
    if order.step == "answer" and clock.now() > order.due_at:
        return "red", "逾期未报告"
    return _ORDER_STEPS[order.step]


def _order(person: Person, order: CorrectionOrder, *, may_handle: bool) -> dict[str, Any]:
    is_late = order.step == "answer" and clock.now() > order.due_at
    is_mine = headed_units(person).filter(id=order.unit_id).exists()
    return {
        "row": order,
        "state": order_state(order),
        "may_answer": order.step == "answer" and is_mine,
        "may_check": may_handle
        and (order.step == "check" or is_late)
        and person.id != order.answered_by_id,
    }


@signed_in
def suspicion_register(request: HttpRequest) -> HttpResponse:
    """Register what a complaint, a sampling or a leak brought up."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        return reverse("suspicion", args=[register_suspicion(actor=actor, **data).id])

    page = OneForm(
        permission="suspicion.register",
        title="登记违规线索",
        submit="登记",
        success="已登记，等待认定。",
        crumbs=[(TITLE, reverse("suspicions"))],
        notes=[
            "系统从规则认定、账本核验、原件巡检和调阅登记中自行提出线索；这里登记由投诉、评查等得知的。",
            "登记不等于认定，由没有关系的执法监督人员逐项认定。",
        ],
        article="47.1",
    )
    return page.answer(request, RegisterForm(posted(request)), perform)


def _crumbs(found: Suspicion) -> list[tuple[str, str]]:
    return [
        (TITLE, reverse("suspicions")),
        (ITEMS[found.item], reverse("suspicion", args=[found.id])),
    ]


@signed_in
def suspicion_decide(request: HttpRequest, suspicion_id: UUID) -> HttpResponse:
    """Decide the elements one by one."""
    actor = person_of(request)
    require(actor, "suspicion.list")
    found = visible_suspicion(actor, suspicion_id)
    form = DecideForm(posted(request), found=found)

    def perform(_: dict[str, Any]) -> str:
        acts.decide_suspicion(actor=actor, suspicion_id=found.id, elements=form.elements())
        return reverse("suspicion", args=[found.id])

    page = OneForm(
        permission="breach.decide",
        title="逐项认定",
        submit="认定",
        success="已认定。",
        crumbs=_crumbs(found),
        about=found.ground,
        notes=[
            "每一项都答：是、否，或者尚不能确定；尚不能确定的线索留待以后再认定。",
            "要件都成立的属于违规；有一项不成立的不属于这一情形。",
            "“情节是否严重”不影响是否违规，只决定是否报请追究责任。",
        ],
        article=f"47.1({found.item})",
    )
    return page.answer(request, form, perform)


@signed_in
def correction_order(request: HttpRequest, suspicion_id: UUID) -> HttpResponse:
    """Order the unit to put it right."""
    actor = person_of(request)
    require(actor, "suspicion.list")
    found = visible_suspicion(actor, suspicion_id)

    def perform(data: dict[str, Any]) -> str:
        acts.order_correction(actor=actor, suspicion_id=found.id, **data)
        return reverse("suspicion", args=[found.id])

    page = OneForm(
        permission="breach.decide",
        title="责令限期整改",
        submit="下达",
        success="已下达，整改单位负责人的工作台上有期限。",
        crumbs=_crumbs(found),
        about=found.unit.name if found.unit else "",
        notes=["下达后生成盖章的《责令限期整改通知书》，编号、留痕。"],
        article="47.1",
    )
    return page.answer(request, OrderForm(posted(request), found=found), perform)


def visible_order(person: Person, order_id: UUID) -> CorrectionOrder:
    """One order on a suspicion the person may see. Raises `Refused("record.not_found")`."""
    seen = visible_suspicions(person).order_by().values("id")
    rows = CorrectionOrder.objects.filter(id=order_id, suspicion__in=seen)
    found = rows.select_related("unit", "suspicion__case").first()
    if found is None:
        raise Refused("record.not_found")
    return found


@signed_in
def correction_answer(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The head of the unit reports what was put right and signs it."""
    actor = person_of(request)
    require(actor, "suspicion.list")
    found = visible_order(actor, order_id)

    def perform(data: dict[str, Any]) -> str:
        acts.answer_correction(
            actor=actor,
            order_id=found.id,
            strokes=strokes_in(request.POST.get("own_strokes", "")),
            **data,
        )
        return reverse("suspicion", args=[found.suspicion_id])

    page = OneForm(
        permission="correction.answer",
        title="报告整改结果",
        submit="签名并报告",
        success="已报告，等待复查。",
        crumbs=_crumbs(found.suspicion),
        about=f"{found.number}，{found.due_on.isoformat()}前",
        notes=[f"整改要求：{found.demand}"],
        article="47.1",
        signer={"role": "单位负责人", "name": actor.name},
        statement="以上整改情况属实。",
    )
    return page.answer(request, AnswerForm(posted(request)), perform)


@signed_in
def correction_check(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Check what the unit reported, or order again what it let pass."""
    actor = person_of(request)
    require(actor, "suspicion.list")
    found = visible_order(actor, order_id)

    def perform(data: dict[str, Any]) -> str:
        acts.check_correction(
            actor=actor,
            order_id=found.id,
            is_settled=data["is_settled"] == "yes",
            note=data["note"],
            due_on=data["due_on"],
        )
        return reverse("suspicion", args=[found.suspicion_id])

    page = OneForm(
        permission="breach.decide",
        title="复查整改",
        submit="提交复查",
        success="已复查。",
        crumbs=_crumbs(found.suspicion),
        about=f"{found.unit.name}，{found.number}",
        notes=[
            f"{label}：{said}"
            for label, said in (
                ("整改要求", found.demand),
                ("整改情况", found.done),
                ("防止再次发生的措施", found.measures),
            )
            if said
        ],
        article="47.1",
    )
    return page.answer(request, CheckForm(posted(request)), perform)


@signed_in
@require_safe
def correction_paper(request: HttpRequest, order_id: UUID, kind: str) -> HttpResponse:
    """The order or the answer, as PDF."""
    person = person_of(request)
    require(person, "suspicion.list")
    found = visible_order(person, order_id)
    sha256 = {"order": found.paper_id, "answer": found.answer_id}.get(kind)
    if sha256 is None:
        raise Refused("record.not_found")
    with local_store().open(str(sha256)) as stream:
        return HttpResponse(stream.read(), content_type="application/pdf")
