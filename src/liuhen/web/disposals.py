"""Pages of disposals (Art. 40, 41): lists, approval, the order, what is left, certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.destroying import prove_copy_gone, prove_outside_copy_gone
from liuhen.actions.disposal import (
    approve_disposal,
    begin_disposal,
    remove_from_disposal,
    withdraw_disposal,
)
from liuhen.archive.disposals import (
    case_copies_out,
    holds_of,
    remaining_copies,
    replicas_behind,
    store_words,
    visible_disposal,
    visible_disposals,
)
from liuhen.archive.models import Disposal, OutsideCopy
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed, offices_held, permissions, require
from liuhen.vault.destroying import is_at_hand
from liuhen.vault.keeping import is_on_its_way, local_store
from liuhen.vault.models import BackupSet, Copy, ObjectLock
from liuhen.vault.queries import sets_with
from liuhen.vault.store import S3
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.retention import AREA, TITLE, ReasonForm

_LIST = "处置清单"
_OUTSIDE_ROWS = 3
_LENT_SHOWN = 50
TONES = {
    Disposal.State.LISTED: "yellow",
    Disposal.State.COOLING: "blue",
    Disposal.State.DESTROYING: "yellow",
    Disposal.State.DESTROYED: "grey",
    Disposal.State.WITHDRAWN: "plain",
}


@signed_in
@require_safe
def disposal_list(request: HttpRequest) -> HttpResponse:
    """The lists the person may see, the newest first."""
    person = person_of(request)
    require(person, "retention.list")
    page = page_of(request, visible_disposals(person))
    context = {
        "items": [{"row": one, "tone": TONES[Disposal.State(one.state)]} for one in page.rows],
        "pager": page.pager,
        "crumbs": [{"label": TITLE, "href": reverse("retention")}, {"label": _LIST}],
    }
    return render(request, "disposals.html", context)


@signed_in
@require_safe
def disposal(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """One list: its records, who approved, what is left, the papers."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)
    is_begun = found.begun_at is not None
    left = list(remaining_copies(found)) if is_begun else []
    is_stoppable = found.state in (Disposal.State.LISTED, Disposal.State.COOLING)
    items = list(found.items.order_by("id"))
    held = holds_of(found) if is_stoppable else {}
    context = {
        "found": found,
        "tone": TONES[Disposal.State(found.state)],
        "offices": {
            "first": Office.Kind(found.first_office).label if found.first_office else "",
            "second": Office.Kind(found.second_office).label if found.second_office else "",
        },
        "items": [{"row": one, "held": held.get(one.original_id, ())} for one in items],
        "left": _left(left, {one.original_id: one.title for one in items}),
        "on_way": [one.title for one in items if is_on_its_way(one.original_id)]
        if found.state == Disposal.State.DESTROYING
        else [],
        "behind": replicas_behind(found) if is_begun and found.finished_at is None else [],
        "outside": list(found.outside.order_by("id")),
        "lent": list(case_copies_out(found)[:_LENT_SHOWN]),
        "today": clock.local_date(clock.now()),
        "may_approve": found.state == Disposal.State.LISTED
        and is_allowed(person, "disposal.approve")
        and person.id not in (found.proposed_by_id, found.first_by_id),
        "may_begin": found.state == Disposal.State.COOLING and is_allowed(person, "disposal.begin"),
        "is_cooled": found.cooling_until is not None and clock.now() > found.cooling_until,
        "may_stop": is_stoppable and is_allowed(person, "disposal.stop"),
        "may_prove": found.state == Disposal.State.DESTROYING
        and is_allowed(person, "copy.prove_gone"),
        "crumbs": [
            {"label": TITLE, "href": reverse("retention")},
            {"label": _LIST, "href": reverse("disposals")},
            {"label": found.number},
        ],
    }
    return render(request, "disposal.html", context)


