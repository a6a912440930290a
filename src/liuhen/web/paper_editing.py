"""The form of a paper: filling it with the paper beside it, saved as one writes, by several hands.

Not for issuing, sending or signing (`paper_acting`, `paper_signing`).
"""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.drawing_up import preview_of
from liuhen.actions.paper_drafts import editing_obstacle
from liuhen.actions.sending import COMING, kind_asked
from liuhen.assembly.completeness import missing_fields
from liuhen.documents.models import Paper
from liuhen.documents.versions import data_at
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.middleware import problem
from liuhen.web.paper_acting import offered_acts
from liuhen.web.paper_fields import case_values, fragments, shown_fields
from liuhen.web.paper_presence import present_beside
from liuhen.web.paper_saving import Saving, save_typed, typed_in
from liuhen.web.papers import made_by, pages_of, paper_crumbs, paper_duties, visible_paper
from liuhen.web.refusals import refusal_context


@signed_in
def paper_edit(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The form of a draft; posted without scripts, it saves and shows itself again."""
    found = visible_paper(request, paper_id)
    person = person_of(request)
    saving, refusal, status = Saving(found), None, 200
    if request.method == "POST":
        try:
            saving = save_typed(person, found, request.POST)
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            if not saving.wrong and not saving.differences:
                succeed(request, "已保存。")
                return HttpResponseRedirect(request.path)
            status = 400 if saving.wrong else 409
    context = _page(request, saving)
    return render(request, "paper_edit.html", {**context, "refusal": refusal}, status=status)


def _page(request: HttpRequest, saving: Saving) -> dict[str, Any]:
    paper, person = saving.paper, person_of(request)
    kind = paper.document_type
    obstacle = editing_obstacle(paper)
    is_editable = obstacle is None and is_allowed(person, "paper.draw_up")
    fields = shown_fields(paper, case_values(paper), typed=saving.raw) if is_editable else []
    for one in fields:
        one["error"] = saving.wrong.get(one["key"])
        one["difference"] = next((d for d in saving.differences if d["key"] == one["key"]), None)
    return {
        "paper": paper,
        "kind": kind,
        "made_by": made_by(paper),
        "case": paper.case,
        "articles": articles_of(paper),
        "is_editable": is_editable,
        "obstacle": refusal_context(obstacle) if obstacle else None,
        "fields": fields,
        "has_errors": bool(saving.wrong or saving.differences),
        "missing": missing_in(paper),
        "pages": pages_of(paper),
        "duties": paper_duties(paper),
        "acts": offered_acts(person, paper),
        "crumbs": paper_crumbs(paper, "填写"),
    }


def articles_of(paper: Paper) -> list[str]:
    """The clauses that ask for a type of paper, as the tag `article` takes them."""
    laws = {
        "measures": "",
        "penalty": "penalty_law:",
        "coercion": "coercion_law:",
        "licensing": "licensing_law:",
    }
    named = (one.rpartition(".") for one in paper.document_type.articles)
    return [f"{laws.get(law, f'{law}:')}{number}" for law, _, number in named]


def missing_in(paper: Paper) -> list[dict[str, str]]:
    """What the fields still lack before issue, each with the field to fill.

    Not what those who approve the paper write into it.
    """
    gaps = missing_fields(paper.document_type, paper.data, before_issue=True)
    lacking = [{"field": gap.path.split(".")[0], "label": gap.label} for gap in gaps]
    coming = COMING if kind_asked(paper) else frozenset()
    return [one for one in lacking if one["field"] not in coming]


@signed_in
@require_POST
def paper_save(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Save the posted fields; the answer tells what became of each, and what others changed.

    200 {version, saved_at, saved: [key], wrong: {key: words}, differences: [{key, label, before,
    theirs, mine}], fields: {key: HTML}, missing: [{field, label}]}; a refusal as problem details.
    """
    found = visible_paper(request, paper_id)
    known = _known(request.POST.get("_known", ""), found)
    try:
        saving = save_typed(person_of(request), found, request.POST)
    except Refused as refused:
        return problem(refused)
    conflicted = {one["key"] for one in saving.differences}
    changed = (_changed_since(saving.paper, known) - set(saving.saved)) | conflicted
    if request.POST.get("_take") in saving.saved:
        changed.add(request.POST["_take"])
    return JsonResponse(
        {
            "version": saving.paper.version,
            "saved_at": clock.iso(clock.now()),
            "saved": saving.saved,
            "wrong": saving.wrong,
            "differences": saving.differences,
            "fields": fragments(saving.paper, changed),
            "missing": missing_in(saving.paper),
        }
    )


def _known(text: str, paper: Paper) -> int:
    """The version a form says it shows; nonsense counts as the first."""
    return min(int(text), paper.version) if text.isdecimal() else 1


def _changed_since(paper: Paper, version: int) -> set[str]:
    """The fields whose content is another than at a version."""
    if version == paper.version:
        return set()
    before = data_at(paper, version)
    keys = paper.document_type.by_key.keys()
    return {key for key in keys if before.get(key) != paper.data.get(key)}


@signed_in
@require_safe
def paper_others(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Asked every few seconds by an open form: who else is there, what they have changed.

    {version, others: [{name, field}], fields: {key: HTML}, obstacle: words or null}.
    """
    found = visible_paper(request, paper_id)
    known = _known(request.GET.get("known", ""), found)
    kind = found.document_type
    at = request.GET.get("field", "")
    beside = present_beside(found.id, person_of(request), at if at in kind.by_key else "")
    labels = {key: one.label for key, one in kind.by_key.items()}
    obstacle = editing_obstacle(found)
    return JsonResponse(
        {
            "version": found.version,
            "others": [{"name": one.name, "field": labels.get(one.field, "")} for one in beside],
            "fields": fragments(found, _changed_since(found, known)),
            "obstacle": explain(obstacle).message if obstacle else None,
        }
    )


@signed_in
@require_POST
def paper_preview(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The pages as they would be with what stands in the form, saved or not.

    `_pages` names the digests of the pages the form shows; those are not sent again.
    {pages: [{digest, src or null}], missing: [{field, label}], wrong: {key: words}}.
    """
    found = visible_paper(request, paper_id)
    typed = typed_in(found, request.POST)
    found.data = {**found.data, **typed.values}
    shown = set(request.POST.get("_pages", "").split(","))
    try:
        pages = preview_of(found)
    except Refused as refused:
        return problem(refused)
    return JsonResponse(
        {
            "pages": [_page_of(picture, shown) for picture in pages],
            "missing": missing_in(found),
            "wrong": typed.wrong,
        }
    )


def _page_of(picture: bytes, shown: set[str]) -> dict[str, str | None]:
    digest = sha256_hex(picture)[:16]
    told = base64.b64encode(picture).decode()
    return {"digest": digest, "src": None if digest in shown else f"data:image/png;base64,{told}"}
