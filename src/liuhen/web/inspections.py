"""Inspections before they are carried out: planned ones, draws, their lists and their results.

Not for the page of one inspection (`inspection_page`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions import inspection_draws as acts
from liuhen.actions.draw_footage import share_draw_footage
from liuhen.actions.inspections import plan_inspection
from liuhen.cases.draws import eligible, visible_draw, visible_draws
from liuhen.cases.models import Activity, InspectionDraw
from liuhen.cases.queries import visible_cases
from liuhen.documents.licences import unit_licences
from liuhen.kernel.draws import rank
from liuhen.kernel.refusals import Refused
from liuhen.ledger.queries import checkpoint_after
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.models import Recording
from liuhen.web.acting import act_and_return, again_soon, form_page, person_of, signed_in
from liuhen.web.inspection_forms import AnnounceForm, BeginForm, PlanForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.simple_signing import strokes_in

_LIST = "行政检查"
_SIGNERS = ("drawer1", "drawer2", "witness")


def _unit(person: Person) -> Any:
    if person.unit is None:
        raise Refused("officer.not_officer", name=person.name)
    return person.unit


def state_of(draw: InspectionDraw) -> tuple[str, str]:
    """How far a draw is, in words and tone."""
    if draw.recorded_at is not None:
        return "已制作记录", "green"
    if draw.seed:
        return "待制作记录", "yellow"
    return ("抽取中", "blue") if draw.begun_at else ("待抽取", "yellow")


@signed_in
@require_safe
def inspections(request: HttpRequest) -> HttpResponse:
    """The draws the person may see, newest first, and where inspections begin."""
    person = person_of(request)
    require(person, "inspection.list")
    page = page_of(request, visible_draws(person))
    context = {
        "items": [
            {
                "row": row,
                "objects": len(row.objects_listed),
                "officers": len(row.officers_listed),
                "state": state_of(row),
                "href": reverse("inspection_draw", args=[row.id]),
            }
            for row in page.rows
        ],
        "pager": page.pager,
        "may_plan": is_allowed(person, "inspection.plan"),
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "inspections.html", context)


@signed_in
def inspection_plan(request: HttpRequest) -> HttpResponse:
    """Plan the inspection of one object without a draw."""
    actor = person_of(request)
    form = PlanForm(posted(request), unit=_unit(actor), initial=_of_licence(request, actor))

    def perform(data: dict[str, Any]) -> str:
        case = plan_inspection(actor=actor, **form.given())
        return reverse("case_inspection", args=[case.id])

    page = OneForm(
        permission="inspection.plan",
        title="计划检查",
        submit="列入计划",
        success="检查已经列入计划，请报批。",
        crumbs=[(_LIST, reverse("inspections"))],
        notes=[
            "检查由两名以上执法人员实施，所列第一人为承办人。",
            "同一对象本年度第几次检查由系统计算，印在审批表上。",
            "双随机抽查请从“公布抽取名录”开始。",
        ],
        article="8.1(5)",
    )
    return page.answer(request, form, perform)


def _of_licence(request: HttpRequest, actor: Person) -> dict[str, str]:
    """What is known of an inspection of the holder of `?licence=`."""
    number = request.GET.get("licence", "")
    found = unit_licences(actor).filter(number=number).first() if number else None
    if found is None:
        return {}
    return {
        "licence_number": found.number,
        "matter": f"被许可人从事“{found.matter}”活动的情况",
        "basis": "《中华人民共和国行政许可法》第六十一条",
        "party_kind": found.holder_kind,
        "party_name": found.holder,
    }


@signed_in
def draw_announce(request: HttpRequest) -> HttpResponse:
    """Fix both lists before anybody can know the seed."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        return reverse("inspection_draw", args=[acts.announce_draw(actor=actor, **data).id])

    page = OneForm(
        permission="inspection.plan",
        title="公布抽取名录",
        submit="公布",
        success="名录自此固定，稍后即可抽取。",
        crumbs=[(_LIST, reverse("inspections"))],
        notes=[
            "公布时固定检查对象名录、执法人员名录和回避；种子取自公布之后账本的第一个检查点，"
            "谁也不能预先知道或者挑选。",
            "与检查对象有利害关系的执法人员应当回避，写明理由。",
            "每批最多二十户；抽取结果任何人都可以按页面上的方法重算。",
        ],
        article="business_environment:54",
    )
    return page.answer(request, AnnounceForm(posted(request), unit=_unit(actor)), perform)


class RecordForm(forms.Form):
    """The ink of both drawers and the witness."""

    drawer1_strokes = forms.CharField(widget=forms.HiddenInput, required=False)
    drawer2_strokes = forms.CharField(widget=forms.HiddenInput, required=False)
    witness_strokes = forms.CharField(widget=forms.HiddenInput, required=False)


