"""The page of a suspected crime found in a case: how far its transfer is, and its next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.actions import crime_transfers as acts
from liuhen.actions.materials import LARGEST
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.crime_transfers import (
    ANSWERS,
    CONTESTS,
    KIND,
    clock_of,
    crime_transfers,
    is_contest_open,
    is_declined,
    last_transfer,
    stage_of,
)
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web import crime_forms
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import asked_about, case_frame
from liuhen.web.drawing import drawn
from liuhen.web.one_form import PlacedForm, posted
from liuhen.web.paper_step import paper_step

_FORMS: Mapping[str, type[PlacedForm]] = {
    "decided": crime_forms.HandOverForm,
    "handed_over": crime_forms.AnswerForm,
    "refused": crime_forms.RefusedForm,
    "contested": crime_forms.ContestedForm,
    "filed": crime_forms.ThingsForm,
    "things": crime_forms.ResumeForm,
}
_STANDS = {
    "": "尚未报告",
    "reported": "待负责人决定",
    "declined": "负责人未批准移送",
    "decided": "已批准，待移送",
    "handed_over": "已移送，待公安机关答复",
    "refused": "公安机关不予立案",
    "contested": "已提请复议或者监督，待结果",
    "upheld": "维持不予立案，待本机关处理",
    "filed": "公安机关已立案，待移交物品材料",
    "things": "已移交公安机关",
    "resumed": "已恢复办理",
}


@signed_in
def case_crime(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """How far the transfer is, with the form of the step that comes next."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if request.method == "POST" and request.POST.get("type") == acts.LETTER:
        return HttpResponseRedirect(drawn(person, case.id, acts.LETTER))
    stage = _stage(case)

    def perform(data: dict[str, Any]) -> str:
        _perform(person, case, stage, data)
        return reverse("case_crime", args=[case.id])

    right = "crime.report" if _is_to_report(stage) else "crime.transfer"
    row = last_transfer(case)
    context = case_frame(
        case,
        "涉嫌犯罪移送",
        stands=_STANDS[_standing(stage, row)],
        stage=stage,
        told=_told(row) if row and stage != "declined" else [],
        earlier=[_told(one) for one in crime_transfers(case)[:-1]],
        clock=_clock(row) if row and stage != "declined" else None,
        letter=paper_step(person, case, acts.LETTER) if row and "decided_at" in row else None,
        asked=asked_about(case, KIND),
        may_act=case.closed_at is None and stage != "reported" and is_allowed(person, right),
    )
    return form_page(
        request,
        _form(request, case, stage),
        "case_crime.html",
        perform=perform,
        success="已经登记。",
        context=context,
    )


def _is_to_report(stage: str) -> bool:
    return stage in ("", "declined", "resumed")


def _stage(case: Case) -> str:
    """As `stage_of`, and: "" for none, declined by the head, a refusal contested."""
    row = last_transfer(case)
    if row is None:
        return ""
    stage = stage_of(row)
    if stage == "reported" and is_declined(case):
        return "declined"
    return "contested" if stage == "refused" and "contest" in row else stage


def _standing(stage: str, row: Mapping[str, Any] | None) -> str:
    is_upheld = stage == "contested" and row is not None and not is_contest_open(row)
    return "upheld" if is_upheld else stage


def _form(request: HttpRequest, case: Case, stage: str) -> PlacedForm:
    kind = _FORMS.get(stage)
    if kind is None:
        return crime_forms.ReportForm(posted(request), case=case)
    return kind(posted(request), request.FILES or None)


def _perform(person: Person, case: Case, stage: str, data: dict[str, Any]) -> None:
    about: dict[str, Any] = {"actor": person, "case_id": case.id}
    if "content" in data:
        data["content"] = file_bytes(data["content"])
    step = data.pop("step", "")
    if step == crime_forms.RESUME or stage == "things":
        acts.resume_case(**about, **data)
    elif step in CONTESTS:
        acts.contest_police_answer(**about, contest=step, **data)
    elif stage == "contested":
        acts.record_police_answer(**about, answer=step, **data)
    elif stage == "decided":
        acts.hand_over_crime(**about, **data)
    elif stage == "handed_over":
        acts.record_police_answer(**about, **data)
    elif stage == "filed":
        acts.hand_over_things(**about, **data)
    else:
        officers = [UUID(one) for one in data.pop("officers")]
        acts.report_crime(**about, officers=officers, **data)


def _clock(row: Mapping[str, Any]) -> dict[str, Any] | None:
    running = clock_of(row)
    return None if running is None else {"words": running[0], "due_at": running[1]}


# What is told of a transfer: when, and the words beside.
_LINES = (
    ("报告", "reported_at", "reason"),
    ("批准移送", "decided_at", "to"),
    ("移送、签收", "handed_over_at", "receipt"),
    ("公安机关答复", "answered_at", "answer_note"),
    ("复议、监督", "contested_at", "contest_note"),
    ("移交物品、材料", "things_at", "things_note"),
    ("案件退回", "returned_at", ""),
    ("恢复办理", "resumed_at", "resumed_note"),
)


# The file that came with a step.
_FILES = {"handed_over_at": "receipt_file", "answered_at": "answer_file"}


def file_bytes(file: Any) -> bytes | None:
    """What was chosen in a `reply_file`; None for nothing. Raises `material.too_large`."""
    if file is None:
        return None
    if file.size > LARGEST:
        raise Refused("material.too_large", limit_mib=LARGEST // 1024**2)
    return bytes(file.read())


def _told(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that were taken, for the page: {label, at, words, href}."""
    lines = []
    for label, at, note in _LINES:
        if at not in row:
            continue
        words = str(row.get(note, ""))
        if at == "answered_at":
            words = f"{ANSWERS[row['answer']]}：{words}"
        elif at == "contested_at":
            words = f"{CONTESTS[row['contest']]}：{words}"
        elif at == "handed_over_at":
            words = f"{row['receiver']}签收。{words}"
        elif at == "reported_at":
            words = f"{words}（专案组：{'、'.join(row['officers'])}）"
        file = row.get(_FILES.get(at, ""))
        href = reverse("material_file", args=[file]) if file else ""
        lines.append({"label": label, "at": clock.parse_iso(row[at]), "words": words, "href": href})
    return lines
