"""Licences that were granted: the public register with the supervision of their holders, a unit's
list, one licence, and what is done with it. Not for applications and decisions (`licensing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions import licence_endings, licences
from liuhen.actions.inspections import corrected
from liuhen.actions.licensing import CANCELLATION, ENDED, GRANT, KEPT
from liuhen.actions.licensing_order import is_approved_as_concluded
from liuhen.actions.paper_needs import is_issued
from liuhen.assembly.dates import chinese_date
from liuhen.cases.choices import INSPECTION_OUTCOMES
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.licences import (
    GROUNDS,
    STANDINGS,
    are_names_masked,
    over_and_not_cancelled,
    public_licences,
    public_name,
    standing_on,
    supervision_of,
    unit_licences,
    words_of,
)
from liuhen.documents.models import Licence, LicenceChange
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.drawing import live_paper
from liuhen.web.licence_forms import EndingForm, EndingProposalForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of

_LAMPS = {"in_force": "green", "deemed": "green", "not_yet": "open", "expired": "yellow"}
_LIST = "许可证"
_LATEST = 20  # inspections on the page of a licence; the public page has them all
VISITS = ("inspection", "promise_supervision")
SHOWN = (("", "全部"), ("over", "应当注销"))
# What a granted application brings about, and the act that carries it out.
_CARRYING: Mapping[str, tuple[str, Callable[..., Licence]]] = {
    "new": ("登记许可，颁发许可证", licences.issue_licence),
    "change": ("登记变更，换发许可证", licences.change_licence),
    "prolong": ("登记延续，换发许可证", licences.prolong_licence),
}
_ENDING: Mapping[str, tuple[str, Callable[..., Licence]]] = {
    "withdraw": ("作出撤回许可决定", licence_endings.withdraw_licence),
    "revoke": ("作出撤销许可决定", licence_endings.revoke_licence),
    "cancel": ("办理注销", licence_endings.cancel_licence),
    "stand": ("作出许可继续有效的决定", licence_endings.keep_licence),
}


@require_safe
def licence_register(request: HttpRequest) -> HttpResponse:
    """The licences of the authority, for anybody, without signing in (Licensing Law 40)."""
    page = page_of(request, public_licences().select_related("unit"))
    today = clock.local_date(clock.now())
    is_masked = are_names_masked(today)
    items = [
        {**_line(one, today), "holder": public_name(one, is_masked=is_masked)} for one in page.rows
    ]
    answer = render(
        request,
        "licence_register.html",
        {
            "items": items,
            "pager": page.pager,
            "is_masked": is_masked,
            "authority": _authority(page.rows[0]) if page.rows else "",
        },
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
def licence_supervision(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """What inspections of the holder recorded, for anybody (Licensing Law 61)."""
    found = public_licences().select_related("unit").filter(id=licence_id).first()
    if found is None:
        raise Refused("record.not_found")
    today = clock.local_date(clock.now())
    is_masked = are_names_masked(today)
    page = page_of(request, supervision_of(found))
    context = {
        **_line(found, today),
        "holder": public_name(found, is_masked=is_masked),
        "items": [_inspected(case) for case in page.rows],
        "pager": page.pager,
        "authority": _authority(found),
    }
    answer = render(request, "licence_supervision.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _inspected(case: Case) -> dict[str, Any]:
    """One inspection of a holder: when, what about, what was found and what followed."""
    known: Mapping[str, Any] = case.facts["inspection"]
    correction: Mapping[str, Any] = case.facts.get("correction") or {}
    visit = case.activities.filter(kind__in=VISITS).order_by("started_at").first()
    due = correction.get("due_on")
    return {
        "row": case,
        "at": visit.started_at if visit else case.started_at,
        "matter": known["matter"],
        "outcome": INSPECTION_OUTCOMES.get(known.get("outcome", ""), ""),
        "correction": correction.get("content", ""),
        "due_on": dt.date.fromisoformat(due) if due else None,
        "is_corrected": corrected(case) if correction else None,
    }


def _authority(one: Licence) -> str:
    return str(one.unit.profile.get("authority") or one.unit.name)


def _line(licence: Licence, today: Any) -> dict[str, Any]:
    """A licence as a line of a list tells it."""
    standing = standing_on(licence, today)
    return {
        "row": licence,
        "holder": licence.holder,
        "lamp": _LAMPS.get(standing, "grey"),
        "standing": STANDINGS[standing],
    }


@signed_in
@require_safe
def licence_list(request: HttpRequest) -> HttpResponse:
    """The licences of the person's unit; with `?show=over` those to be struck off."""
    person = person_of(request)
    require(person, "licence.list")
    today = clock.local_date(clock.now())
    show = "over" if request.GET.get("show") == "over" else ""
    rows = unit_licences(person)
    page = page_of(request, rows.filter(over_and_not_cancelled(today)) if show else rows)
    context = {
        "items": [_line(one, today) for one in page.rows],
        "filters": SHOWN,
        "show": show,
        "pager": page.pager,
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "licences.html", context)


