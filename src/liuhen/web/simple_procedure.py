"""The simple procedure on one page for a phone: the step under way, and its act.

Not for what a step may do: every step posts to one act of `actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
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
from liuhen.law.vocabulary import CollectionGround
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require, valid_certificate
from liuhen.web import simple_forms
from liuhen.web.acting import person_of, signed_in
from liuhen.web.refusals import refusal_context
from liuhen.web.simple_signing import sign_all, signers_left
from liuhen.web.simple_state import STEPS, Progress, Step


@dataclass
class Performance:
    """What a posted step needs; `wrong` says per signer what was not taken."""

    person: Person
    activity: Activity
    data: dict[str, Any]
    post: QueryDict
    wrong: dict[str, Refused] = field(default_factory=dict)


def _facts(given: Performance) -> None:
    data = given.data
    party = {name.removeprefix("party_"): data[name] for name in data if name.startswith("party_")}
    words = (
        "cause",
        "facts",
        "breached",
        "basis",
        "conditions",
        "evidence",
        "correction",
    )
    steps.record_violation(
        actor=given.person,
        activity_id=given.activity.id,
        party=party,
        offence=data["offence"],
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
        collection=given.data["collection"] or None,
        collection_ground=given.data["collection_ground"] or None,
        penalty=given.data["penalty"],
        deviation=given.data["deviation"],
    )


def _signing(given: Performance) -> None:
    paper = Progress(given.activity).decision
    if paper is None:
        raise Refused("step.too_early", missing="当场决定")
    given.wrong = sign_all(given.person, given.activity, paper, given.post)
    if given.wrong:
        raise next(iter(given.wrong.values()))
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
        requested=given.data["requested"],
        is_on_water=given.data["is_on_water"],
    )


def _ending(given: Performance) -> None:
    end_activity(actor=given.person, activity_id=given.activity.id, scene=given.data["scene"])


PERFORM: dict[str, tuple[type[forms.Form], Callable[[Performance], None]]] = {
    "facts": (simple_forms.FactsForm, _facts),
    "oral_notice": (simple_forms.NoticeForm, _notice),
    "statement": (simple_forms.StatementForm, _statement),
    "review": (simple_forms.ReviewForm, _review),
    "decision": (simple_forms.DecisionForm, _decision),
    "signing": (forms.Form, _signing),
    "handing_over": (simple_forms.HandingOverForm, _handing_over),
    "collection": (simple_forms.CollectionForm, _collection),
    "ending": (simple_forms.EndingForm, _ending),
}


@signed_in
def simple_start(request: HttpRequest) -> HttpResponse:
    """Step 1: begin a case on the spot."""
    person = person_of(request)
    require(person, "simple_case.start")
    form = simple_forms.IdentityForm(request.POST or None, person=person)
    refusal, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
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
    activity = visible_activity(person_of(request), activity_id)
    if activity.kind != steps.KIND or (step and step not in PERFORM):
        raise Refused("record.not_found")
    progress = Progress(activity)
    if request.method == "POST":
        return _posted(request, progress, step or progress.current)
    if not step:
        return _page(request, progress, progress.current)
    if step == progress.current or progress.can_correct(step):
        return _page(request, progress, step)
    return HttpResponseRedirect(reverse("simple_case", args=[activity.id]))


def _posted(request: HttpRequest, progress: Progress, step: str) -> HttpResponse:
    """Perform a step: the one under way, or an earlier one that may still be corrected."""
    address = reverse("simple_case", args=[progress.activity.id])
    is_correction = progress.can_correct(step)
    if step != progress.current and not is_correction:
        if progress.is_done(step):
            # The same form sent twice: the first one did it.
            messages.info(request, "这一步已经办理，没有重复登记。")
            return HttpResponseRedirect(address)
        raise Refused("step.too_early", missing=progress.current_title)
    form_class, perform = PERFORM[step]
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, progress, step, form=form, status=400)
    given = Performance(person_of(request), progress.activity, form.cleaned_data, request.POST)
    try:
        perform(given)
    except Refused as refused:
        return _page(request, progress, step, form=form, refused=refused, wrong=given.wrong)
    after = Progress(progress.activity)
    if after.is_outdated and step != "decision":
        messages.warning(request, "前面的内容已更正，请核对处罚后重新起草决定书。")
    return HttpResponseRedirect(f"{address}#step-{after.current}")


def _page(
    request: HttpRequest,
    progress: Progress,
    current: str,
    *,
    form: forms.Form | None = None,
    refused: Refused | None = None,
    wrong: Mapping[str, Refused] | None = None,
    status: int = 200,
) -> HttpResponse:
    if form is None and current in PERFORM:
        form = PERFORM[current][0](initial=progress.initial(current))
    context = _context(progress, current, form)
    if current == "signing":
        signers = signers_left(progress.activity, progress.decision, wrong or {})
        context |= {"preview": progress.preview_pages(), "signers": signers}
    is_over = progress.activity.ended_at is not None
    context["may_state"] = is_over and is_allowed(person_of(request), "activity.describe")
    if refused is not None:
        context["refusal"], status = refusal_context(refused), explain(refused).status
    return render(request, "simple_procedure.html", context, status=status)


def _context(progress: Progress, current: str, form: forms.Form | None) -> dict[str, Any]:
    activity = progress.activity
    case_href = reverse("case", args=[activity.case_id])
    decision = progress.decision_card()
    keys = [one.key for one in progress.steps]
    is_over = progress.current == "done"
    return {
        "case": {"number": activity.case.number, "href": case_href},
        "activity": activity,
        "recording": progress.filming(),
        "position": keys.index(current) + 1 if current in keys else len(keys) + 1,
        "steps": _shown(progress, current, form),
        "limits": progress.limits(),
        "is_remote": progress.facts.get("collection_ground") == CollectionGround.REMOTE,
        "notice_words": progress.notice_words(),
        "decision": decision,
        "result": {"decision": decision, "case_href": case_href} if is_over else None,
        "crumbs": [
            {"label": "案件", "href": reverse("cases")},
            {"label": activity.case.number, "href": case_href},
            {"label": "简易程序"},
        ],
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
