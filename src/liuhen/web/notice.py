"""The page of the prior notice: what it will tell, how far it is, the periods it sets (Art. 15).

Not for filling the notice (its own pages), nor for handing it over (`service`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from liuhen.actions.decision import hearing_period
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.facts import facts_of_case
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Service
from liuhen.documents.service_days import by_effect
from liuhen.kernel import clock
from liuhen.law.facts import CaseFacts
from liuhen.law.phrases import is_given_up
from liuhen.people.models import Person
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import drawn
from liuhen.web.hearing_right import figure_words
from liuhen.web.one_form import posted
from liuhen.web.paper_step import paper_step

# The second tells a right to a hearing that came up after the first.
TYPE, HEARING = "prior_notice", "hearing_right_notice"
_TOLD: Mapping[str, tuple[str, str]] = {
    "违法事实": ("violation", "facts"),
    "主要证据": ("violation", "evidence_summary"),
    "违反的规定": ("violation", "breached"),
    "处罚依据": ("penalty", "basis"),
    "裁量": ("penalty", "discretion"),
    "拟处罚": ("penalty", "proposed"),
}
_RIGHT = {True: "应当告知听证权利", False: "不属于应当告知听证权利的处罚", None: None}


@signed_in
def case_notice(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the party is told before the decision, and how far the telling is."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if not case.is_ordinary_penalty:  # told by a paper of its course
        return redirect("case_course", case.id)

    def perform(data: dict[str, Any]) -> str:
        return drawn(person, case.id, HEARING if request.POST.get("type") == HEARING else TYPE)

    step = paper_step(person, case, TYPE)
    service = _service(step)
    return form_page(
        request,
        forms.Form(posted(request)),
        "case_notice.html",
        perform=perform,
        success="告知书已起草，请核对后制作。",
        context=case_frame(
            case,
            "事先告知",
            step=step,
            later=_later_right(person, case, step),
            told=_told(case),
            service=service,
            serve_href=reverse("case_service", args=[case.id]),
            periods=periods(facts_of_case(case.id)) if service else None,
            defence_href=reverse("case_defence", args=[case.id]),
        ),
    )


def _later_right(person: Person, case: Case, step: dict[str, Any]) -> dict[str, Any] | None:
    """The notice of a right that the prior notice did not tell; None where it told it."""
    is_untold = step["is_issued"] and not step["row"].data.get("hearing_days")
    if not (is_untold and case.circumstances.get("hearing_right")):
        return None
    later = paper_step(person, case, HEARING)
    return {**later, "service": _service(later)}


def _told(case: Case) -> list[dict[str, Any]]:
    """What the notice will say, as the case knows it now; None reads unknown."""
    facts = facts_of(case, None, clock.now())
    told = [
        {"label": label, "value": (facts.get(section) or {}).get(name)}
        for label, (section, name) in _TOLD.items()
    ]
    right = _RIGHT[case.circumstances.get("hearing_right")]
    return [*told, {"label": "听证权利", "value": right, "note": figure_words(case)}]


def _service(step: dict[str, Any]) -> Service | None:
    if not step["is_issued"]:
        return None
    return by_effect(Service.objects.filter(paper=step["row"])).first()


def periods(facts: CaseFacts) -> dict[str, Any] | None:
    """The party's periods since it was told, and whether it used or gave them up; None before."""
    told = [one for one in facts.notices or () if isinstance(one.told_at, dt.datetime)]
    if not told:
        return None
    notice, now = told[-1], clock.now()
    hearing, until = hearing_period(notice), notice.statement_until
    requests = facts.hearing_requests or ()
    return {
        "told_at": notice.told_at,
        "statement_until": until if isinstance(until, dt.datetime) else None,
        "is_statement_over": isinstance(until, dt.datetime) and now > until,
        "is_stated": bool(facts.statements),
        "hearing_until": hearing.due_at if hearing else None,
        "is_hearing_over": hearing is not None and now > hearing.due_at,
        "is_hearing_asked": any(
            not one.is_waived and not is_given_up(one, requests) for one in requests
        ),
        "is_hearing_waived": any(one.is_waived for one in requests),
    }