def _left(copies: list[Copy], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Copies that are not gone yet; with the bucket's lock, or the backup sets that hold them.

    What this machine looks after itself nobody need prove.
    """
    held = [one.original_id for one in copies if one.store == S3]
    locks, sets = ObjectLock.objects.in_bulk(held), sets_with(copies)
    is_ours = {store: is_at_hand(store) for store in {one.store for one in copies}}
    return [
        {
            "copy": one,
            "title": titles[one.original_id],
            "store": store_words(one.store),
            "versions": _versions(locks.get(one.original_id)) if one.store == S3 else [],
            "sets": set_words(sets.get(one.id, [])),
            "is_ours": is_ours[one.store],
        }
        for one in copies
    ]


def _versions(lock: ObjectLock | None) -> list[dict[str, Any]]:
    """The versions the bucket still has; before it was asked, one of which only the lock is known.

    An id that is not known is empty, an end that there is none for is None.
    """
    if lock is None:
        return []
    if lock.left is None:
        return [{"id": "", "until": lock.until}]
    return [
        {"id": one["id"], "until": one["until"] and dt.datetime.fromisoformat(one["until"])}
        for one in lock.left
    ]


def set_words(sets: list[BackupSet]) -> str:
    """How many backup sets would bring a copy back, and which the oldest and the newest are."""
    if not sets:
        return ""
    newest, oldest = (f"{clock.local(one.at):%Y-%m-%d %H:%M}" for one in (sets[0], sets[-1]))
    if len(sets) == 1:
        return f"备份集 {newest}，用它恢复会带回这份记录"
    return f"{len(sets)} 个备份集，{oldest} 至 {newest}，用其中任何一个恢复都会带回这份记录"


@signed_in
@require_safe
def disposal_paper(request: HttpRequest, disposal_id: UUID, kind: str) -> HttpResponse:
    """The list or the certificate, as PDF."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)
    sha256 = {"list": found.paper_id, "certificate": found.certificate_id}.get(kind)
    if sha256 is None:
        raise Refused("record.not_found")
    with local_store().open(sha256) as stream:
        return HttpResponse(stream.read(), content_type="application/pdf")


def _page(found: Disposal, **page: Any) -> OneForm:
    crumbs = [
        (TITLE, reverse("retention")),
        (found.number, reverse("disposal", args=[found.id])),
    ]
    return OneForm(crumbs=crumbs, about=f"{found.number}：{found.reason}", article="41.1", **page)


class ApprovalForm(PlacedForm):
    """In which office, and with what opinion."""

    office = forms.ChoiceField(label="以何职务批准")
    opinion = forms.CharField(label="意见", max_length=2000, widget=AREA)

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        able = permissions()["disposal.approve"].offices
        held = offices_held(person).filter(kind__in=able).values_list("kind", flat=True)
        choices = [(kind, Office.Kind(kind).label) for kind in dict.fromkeys(held)]
        self.fields["office"].choices = choices  # type: ignore[attr-defined]


@signed_in
def disposal_approval(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Approve a list."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)

    def perform(data: dict[str, Any]) -> str:
        approve_disposal(actor=person, disposal_id=found.id, **data)
        return reverse("disposal", args=[found.id])

    page = _page(
        found,
        permission="disposal.approve",
        title="批准处置",
        submit="批准",
        success="已批准。",
        notes=[
            "须由两名不同职务的人批准，提出人不在其中；第二人批准后进入冷静期。",
            "冷静期内可以撤回，也可以移出个别记录。",
        ],
        is_grave=True,
    )
    return page.answer(request, ApprovalForm(posted(request), person=person), perform)


@signed_in
def disposal_withdrawal(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Take a list back."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)

    def perform(data: dict[str, Any]) -> str:
        withdraw_disposal(actor=person, disposal_id=found.id, **data)
        return reverse("disposal", args=[found.id])

    page = _page(
        found,
        permission="disposal.stop",
        title="撤回处置清单",
        submit="撤回",
        success="已撤回，清单上的记录继续保管。",
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


@signed_in
def disposal_item(request: HttpRequest, disposal_id: UUID, item_id: UUID) -> HttpResponse:
    """Take one record off a list."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)

    def perform(data: dict[str, Any]) -> str:
        remove_from_disposal(actor=person, item_id=item_id, **data)
        return reverse("disposal", args=[found.id])

    page = _page(
        found,
        permission="disposal.stop",
        title="移出记录",
        submit="移出",
        success="已移出，继续保管。",
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


class OrderForm(PlacedForm):
    """What lies outside this system, and that this is all."""

    halves = frozenset(
        f"{name}_{row}" for row in range(1, _OUTSIDE_ROWS + 1) for name in ("kind", "until")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(1, _OUTSIDE_ROWS + 1):
            self.fields[f"kind_{row}"] = forms.ChoiceField(
                label=f"系统外副本 {row}：种类",
                choices=[("", "没有"), *OutsideCopy.Kind.choices],
                required=False,
            )
            self.fields[f"until_{row}"] = forms.DateField(
                label="到期日",
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}),
            )
            self.fields[f"place_{row}"] = forms.CharField(
                label="所在", max_length=200, required=False
            )
        self.fields["is_complete"] = forms.BooleanField(
            label="以上是全部系统外副本；没有填写的就是没有", required=False
        )

    def outside(self) -> list[dict[str, Any]]:
        """What was named, as the act takes it."""
        data = self.cleaned_data
        rows = range(1, _OUTSIDE_ROWS + 1)
        return [
            {
                "kind": data[f"kind_{row}"],
                "place": data[f"place_{row}"],
                "expires_on": data[f"until_{row}"],
            }
            for row in rows
            if data[f"kind_{row}"] or data[f"place_{row}"]
        ]


@signed_in
def disposal_order(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Order the records of a list destroyed."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)
    form = OrderForm(posted(request))

    def perform(data: dict[str, Any]) -> str:
        begin_disposal(
            actor=person,
            disposal_id=found.id,
            outside=form.outside(),
            is_outside_complete=data["is_complete"],
        )
        return reverse("disposal", args=[found.id])

    page = _page(
        found,
        permission="disposal.begin",
        title="下令销毁",
        submit="销毁",
        success="已下令销毁。每份副本灭失后逐一登记。",
        notes=[
            "本机、第二存储、对象存储和异地副本中的文件由系统删除并复查，对象存储锁定的到期后删除；备份集等由人登记证明。",
            "原件的登记、摘要和账目永远保留；内容不能恢复。",
        ],
        is_grave=True,
    )
    return page.answer(request, form, perform)


class ProofForm(PlacedForm):
    """How it is known."""

    proof = forms.CharField(
        label="灭失证明",
        max_length=300,
        widget=AREA,
        help_text="例如：备份集到期轮换记录编号、介质销毁记录编号、监销人",
    )


def _proving(found: Disposal) -> OneForm:
    return _page(
        found,
        permission="copy.prove_gone",
        title="登记副本灭失",
        submit="登记",
        success="已登记。",
    )


@signed_in
def copy_proof(request: HttpRequest, disposal_id: UUID, copy_id: int) -> HttpResponse:
    """Prove that a copy in a store out of reach is gone."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)

    def perform(data: dict[str, Any]) -> str:
        prove_copy_gone(actor=person, copy_id=copy_id, **data)
        return reverse("disposal", args=[found.id])

    return _proving(found).answer(request, ProofForm(posted(request)), perform)


@signed_in
def outside_proof(request: HttpRequest, disposal_id: UUID, outside_id: UUID) -> HttpResponse:
    """Prove that a copy outside the system is gone."""
    person = person_of(request)
    require(person, "retention.list")
    found = visible_disposal(person, disposal_id)

    def perform(data: dict[str, Any]) -> str:
        prove_outside_copy_gone(actor=person, outside_id=outside_id, **data)
        return reverse("disposal", args=[found.id])

    return _proving(found).answer(request, ProofForm(posted(request)), perform)
