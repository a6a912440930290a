"""Pages of the accountability reports (Art. 47). Not for deciding single breaches (`breaches`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions import accountability as acts
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.models import AccountabilityReport, Suspicion
from liuhen.oversight.queries import unreported_suspicions, visible_report, visible_reports
from liuhen.people.queries import is_allowed, require
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

TITLE = "责任追究"


@signed_in
@require_safe
def accountability(request: HttpRequest) -> HttpResponse:
    """The reports the person may see, newest first, and the breaches that wait for one."""
    person = person_of(request)
    require(person, "accountability.list")
    page = page_of(request, visible_reports(person))
    waiting = unreported_suspicions(person)[: acts.MOST]
    context = {
        "items": [{"row": one, "state": _state(one)} for one in page.rows],
        "pager": page.pager,
        "waiting": [_breach(one) for one in waiting],
        "may_report": is_allowed(person, "accountability.report"),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "accountability.html", context)


def _state(one: AccountabilityReport) -> tuple[str, str]:
    return ("green", "已决定") if one.decision else ("blue", "待决定")


def _breach(one: Suspicion) -> dict[str, Any]:
    grave = (("情节严重", one.is_serious), ("一年内再次发生", one.is_repeated))
    return {
        "row": one,
        "words": ITEMS[one.item],
        "grave": [words for words, is_so in grave if is_so],
        "href": reverse("suspicion", args=[one.id]),
    }


class ReportForm(PlacedForm):
    """What supervision thinks should follow."""

    opinion = forms.CharField(
        label="监督机构意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="建议追究谁、怎样追究，或者不追究的理由",
    )


@signed_in
def accountability_report(request: HttpRequest) -> HttpResponse:
    """Bring together what waits and report it to the leaders."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        made = acts.report_accountability(actor=actor, **data)
        return reverse("accountability_one", args=[made.id])

    page = OneForm(
        permission="accountability.report",
        title="提出责任追究报告",
        submit="报告",
        success="已报告，等待委领导决定。",
        crumbs=[(TITLE, reverse("accountability"))],
        notes=[
            "认定属于违规、情节严重或者一年内再次发生，还没有报告过的，全部写入这份报告。",
            "涉及您本人或者您机构的不写入，由其他执法监督人员报告。",
        ],
        article="47.1",
    )
    return page.answer(request, ReportForm(posted(request)), perform)


@signed_in
@require_safe
def accountability_one(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report: its breaches, the opinion, the leaders' decision."""
    person = person_of(request)
    require(person, "accountability.list")
    found = visible_report(person, report_id)
    rows = found.suspicions.select_related("case", "unit", "person").order_by("decided_at", "id")
    context = {
        "found": found,
        "state": _state(found),
        "breaches": [_breach(one) for one in rows],
        "may_decide": not found.decision
        and is_allowed(person, "accountability.decide")
        and person.id != found.made_by_id,
        "crumbs": [{"label": TITLE, "href": reverse("accountability")}, {"label": found.number}],
    }
    return render(request, "accountability_one.html", context)


class DecisionForm(PlacedForm):
    """Who is held to account and how."""

    decision = forms.CharField(
        label="处理决定", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


@signed_in
def accountability_decide(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The leaders decide."""
    actor = person_of(request)
    require(actor, "accountability.list")
    found = visible_report(actor, report_id)

    def perform(data: dict[str, Any]) -> str:
        acts.decide_accountability(actor=actor, report_id=found.id, **data)
        return reverse("accountability_one", args=[found.id])

    page = OneForm(
        permission="accountability.decide",
        title="决定责任追究",
        submit="决定",
        success="已记录处理决定。",
        crumbs=[
            (TITLE, reverse("accountability")),
            (found.number, reverse("accountability_one", args=[found.id])),
        ],
        notes=[f"监督机构意见：{found.opinion}"],
        article="47.1",
    )
    return page.answer(request, DecisionForm(posted(request)), perform)


@signed_in
@require_safe
def accountability_paper(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The report as PDF."""
    person = person_of(request)
    require(person, "accountability.list")
    with local_store().open(str(visible_report(person, report_id).paper_id)) as stream:
        return HttpResponse(stream.read(), content_type="application/pdf")