def _licence_of(person: Person, licence_id: UUID) -> Licence:
    found = unit_licences(person).select_related("certificate", "prolonging")
    licence = found.filter(id=licence_id).first()
    if licence is None:
        raise Refused("record.not_found")
    return licence


@signed_in
@require_safe
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence: how it stands, what happened to it, what can be done."""
    person = person_of(request)
    require(person, "licence.list")
    found = _licence_of(person, licence_id)
    today = clock.local_date(clock.now())
    changes = found.changes.select_related("case", "paper", "made_by").order_by("made_at", "id")
    standing = standing_on(found, today)
    is_held = standing in ("in_force", "not_yet", "deemed")
    receive = reverse("application_receive")
    context = {
        **_line(found, today),
        "facts": _facts(found),
        "changes": [{"row": one, "ground": _ground(one)} for one in changes],
        "change_href": f"{receive}?purpose=change&licence={found.number}" if is_held else "",
        "prolong_href": f"{receive}?purpose=prolong&licence={found.number}"
        if is_held and found.valid_until and found.prolonging is None
        else "",
        "supervision": [_inspected(case) for case in supervision_of(found)[:_LATEST]],
        "inspect_href": f"{reverse('inspection_plan')}?licence={found.number}"
        if is_held and is_allowed(person, "inspection.plan")
        else "",
        "may_receive": is_allowed(person, "licence.receive"),
        "may_end": is_allowed(person, "licence.end") and found.state != Licence.State.CANCELLED,
        "crumbs": [{"label": _LIST, "href": reverse("licences")}, {"label": found.number}],
    }
    return render(request, "licence.html", context)


def _ground(change: LicenceChange) -> str:
    return next((words[change.ground] for words in GROUNDS.values() if change.ground in words), "")


def _facts(one: Licence) -> list[dict[str, Any]]:
    span = None
    if one.valid_from and one.valid_until:
        span = f"{chinese_date(one.valid_from)}至{chinese_date(one.valid_until)}"
    return [
        {"label": "被许可人", "value": one.holder},
        {"label": "许可事项", "value": one.matter},
        {"label": "许可内容", "value": one.content},
        {"label": "要求", "value": one.terms},
        {"label": "有效期", "value": span or "没有规定有效期"},
    ]


@signed_in
def licence_end(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Open the case in which a licence is withdrawn, revoked or cancelled."""
    person = person_of(request)
    found = _licence_of(person, licence_id)
    form = EndingForm(posted(request), unit=found.unit, initial={"officers": [str(person.id)]})

    def perform(data: dict[str, Any]) -> str:
        case = licence_endings.open_ending(
            actor=person,
            licence_id=found.id,
            purpose=data["purpose"],
            ground=form.ground,
            officers=data["officers"],
        )
        return reverse("case_course", args=[case.id])

    page = OneForm(
        permission="licence.end",
        title="撤回、撤销或者注销",
        submit="启动",
        success="案件已建立，请提出审查结论。",
        crumbs=[(_LIST, reverse("licences")), (found.number, reverse("licence", args=[found.id]))],
        about=f"{found.number} {found.holder}",
        notes=[
            "撤回：许可合法，因依据或者客观情况变化，为公共利益收回，依法补偿。",
            "撤销：许可本不应准予；可能对公共利益造成重大损害的，不予撤销。",
            "注销：许可已经终止，从登记中除去。",
        ],
        article="licensing_law:70",
    )
    return page.answer(request, form, perform)