@signed_in
def inspection_draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """One draw: its lists, its seed, what was drawn, and the step it waits for."""
    person = person_of(request)
    require(person, "inspection.list")
    found = visible_draw(person, draw_id)
    may_draw = is_allowed(person, "inspection.draw") and person.unit_id == found.unit_id
    step = _step(found) if may_draw else ""
    address = reverse("inspection_draw", args=[found.id])

    def perform(data: dict[str, Any]) -> str:
        if found.begun_at is None:
            acts.begin_draw(actor=person, draw_id=found.id, **data)
        else:
            inks = [strokes_in(data[f"{name}_strokes"]) for name in _SIGNERS]
            acts.record_draw(
                actor=person, draw_id=found.id, drawer_strokes=inks[:2], witness_strokes=inks[2]
            )
        return address

    form: forms.Form = RecordForm(posted(request))
    if found.begun_at is None:
        form = BeginForm(posted(request), unit=found.unit, actor=person)
    page = form_page(
        request,
        form,
        "inspection_draw.html",
        perform=perform,
        success="已登记。",
        context=_context(found, step) | _footage(found, person),
    )
    return again_soon(page) if step == "wait" else page


def _step(found: InspectionDraw) -> str:
    if found.begun_at is None:
        return "begin" if checkpoint_after(found.announcement) else "wait"
    if not found.seed:
        return "draw"
    return "record" if found.recorded_at is None else ""


def _context(found: InspectionDraw, step: str) -> dict[str, Any]:
    # the draw is an activity of each file, and its footage is handed in there
    scene = Activity.objects.filter(case=OuterRef("case"), kind=acts.KIND)
    rows = found.drawn.select_related("case").annotate(
        scene=Subquery(scene.values("id")[:1]),
        is_filmed=Exists(Recording.objects.filter(activity__in=scene.values("id"))),
    )
    cases = {row.object: row for row in rows.order_by("place")}
    drawers = [one for one in (found.drawn_by, found.drawn_with) if one is not None]
    signing = [*(("抽取人", one.name) for one in drawers), ("见证人", found.witness)]
    return {
        "draw": found,
        "state": state_of(found),
        "step": step,
        "objects": [
            {
                **one,
                "rank": rank(found.seed, one["name"]) if found.seed else "",
                "case": cases.get(one["name"]),
            }
            for one in found.objects_listed
        ],
        "cases": [_drawn(found, row) for row in cases.values()],
        "signers": [
            {"prefix": prefix, "signer": {"role": role, "name": name}}
            for prefix, (role, name) in zip(_SIGNERS, signing, strict=False)
        ],
        "announcement_href": reverse("entry", args=[found.announcement]),
        "crumbs": [{"label": _LIST, "href": reverse("inspections")}, {"label": found.number}],
    }


def _footage(found: InspectionDraw, person: Person) -> dict[str, Any]:
    """What the drawers may do about the footage; who sees which case of the draw."""
    scenes = Activity.objects.filter(kind=acts.KIND, case__drawn__draw=found)
    filmed = set(Recording.objects.filter(activity__in=scenes).values_list("activity", flat=True))
    scene = scenes.order_by("case__drawn__place").values_list("id", flat=True).first()
    is_drawer = person.id in (found.drawn_by_id, found.drawn_with_id)
    may_film = is_drawer and is_allowed(person, "recording.take_in") and scene is not None
    return {
        "seen": set(visible_cases(person).filter(drawn__draw=found).values_list("id", flat=True)),
        "upload": {
            "metadata": {"activity": str(scene)},
            "accept": "video/*,audio/*",
            "done_href": reverse("inspection_draw", args=[found.id]),
            "hint": "交存到第一户的案卷，再一并存入其余各户",
        }
        if may_film and not filmed
        else None,
        "may_share": is_drawer and 0 < len(filmed) < scenes.count(),
    }


@signed_in
@require_POST
def draw_footage(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """Put the footage handed in into the file of every case drawn."""
    actor = person_of(request)
    return act_and_return(
        request,
        lambda: share_draw_footage(actor=actor, draw_id=draw_id),
        success="录像已存入每一户的案卷。",
        then=reverse("inspection_draw", args=[draw_id]),
    )


def _drawn(found: InspectionDraw, row: Any) -> dict[str, Any]:
    """A case drawn, with the ranks of every officer who might have been drawn for it."""
    able = eligible(found, row.object)
    ranks = sorted((rank(f"{found.seed}:{row.object}", key), one) for key, one in able.items())
    return {
        "row": row,
        "href": reverse("case", args=[row.case_id]),
        "officers": [
            {**one, "rank": value, "is_drawn": place < found.officers_each}
            for place, (value, one) in enumerate(ranks)
        ],
    }


@signed_in
@require_POST
def draw_draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """Draw, once."""
    actor = person_of(request)
    return act_and_return(
        request,
        lambda: acts.draw_inspections(actor=actor, draw_id=draw_id),
        success="结果已经固定，抽中的检查已经立项。请三方签名制作抽取记录。",
        then=reverse("inspection_draw", args=[draw_id]),
    )
