"""The register of Art. 43 on one page: every look, copy, print and denied try, newest first.

For who reads the whole of it; the page of a recording or paper tells of that one. Reads only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.looks import REFUSED_LOOK, REGISTER
from liuhen.access.models import CopyApplication, Printing, Viewing
from liuhen.access.queries import Ground
from liuhen.access.register import KINDS, register
from liuhen.archive.models import CaseCopyRequest
from liuhen.cameras.models import Camera
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused, explain, texts
from liuhen.ledger.models import Entry
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import hidden_recordings
from liuhen.search.models import ListExport
from liuhen.web.acting import person_of, signed_in
from liuhen.web.audit import AuditSearch, act_title, within
from liuhen.web.events import event_title
from liuhen.web.paging import page_of

TITLE = "调阅登记"
_UNKNOWN = "不在您的知悉范围"
_TRIED = ("recording", "case")  # what a denied try may name
Told = Sequence[tuple[Entry, dict[str, Any]]]


@signed_in
@require_safe
def view_register(request: HttpRequest) -> HttpResponse:
    """Looks, copies, prints and denied tries of a span of days, perhaps of one kind or person."""
    person = person_of(request)
    require(person, REGISTER)
    form, show = AuditSearch(request.GET), request.GET.get("show", "")
    is_valid = form.is_valid()
    rows = within(register(person, show), form.cleaned_data) if is_valid else Entry.objects.none()
    page = page_of(request, rows.order_by("-recorded_at", "-id"))
    told = [(row, json.loads(bytes(row.body))) for row in page.rows]
    known = _named(person, told)
    context = {
        "items": [_line(row, body, known) for row, body in told],
        "form": form,
        "filters": [("", "全部"), *((key, label) for key, (label, _) in KINDS.items())],
        "show": show if show in KINDS else "",
        "is_filtered": any(form.cleaned_data.values()),
        "pager": page.pager,
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "view_register.html", context, status=200 if is_valid else 400)


@dataclass(frozen=True)
class _Named:
    """The rows that the entries of a page name, by their keys."""

    cases: Mapping[str, Case]
    recordings: Mapping[str, Recording]
    papers: Mapping[str, Paper]
    cameras: Mapping[str, Camera]
    viewings: Mapping[str, Viewing]
    printings: Mapping[str, Printing]
    requests: Mapping[str, CaseCopyRequest]
    applications: Mapping[str, CopyApplication]
    exports: Mapping[str, ListExport]


def _named(person: Person, told: Told) -> _Named:
    """As many questions however many entries: one for each kind of row."""
    subjects = _ids(row.subject_id for row, _ in told)
    refused = [body for row, body in told if row.event == REFUSED_LOOK]
    tried, tried_cases = (_ids(_tried(body, what) for body in refused) for what in _TRIED)
    cases = _ids(str(row.case_id) for row, _ in told)
    known = Recording.objects.exclude(id__in=hidden_recordings(person).values("id"))
    approved = ("approval__approved_by", "request__approved_by")
    return _Named(
        cases=_by_key(visible_cases(person), tried_cases) | _by_key(Case.objects.all(), cases),
        recordings=_by_key(known, subjects | tried),
        papers=_by_key(Paper.objects.all(), subjects),
        cameras=_by_key(Camera.objects.select_related("device", "room"), subjects),
        viewings=_by_key(Viewing.objects.select_related(*approved), _noted(told, "viewing")),
        printings=_by_key(Printing.objects.select_related(*approved), _noted(told, "printing")),
        requests=_by_key(
            CaseCopyRequest.objects.select_related("approved_by"), _noted(told, "request")
        ),
        applications=_by_key(CopyApplication.objects.select_related("approved_by"), subjects),
        exports=_by_key(ListExport.objects.select_related("approved_by"), subjects),
    )


def _noted(told: Told, key: str) -> set[Any]:
    return {body["data"][key] for _, body in told if body["data"].get(key)}


def _tried(body: dict[str, Any], what: str) -> str:
    return str(body["data"]["data"].get(what, ""))


def _ids(keys: Iterable[str]) -> set[UUID]:
    found = set[UUID]()
    for key in keys:
        with suppress(ValueError):
            found.add(UUID(key))
    return found


def _by_key(rows: QuerySet[Any], keys: set[Any]) -> dict[str, Any]:
    return {str(one.pk): one for one in rows.filter(pk__in=keys)} if keys else {}


def _line(row: Entry, body: dict[str, Any], known: _Named) -> dict[str, Any]:
    data = body["data"]
    is_denied = row.event == REFUSED_LOOK
    case = known.cases.get(_tried(body, "case") if is_denied else str(row.case_id))
    name, href = _about(row, body, known)
    reason, ground = ("", "") if name == _UNKNOWN else _why(row, data, known)
    what = act_title(data["act"]) if is_denied else event_title(row.event)
    return {
        "at": row.recorded_at,
        "what": what,
        "who": body["actor"]["name"],
        "name": name,
        "href": href,
        "case": case,
        "reason": reason,
        "ground": ground,
        "is_denied": is_denied,
        "digest": bytes(row.leaf_hash).hex(),
    }


def _about(row: Entry, body: dict[str, Any], known: _Named) -> tuple[str, str]:
    """The record in words, and where it is looked at."""
    tried = _tried(body, "recording") if row.event == REFUSED_LOOK else ""
    key = tried or row.subject_id
    if key in known.recordings:
        return known.recordings[key].name, reverse("recording", args=[key])
    if key in known.papers:
        paper = known.papers[key]
        words = f"{paper.document_type.title} {paper.number or ''}".strip()
        return words, reverse("paper", args=[key])
    if key in known.cameras:
        camera = known.cameras[key]
        return f"{camera.room.name} {camera.device.serial}", ""
    if row.subject_kind == Recording._meta.label_lower:
        return _UNKNOWN, ""
    whole = {
        "case.copied": "整卷",
        "case_package.taken": "归档包",
        "paper.printed": "全部文书",
    }
    return whole.get(row.event, ""), ""


def _why(row: Entry, data: dict[str, Any], known: _Named) -> tuple[str, str]:
    """Why it was done, and who approved it for what; of a denied try what was answered."""
    if row.event == REFUSED_LOOK:
        return _denied(data), ""
    if found := known.viewings.get(str(data.get("viewing"))):
        return found.reason, _ground(found.ground)
    if printing := known.printings.get(str(data.get("printing"))):
        return printing.reason, _ground(printing.ground) if printing.ground else "承办本案"
    if asked := known.requests.get(str(data.get("request"))):
        return f"交给{asked.recipient}，{asked.purpose}", _approver(asked.approved_by)
    if handed := known.applications.get(row.subject_id):
        return f"交给{handed.receiver}，{handed.purpose}", _approver(handed.approved_by)
    if taken := known.exports.get(row.subject_id):
        return f"{taken.words}；{taken.purpose}", _approver(taken.approved_by)
    return "", ""


def _denied(data: dict[str, Any]) -> str:
    code = str(data["code"])
    return explain(Refused(code, **data["data"])).message if code in texts() else code


def _ground(ground: Ground) -> str:
    return f"{_approver(ground.approved_by)}：{ground.purpose}"


def _approver(person: Person | None) -> str:
    return person.name if person is not None else ""