def ending_case(person: Person, case_id: UUID) -> Case:
    """A visible case that is to end a licence. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if case.procedure != Case.Procedure.ENDING:
        raise Refused("record.not_found")
    return case


@signed_in
def ending_proposal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was found, and the decision proposed."""
    person = person_of(request)
    case = ending_case(person, case_id)
    known: Mapping[str, Any] = case.facts["licence"]
    names = {"facts": "found", "content": "decided"}
    texts = ("facts", "reasons", "basis", "content", "compensation", "terms")
    initial = {
        "conclusion": "stand" if known.get("is_granted") is False else "end",
        **{name: known.get(names.get(name, name)) for name in texts},
        **{key: bool(case.circumstances.get(key)) for key in EndingProposalForm.NATURE},
    }
    form = EndingProposalForm(posted(request), purpose=known["purpose"], initial=initial)

    def perform(data: dict[str, Any]) -> str:
        if data.pop("conclusion") == "end":
            licence_endings.propose_ending(actor=person, case_id=case.id, **data)
        else:
            given = {key: data[key] for key in data if key not in EndingProposalForm.ONLY_ENDING}
            licence_endings.propose_standing(actor=person, case_id=case.id, **given)
        return reverse("case_course", args=[case.id])

    page = OneForm(
        permission="licence.review",
        title=f"提出{words_of(known['purpose'])}的结论",
        submit="提出",
        success="结论已经提出，告知书、审批表和决定书由此填写。",
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("办理过程", reverse("case_course", args=[case.id])),
        ],
        about=f"{known['licence_number']} {known['ground_words']}",
        notes=[
            "作出决定以前可以再改；改了以后，已起草的告知书、审批表要重新起草。",
            "查明没有法定情形，或者撤销可能对公共利益造成重大损害的，许可继续有效，也要作出决定。",
        ],
        article="licensing_law:8" if known["purpose"] == "withdraw" else "licensing_law:69",
    )
    return page.answer(request, form, perform)


# -- carrying out ------------------------------------------------------------------------------


def carrying(person: Person, case: Case) -> dict[str, Any]:
    """The licence a case has entered or ended, and the next act on it, for the case's pages."""
    change = LicenceChange.objects.filter(case=case).select_related("licence").last()
    ways = _ways(case, change) if case.closed_at is None else []
    return {
        "licence": change.licence if change else None,
        "licence_href": reverse("licence", args=[change.licence_id])
        if change and is_allowed(person, "licence.list")
        else "",
        "certificate": live_paper(case, "licence_certificate"),
        "ways": [
            {
                "label": _ACTS[way][0],
                "href": reverse("licence_carry", args=[case.id, way]),
                "is_grave": way in _ENDING and way != "stand",
            }
            for way in ways
            if is_allowed(person, "licence.end" if way in _ENDING else "licence.certify")
        ],
    }


_ACTS = {**_CARRYING, **_ENDING}


def _ways(case: Case, change: LicenceChange | None) -> list[str]:
    """Which act the case has come to."""
    purpose = case.facts["licence"].get("purpose", "new")
    if purpose in _CARRYING:
        return [purpose] if change is None and is_issued(case, GRANT) else []
    if is_issued(case, CANCELLATION, KEPT) or not is_approved_as_concluded(case):
        return []
    if case.facts["licence"].get("is_granted") is False:
        return ["stand"]
    return ["cancel" if purpose == "cancel" or is_issued(case, *ENDED) else purpose]


@signed_in
@require_POST
def licence_carry(request: HttpRequest, case_id: UUID, way: str) -> HttpResponse:
    """Carry out what was decided on a licence."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if case.kind != Case.Kind.LICENSING or way not in _ACTS:
        raise Refused("record.not_found")
    label, act = _ACTS[way]
    page = "case_course" if case.procedure == Case.Procedure.ENDING else "case_licensing"
    return act_and_return(
        request,
        lambda: act(actor=person, case_id=case.id),
        success=f"已办理：{label}。",
        then=reverse(page, args=[case.id]),
    )
