"""The simple procedure on one page for a phone: the step under way, and its act.

Not for what a step may do: every step posts to one act of `actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions import simple_procedure as steps
from liuhen.actions.activities import end_activity
from liuhen.actions.fines import collect_fine
from liuhen.actions.papers import issue_paper, serve_in_person
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import valid_certificate
from liuhen.web import simple_forms
from liuhen.web.acting import person_of, signed_in
from liuhen.web.refusals import refusal_context
from liuhen.web.simple_signing import sign_all, signers_left
from liuhen.web.simple_state import STEPS, Progress, Step


@dataclass
class Performance:
    """What a posted step needs."""

    person: Person
    activity: Activity
    data: dict[str, Any]
    post: Any


def _facts(given: Performance) -> None:
    data = given.data
    party = {name.removeprefix("party_"): data[name] for name in data if name.startswith("party_")}
    words = ("cause", "facts", "breached", "basis", "conditions", "evidence", "correction")
    steps.record_violation(
        actor=given.person,
        activity_id=given.activity.id,
        party=party,
        **{name: data[name] for name in words},
    )


def _notice(given: Performance) -> None:
    steps.tell_notice(actor=given.person, activity_id=given.activity.id, told=given.data["told"])


def _statement(given: Performance) -> None:
    steps.record_statement(actor=given.person, activity_id=given.activity.id, **given.data)


def _review(given: Performance) -> None:
    steps.review_defence(actor=given.person, activity_id=given.activity.id, **given.data)


def _decision(given: Performance) -> None:
    fine = given.data.pop("fine")
    steps.decide_on_the_spot(
        actor=given.person,
        activity_id=given.activity.id,
        fine_fen=int(fine * 100) if fine is not None else None,
        **{key: value or None for key, value in given.data.items() if key != "penalty"},
        penalty=given.data["penalty"],
    )


def _signing(given: Performance) -> None:
    paper = Progress(given.activity).decision
    if paper is None:
        raise Refused("step.too_early", missing="当场决定")
    sign_all(given.person, given.activity, paper, given.post)
    issue_paper(actor=given.person, paper_id=paper.id)


def _handing_over(given: Performance) -> None:
    paper = Progress(given.activity).decision
    if paper is None:
        raise Refused("paper.not_issued")
    serve_in_person(
        actor=given.person,
        paper_id=paper.id,
        recipient=given.data["recipient"],
        place=given.activity.place,
    )


def _collection(given: Performance) -> None:
    collect_fine(
        actor=given.person,
        case_id=given.activity.case_id,
        amount_fen=int(given.data["amount"] * 100),
        receipt_number=given.data["receipt_number"],
    )


def _ending(given: Performance) -> None:
    end_activity(actor=given.person, activity_id=given.activity.id)


PERFORM: dict[str, tuple[type[forms.Form], Callable[[Performance], None]]] = {
    "facts": (simple_forms.FactsForm, _facts),
    "oral_notice": (simple_forms.NoticeForm, _notice),
    "statement": (simple_forms.StatementForm, _statement),
    "review": (simple_forms.ReviewForm, _review),
    "decision": (simple_forms.DecisionForm, _decision),
    "signing": (forms.Form, _signing),
    "handing_over": (simple_forms.HandingOverForm, _handing_over),
    "collection": (simple_forms.CollectionForm, _collection),
    "ending": (forms.Form, _ending),
}


@signed_in
def simple_start(request: HttpRequest) -> HttpResponse:
    """Step 1: begin a case on the spot."""
    person = person_of(request)
    form = simple_forms.IdentityForm(request.POST or None, person=person)
    refusal, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            activity = steps.start_simple_case(actor=person, **form.cleaned_data)
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            return HttpResponseRedirect(reverse("simple_case", args=[activity.id]))
    certificate = valid_certificate(person, clock.local_date(clock.now()))
    context = {
        "case": None,
        "steps": _shown(None, "identity", form),
        "position": 1,
        "officer": {"name": person.name, "certificate": certificate.number if certificate else "—"},
        "refusal": refusal,
        "crumbs": [{"label": "简易程序"}],
    }
    return render(request, "simple_procedure.html", context, status=status)


@signed_in
def simple_case(request: HttpRequest, activity_id: UUID, step: str = "") -> HttpResponse:
    """The step under way; `step` in the address names the one posted, or one to correct."""
    person = person_of(request)
    activity = visible_activity(person, activity_id)
    progress = Progress(activity)
    current = step if step in PERFORM and progress.can_correct(step) else progress.current
    refusal, status, form = None, 200, None
    if request.method == "POST" and step in PERFORM:
        current = step
        form_class, perform = PERFORM[step]
        form = form_class(request.POST)
        if form.is_valid():
            try:
                perform(Performance(person, activity, form.cleaned_data, request.POST))
            except Refused as refused:
                refusal, status = refusal_context(refused), explain(refused).status
            else:
                address = reverse("simple_case", args=[activity.id])
                return HttpResponseRedirect(f"{address}#step-{Progress(activity).current}")
        else:
            status = 400
    context = _context(request, person, progress, current, form)
    return render(request, "simple_procedure.html", {**context, "refusal": refusal}, status=status)


def _context(
    request: HttpRequest, person: Person, progress: Progress, current: str, form: Any
) -> dict[str, Any]:
    activity = progress.activity
    if form is None and current in PERFORM:
        form = PERFORM[current][0](initial=progress.initial(current))
    case_href = reverse("case", args=[activity.case_id])
    decision = progress.decision_card()
    keys = [one.key for one in progress.steps]
    return {
        "case": {"number": activity.case.number, "href": case_href},
        "activity": activity,
        "recording": progress.filming(),
        "position": keys.index(current) + 1 if current in keys else len(keys) + 1,
        "steps": _shown(progress, current, form),
        "limits": progress.limits(),
        "notice_words": progress.notice_words(),
        "decision": decision,
        "preview": progress.preview_pages() if current == "signing" else [],
        "signers": signers_left(activity, progress.decision) if current == "signing" else [],
        "result": {"decision": decision, "case_href": case_href}
        if progress.current == "done"
        else None,
        "crumbs": [{"label": "简易程序", "href": reverse("simple_start")}, {"label": "办理"}],
    }


def _shown(progress: Progress | None, current: str, form: Any) -> list[dict[str, Any]]:
    listed = progress.steps if progress else STEPS
    return [_step(progress, one, current, form) for one in listed]


def _step(progress: Progress | None, one: Step, current: str, form: Any) -> dict[str, Any]:
    is_done = progress.is_done(one.key) if progress else False
    state = "current" if one.key == current else "done" if is_done else "todo"
    action = reverse("simple_start")
    if progress is not None and one.key != "identity":
        action = reverse("simple_step", args=[progress.activity.id, one.key])
    return {
        "key": one.key,
        "title": one.title,
        "article": one.article,
        "state": state,
        "summary": progress.summary(one.key) if progress and is_done else "",
        "template": f"simple_procedure/{one.key}.html",
        "form": form if state == "current" else None,
        "action": action,
        "act": one.act,
        "edit_href": action if progress and progress.can_correct(one.key) else None,
    }
