"""Pages of the sampling of case files: announcing, drawing, scoring, answering, checking again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.sampling import (
    announce_sampling,
    answer_score,
    draw_sample,
    recheck_case,
    score_case,
)
from liuhen.compliance.queries import findings_of_case
from liuhen.kernel.draws import rank
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.queries import checkpoint_after
from liuhen.oversight.models import SampledCase, Sampling
from liuhen.oversight.sampling import (
    sampled_case,
    sampling_of,
    visible_sampled,
    visible_samplings,
)
from liuhen.oversight.sheet import Item, packaged_sheet
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import act_and_return, again_soon, person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_forms import UnitChoice
from liuhen.web.refusals import refusal_context
from liuhen.web.steps import told_duty

_LIST = "案卷评查"
CANDIDATES_SHOWN = 500


class SamplingForm(PlacedForm):
    """What may be drawn, and how much of it."""

    halves = frozenset({"since", "until"})

    title = forms.CharField(label="名称", max_length=120, help_text="例如：2026年第一季度案卷评查")
    unit = UnitChoice("承办机构", required=False, empty_label="全部机构")
    since = forms.DateField(label="结案起", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label="结案止", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日"
    )
    size = forms.IntegerField(label="抽取件数", min_value=1, max_value=1000)


@signed_in
@require_safe
def samplings(request: HttpRequest) -> HttpResponse:
    """The samplings, newest first."""
    person = person_of(request)
    require(person, "sampling.list")
    page = page_of(request, visible_samplings(person))
    context = {
        "items": [_line(row) for row in page.rows],
        "pager": page.pager,
        "may_announce": is_allowed(person, "sampling.announce"),
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "samplings.html", context)


def _line(row: Sampling) -> dict[str, Any]:
    return {
        "row": row,
        "candidates": len(row.candidates),
        "state": ("已抽取", "blue") if row.seed else ("待抽取", "yellow"),
        "href": reverse("sampling", args=[row.id]),
    }


@signed_in
def sampling_announce(request: HttpRequest) -> HttpResponse:
    """Fix the list before anybody can know the seed."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        return reverse("sampling", args=[announce_sampling(actor=actor, **data).id])

    page = OneForm(
        permission="sampling.announce",
        title="公布案卷评查",
        submit="公布",
        success="已公布。候选名单自此固定，稍后即可抽取。",
        crumbs=[(_LIST, reverse("samplings"))],
        notes=[
            "公布时固定候选名单；种子取自公布之后账本的第一个检查点，谁也不能预先知道或者挑选。",
            "抽取结果任何人都可以按页面上的方法重算。",
        ],
    )
    return page.answer(request, SamplingForm(posted(request)), perform)


@signed_in
@require_safe
def sampling(request: HttpRequest, sampling_id: UUID) -> HttpResponse:
    """One sampling: the list, the seed, what was drawn, how it was scored."""
    person = person_of(request)
    require(person, "sampling.list")
    found = sampling_of(person, sampling_id)
    cases = list(visible_sampled(person).filter(sampling=found).order_by("place"))
    context = {
        "sampling": found,
        "candidates": [
            {"number": number, "rank": rank(found.seed, number) if found.seed else ""}
            for number in found.candidates[:CANDIDATES_SHOWN]
        ],
        "candidate_count": len(found.candidates),
        "cases": [_sampled(row) for row in cases],
        "unknown": _unknown(person, found, len(cases)),
        "is_sequenced": checkpoint_after(found.announcement) is not None,
        "may_draw": not found.seed and is_allowed(person, "sampling.draw"),
        "announcement_href": reverse("entry", args=[found.announcement]),
        "crumbs": [{"label": _LIST, "href": reverse("samplings")}, {"label": found.title}],
    }
    page = render(request, "sampling.html", context)
    is_waiting = context["may_draw"] and not context["is_sequenced"]
    return again_soon(page) if is_waiting else page


def _unknown(person: Person, found: Sampling, shown: int) -> int:
    """How many drawn files touch a secret the person may not know, for who sees all the others."""
    return found.cases.count() - shown if is_allowed(person, "sampling.score") else 0


def _sampled(row: SampledCase) -> dict[str, Any]:
    full = packaged_sheet().full_of(row.scores)
    href = reverse("sampled_case", args=[row.id])
    return {"row": row, "full": full, "state": _state(row), "href": href}


def _state(row: SampledCase) -> tuple[str, str]:
    if row.is_settled:
        return "已了结", "green"
    if row.total is None:
        return "待评查", "yellow"
    if row.answered_at is None or row.rechecked_at is not None:
        return "待反馈", "blue"
    return "待复查", "yellow"


@signed_in
@require_POST
def sampling_draw(request: HttpRequest, sampling_id: UUID) -> HttpResponse:
    """Draw, once."""
    actor = person_of(request)
    return act_and_return(
        request,
        lambda: draw_sample(actor=actor, sampling_id=sampling_id),
        success="已抽取，结果已留痕。",
        then=reverse("sampling", args=[sampling_id]),
    )


def _told_of(item: Item) -> dict[str, str]:
    """What is wrong with the points of an item, by its name: all are labelled alike."""
    return {
        "invalid": f"“{item.title}”的得分应为整数。",
        "min_value": f"“{item.title}”的得分不能小于0。",
        "max_value": f"“{item.title}”的得分不能超过{item.points}。",
    }


