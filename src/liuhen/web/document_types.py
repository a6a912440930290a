"""Pages of document types: the product's, what the authority made of them, and its own.

Not for papers (`papers`), nor for what makes a definition sound (`assembly.own_types`).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.document_types import checked_type, set_document_type, withdraw_document_type
from liuhen.assembly.document_types import DocumentType, types
from liuhen.assembly.own_types import (
    FRAMES,
    OWN,
    SIZES,
    definition_of,
    own_type,
    source_kinds,
)
from liuhen.assembly.rendering import preview
from liuhen.assembly.samples import sample_data
from liuhen.assembly.trial import absent_from_page
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.queries import is_allowed, require
from liuhen.rulebook.models import TypeVersion
from liuhen.rulebook.type_versions import as_type, history_of_type, version_on, versions_on
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.refusals import refusal_context
from liuhen.web.type_editing import (
    OFFERED_KINDS,
    blank_definition,
    posted_definition,
    roles_offered,
    shown_definition,
    told_sources,
)

FORMAT = "liuhen document type 1"
LARGEST = 256 * 1024
_LIST = "文书式样"
SHOWN = (("", "全部"), ("own", "本机关增加"), ("changed", "本机关修改"))


class FileForm(PlacedForm):
    """A type as a file of ours."""

    content = forms.FileField(
        label="式样文件", help_text="从本系统导出的 .json 文件，不超过 256 KB"
    )


class WithdrawForm(PlacedForm):
    """From which day a type of the authority ends, and why."""

    valid_from = forms.DateField(
        label="停用日", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label="理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


@signed_in
@require_safe
def document_types(request: HttpRequest) -> HttpResponse:
    """Every type that papers are drawn up by today."""
    person = person_of(request)
    require(person, "document_type.list")
    held = versions_on(_today())
    lines = [_line(key, held.get(key)) for key in {**types(), **held}]
    show = request.GET.get("show", "")
    context = {
        "items": [one for one in lines if not show or one["mark"] == dict(SHOWN).get(show)],
        "filters": SHOWN,
        "show": show if show in dict(SHOWN) else "",
        "may_set": is_allowed(person, "document_type.set"),
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "document_types.html", context)


def _line(key: str, row: TypeVersion | None) -> dict[str, Any]:
    found = as_type(row) if row else types()[key]
    mark = "本机关增加" if key not in types() else "本机关修改" if row else "系统自带"
    return {
        "key": key,
        "found": found,
        "frame": FRAMES.get(found.layout, "专用版式"),
        "mark": mark,
        "tone": "grey" if row is None else "green",
        "version": row,
    }


def _today() -> dt.date:
    return clock.local_date(clock.now())


def _standing(key: str) -> tuple[DocumentType, TypeVersion | None]:
    """The type as it stands today, or as it stood last when it is withdrawn or not yet in force."""
    try:
        row = version_on(key, _today())
    except Refused:
        row = history_of_type(key).filter(is_withdrawn=False).first()
        if row is None:
            raise Refused("document_type.unknown") from None
    return (as_type(row) if row else types()[key]), row


@signed_in
@require_safe
def document_type(request: HttpRequest, type_key: str) -> HttpResponse:
    """One type: how it looks with sample data, what it holds, its versions."""
    person = person_of(request)
    require(person, "document_type.list")
    history = list(history_of_type(type_key)[:50])
    asked = request.GET.get("version", "")
    chosen = next((one for one in history if str(one.number) == asked), None)
    if chosen is not None and not chosen.is_withdrawn:
        found, row = as_type(chosen), chosen
    else:
        found, standing = _standing(type_key)
        row = standing  # type: ignore[assignment]
    context = {
        "line": _line(type_key, row),
        "pages": _pictures(found),
        "shown": shown_definition(type_key, definition_of(found)),
        "history": history,
        "today": _today(),
        "may_set": is_allowed(person, "document_type.set"),
        "is_set": bool(history) and not history[0].is_withdrawn,
        "crumbs": [{"label": _LIST, "href": reverse("document_types")}, {"label": found.title}],
    }
    return render(request, "document_type.html", context)


def _pictures(found: DocumentType) -> list[str]:
    """The pages with sample data, as addresses that hold the picture itself."""
    pages = preview(found, sample_data(found), page_format="png")
    return [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pages]


@signed_in
@require_safe
def document_type_export(request: HttpRequest, type_key: str) -> HttpResponse:
    """A type as one file, which another authority can read in."""
    require(person_of(request), "document_type.list")
    found, _ = _standing(type_key)
    told = {"format": FORMAT, "key": type_key, "definition": definition_of(found)}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="document-type-{type_key}.json"'
    return answer


@signed_in
def document_type_import(request: HttpRequest) -> HttpResponse:
    """Read a file in and show it in the form; nothing is kept before it is put in force."""
    require(person_of(request), "document_type.set")
    form = FileForm(posted(request), request.FILES or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            key, definition = read_file(form.cleaned_data["content"])
        except Refused as refused:
            refusal = refused
        else:
            return _editor(request, key, definition)
    page = OneForm(
        permission="document_type.set",
        title="导入文书式样",
        submit="读入",
        success="",
        crumbs=[(_LIST, reverse("document_types"))],
        notes=[
            "读入后先在编辑页核对、预览，填写生效日和理由再起用。",
            "系统自带的文书，导入的是对它的修改；其他的作为本机关增加的一种文书。",
        ],
    )
    context = {
        "page": page,
        "form": form,
        "back_href": reverse("document_types"),
        "refusal": refusal_context(refusal) if refusal else None,
        "crumbs": [{"label": _LIST, "href": reverse("document_types")}, {"label": page.title}],
    }
    status = 200 if not form.is_bound else 400
    return render(request, "people_form.html", context, status=status)


def read_file(file: BinaryIO) -> tuple[str, dict[str, Any]]:
    """The key a file's type is to have here ("" for a new one), and its definition.

    Raises:
        Refused: `document_type.unreadable`, `document_type.unsound`.
    """
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused("document_type.unreadable", what="文件太大")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused("document_type.unreadable", what="不是式样文件") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refused("document_type.unreadable", what="不是式样文件")
    key, definition = told.get("key"), told.get("definition")
    if not isinstance(key, str) or not isinstance(definition, dict):
        raise Refused("document_type.unreadable", what="文件不完整")
    key = key if key in types() else ""
    own_type(key or f"{OWN}new", definition)
    return key, definition


@signed_in
def document_type_new(request: HttpRequest) -> HttpResponse:
    """A type the product has not."""
    require(person_of(request), "document_type.set")
    return _editing(request, "")


@signed_in
def document_type_edit(request: HttpRequest, type_key: str) -> HttpResponse:
    """Another version of a type."""
    require(person_of(request), "document_type.set")
    _standing(type_key)
    return _editing(request, type_key)


def _editing(request: HttpRequest, key: str) -> HttpResponse:
    if request.method != "POST":
        return _editor(
            request, key, definition_of(_standing(key)[0]) if key else blank_definition()
        )
    definition = posted_definition(key, request.POST)
    try:
        if request.POST.get("act") == "set":
            row = set_document_type(
                actor=person_of(request),
                key=key,
                definition=definition,
                valid_from=_day(request.POST.get("valid_from", "")),
                reason=request.POST.get("reason", ""),
            )
            succeed(request, f"《{row.title}》第 {row.number} 版自 {row.valid_from} 起用。")
            return HttpResponseRedirect(reverse("document_type", args=[row.key]))
        if request.POST.get("act") == "preview":
            return _previewed(request, key, definition)
    except Refused as refused:
        return _editor(request, key, definition, refusal=refused)
    return _editor(request, key, definition)


def _previewed(request: HttpRequest, key: str, definition: Mapping[str, Any]) -> HttpResponse:
    """The pages, also where something is not on them; that is said above them."""
    found = own_type(key or f"{OWN}new", definition)
    refusal = None
    try:
        checked_type(key, definition)
    except Refused as refused:
        refusal = refused
    others = absent_from_page(found).others
    return _editor(request, key, definition, refusal=refusal, pages=_pictures(found), others=others)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        today = _today().isoformat()
        raise Refused("document_type.past", today=today) from error


def _editor(
    request: HttpRequest,
    key: str,
    definition: Mapping[str, Any],
    *,
    refusal: Refused | None = None,
    pages: list[str] | None = None,
    others: tuple[str, ...] = (),
) -> HttpResponse:
    product = types().get(key)
    frames = list(FRAMES.items())
    if product is not None and product.layout not in FRAMES:
        frames.insert(0, (product.layout, "这种文书的专用版式"))
    href = reverse("document_type_edit", args=[key]) if key else reverse("document_type_new")
    title = str(definition.get("title") or "新的文书")
    context = {
        "keeps": f"{person_of(request).id}-{key or OWN}",
        "keeps_version": TypeVersion.objects.filter(key__startswith=key or OWN).count(),
        "href": href,
        "title": title,
        "is_new": not key,
        "is_product": product is not None,
        "shown": shown_definition(key, definition),
        "frames": frames,
        "sizes": list(SIZES.items()),
        "kinds": Case.Kind.choices,
        "content_kinds": OFFERED_KINDS,
        "roles": roles_offered(),
        "sources": told_sources(list(source_kinds())),
        "pages": pages,
        "others": "、".join(others),
        "refusal": refusal_context(refusal) if refusal else None,
        "valid_from": request.POST.get("valid_from") or _today().isoformat(),
        "reason": request.POST.get("reason", ""),
        "crumbs": [{"label": _LIST, "href": reverse("document_types")}, {"label": title}],
    }
    status = explain(refusal).status if refusal and pages is None else 200
    return render(request, "document_type_edit.html", context, status=status)


@signed_in
def document_type_withdraw(request: HttpRequest, type_key: str) -> HttpResponse:
    """End what the authority made of a type."""
    require(person_of(request), "document_type.set")
    found, _ = _standing(type_key)
    here = reverse("document_type", args=[type_key])

    def perform(data: dict[str, Any]) -> str:
        withdraw_document_type(actor=person_of(request), key=type_key, **data)
        return here

    is_product = type_key in types()
    page = OneForm(
        permission="document_type.set",
        title=f"恢复系统自带的《{found.title}》" if is_product else f"停用《{found.title}》",
        submit="恢复" if is_product else "停用",
        success="已登记。已经起草和制作的文书不变。",
        crumbs=[(_LIST, reverse("document_types")), (found.title, here)],
        notes=["从停用日起不再用这一版起草；已经起草的仍按原来的式样制作。"],
        is_grave=True,
    )
    return page.answer(request, WithdrawForm(posted(request)), perform)