_OF_ITEM = ("points", "none", "note")


class ScoreForm(forms.Form):
    """Points and reasons for each item of the sheet."""

    remark = forms.CharField(
        label="评查意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, scored: SampledCase, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["remark"].initial = scored.remark
        for item in packaged_sheet().items:
            known = scored.scores.get(item.key, {})
            self.fields[f"{item.key}_points"] = forms.IntegerField(
                label=f"得分（满分{item.points}）",
                min_value=0,
                max_value=item.points,
                required=False,
                # empty until somebody judged: no press gives a file full marks by itself
                initial=known.get("points"),
                error_messages=_told_of(item),
            )
            self.fields[f"{item.key}_none"] = forms.BooleanField(
                label="本案不涉及",
                required=False,
                initial=bool(known) and known["points"] is None,
            )
            self.fields[f"{item.key}_note"] = forms.CharField(
                label="扣分或者不涉及的理由",
                required=False,
                max_length=500,
                initial=known.get("note", ""),
            )

    def clean(self) -> dict[str, Any]:
        """Each item has points or does not concern the case."""
        data = dict(self.cleaned_data)
        for item in packaged_sheet().items:
            name = f"{item.key}_points"
            if name in data and data[name] is None and not data[f"{item.key}_none"]:
                self.add_error(name, f"“{item.title}”还没有打分。")
        return data

    def rows(self) -> list[dict[str, Any]]:
        """The items with their fields."""
        return [
            {"item": item, **{name: self[f"{item.key}_{name}"] for name in _OF_ITEM}}
            for item in packaged_sheet().items
        ]

    def scores(self) -> dict[str, dict[str, Any]]:
        """What was typed, as the act takes it."""
        data = self.cleaned_data
        return {
            item.key: {
                "points": data[f"{item.key}_points"],
                "applies": not data[f"{item.key}_none"],
                "note": data[f"{item.key}_note"],
            }
            for item in packaged_sheet().items
        }


class AnswerForm(forms.Form):
    """What the unit says to the score."""

    answer = forms.CharField(
        label="整改情况或者不同意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class RecheckForm(forms.Form):
    """What the check of the answer found."""

    is_settled = forms.ChoiceField(
        label="复查结果",
        choices=[("yes", "已整改，了结"), ("no", "未整改到位，退回承办机构")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="复查情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@signed_in
def sampled(request: HttpRequest, sampled_id: UUID) -> HttpResponse:
    """One drawn file: what the law found, its score, the unit's answer, the check afterwards."""
    person = person_of(request)
    require(person, "sampling.list")
    found = sampled_case(person, sampled_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    forms_shown = _forms(request, found, do)
    refusal, status = None, 200
    if do in forms_shown:
        form = forms_shown[do]
        if form.is_valid():
            try:
                _perform(do, person, found, form)
            except Refused as refused:
                refusal, status = refusal_context(refused), explain(refused).status
            else:
                succeed(request, "已记录。")
                return HttpResponseRedirect(reverse("sampled_case", args=[found.id]))
        else:
            status = 400
    context = {
        "found": found,
        "state": _state(found),
        "full": packaged_sheet().full_of(found.scores),
        "forms": {name: form for name, form in forms_shown.items() if _may(person, found, name)},
        "scored": _scored(found),
        "breaches": [
            told_duty(one, found.case_id)
            for one in findings_of_case(found.case)
            if one.lamp in ("red", "yellow")
        ],
        "refusal": refusal,
        "crumbs": [
            {"label": _LIST, "href": reverse("samplings")},
            {"label": found.sampling.title, "href": reverse("sampling", args=[found.sampling_id])},
            {"label": found.case.number},
        ],
    }
    return render(request, "sampled_case.html", context, status=status)


def _forms(request: HttpRequest, found: SampledCase, do: str) -> dict[str, forms.Form]:
    def data(name: str) -> Any:
        return request.POST if do == name else None

    return {
        "score": ScoreForm(data("score"), scored=found),
        "answer": AnswerForm(data("answer")),
        "recheck": RecheckForm(data("recheck")),
    }


def _may(person: Any, found: SampledCase, name: str) -> bool:
    """Whether to offer a form; the acts decide."""
    if found.is_settled:
        return False
    is_answered = found.answered_at is not None and found.rechecked_at is None
    if name == "answer":
        asks = found.total is not None and not is_answered
        return asks and is_allowed(person, "sampling.answer")
    fits = is_answered if name == "recheck" else found.answered_at is None
    return fits and is_allowed(person, "sampling.score")


def _perform(do: str, person: Any, found: SampledCase, form: forms.Form) -> None:
    if isinstance(form, ScoreForm):
        score_case(
            actor=person,
            sampled_id=found.id,
            scores=form.scores(),
            remark=form.cleaned_data["remark"],
        )
    elif do == "answer":
        answer_score(actor=person, sampled_id=found.id, answer=form.cleaned_data["answer"])
    else:
        recheck_case(
            actor=person,
            sampled_id=found.id,
            is_settled=form.cleaned_data["is_settled"] == "yes",
            note=form.cleaned_data["note"],
        )


def _scored(found: SampledCase) -> list[dict[str, Any]]:
    return [
        {"item": item, **found.scores[item.key]}
        for item in packaged_sheet().items
        if item.key in found.scores
    ]
