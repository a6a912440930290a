"""Pages of people's hand-over (Art. 40): listed, handed, received, countersigned.

Not for accounts and offices (`people`), nor for one case's officers (`case_officers`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions import handing_over as acts
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed, offices_held
from liuhen.recordings.holdings import next_step, visible_hand_overs
from liuhen.recordings.models import HandOver
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.refusals import refusal_context

TITLE = "人员交接"
ROWS = 50
_STEPS = {
    "hand": ("open", "待移交"),
    "receive": ("blue", "待接收"),
    "countersign": ("yellow", "待监交"),
    "done": ("green", "已交接"),
    "withdrawn": ("grey", "已撤回"),
}
_HEADS = (Office.Kind.UNIT_HEAD, Office.Kind.DEPARTMENT_HEAD)


class DrawUpForm(PlacedForm):
    """Who leaves, who takes over, and why."""

    halves = frozenset({"leaver", "taker"})

    leaver = forms.ChoiceField(label="移交人")
    taker = forms.ChoiceField(label="接收人")
    reason = forms.CharField(
        label="事由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：调离执法岗位、借调、离职",
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        units = offices_held(person).filter(kind__in=_HEADS).values("unit")
        rows = Person.objects.filter(unit__in=units, is_active=True, nature="human")
        people = [(str(one.id), one.name) for one in rows.order_by("name")]
        for name in ("leaver", "taker"):
            self.fields[name].choices = [("", "请选择"), *people]  # type: ignore[attr-defined]


@signed_in
@require_safe
def hand_overs(request: HttpRequest) -> HttpResponse:
    """One's own, and those of the units one heads, newest first."""
    person = person_of(request)
    page = page_of(request, visible_hand_overs(person))
    items = [{"row": one, "state": _STEPS[one.step]} for one in page.rows]
    context = {
        "items": items,
        "pager": page.pager,
        "may_draw_up": is_allowed(person, "hand_over.draw_up"),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "hand_overs.html", context)


@signed_in
def hand_over_draw_up(request: HttpRequest) -> HttpResponse:
    """List what somebody holds."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        made = acts.draw_up_hand_over(
            actor=person,
            leaver_id=UUID(data["leaver"]),
            taker_id=UUID(data["taker"]),
            reason=data["reason"],
        )
        return reverse("hand_over", args=[made.id])

    page = OneForm(
        permission="hand_over.draw_up",
        title="列出交接事项",
        submit="列出",
        success="已列出；请移交人登录后移交，接收人接收，再由您监交。",
        crumbs=[(TITLE, reverse("hand_overs"))],
        notes=[
            "列出未办结和未归档的案件、未标注的音像、执法设备和等待答复的审批。",
            "交接办完以前，账号不能停用。",
            "全部列出，不论多少；接收时分批进行，中断了可以接着接收。",
        ],
        article="40.1",
    )
    form = DrawUpForm(posted(request), person=person)
    return page.answer(request, form, perform)


@signed_in
def hand_over(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """One hand-over and its next step."""
    person = person_of(request)
    found = visible_hand_overs(person).filter(id=hand_over_id).first()
    if found is None:
        raise Refused("record.not_found")
    refusal, status = None, 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _ACTS:
            raise Refused("record.not_found")
        try:
            _ACTS[do](person, found, request.POST)
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            succeed(request, "已办理。")
            return HttpResponseRedirect(reverse("hand_over", args=[found.id]))
    context = {
        "found": found,
        "state": _STEPS[found.step],
        **_rows(request, found),
        "step": next_step(person, found),
        "may_withdraw": found.step in ("hand", "receive")
        and not found.received_rows
        and is_allowed(person, "hand_over.draw_up"),
        "refusal": refusal,
        "crumbs": [{"label": TITLE, "href": reverse("hand_overs")}, {"label": found.leaver.name}],
    }
    return render(request, "hand_over.html", context, status=status)


def _rows(request: HttpRequest, found: HandOver) -> dict[str, Any]:
    """A page of the list, which stands in the row itself; a page that is none is the nearest."""
    told = request.GET.get("page", "")
    last = max((len(found.rows) - 1) // ROWS, 0)
    number = min(int(told), last) if told.isascii() and told.isdigit() else 0
    first = number * ROWS
    shown = found.rows[first : first + ROWS]
    pager: dict[str, Any] = {
        "first": first + 1,
        "last": first + len(shown),
        "total_words": f"共 {len(found.rows)} 项",
    }
    if number:
        pager |= {"previous_href": f"?page={number - 1}", "newest_href": "?"}
    if number < last:
        pager["next_href"] = f"?page={number + 1}"
    return {
        "rows": [{"kind": acts.TITLES[row["kind"]], "what": row["what"]} for row in shown],
        "pager": pager if last else None,
        "is_partly": 0 < found.received_rows < len(found.rows),
    }


def _hand(person: Person, found: HandOver, _: Any) -> None:
    acts.hand_over_records(actor=person, hand_over_id=found.id)


def _receive(person: Person, found: HandOver, _: Any) -> None:
    while acts.receive_hand_over(actor=person, hand_over_id=found.id).received_at is None:
        pass


def _countersign(person: Person, found: HandOver, _: Any) -> None:
    acts.countersign_hand_over(actor=person, hand_over_id=found.id)


def _withdraw(person: Person, found: HandOver, data: Any) -> None:
    acts.withdraw_hand_over(actor=person, hand_over_id=found.id, reason=data.get("reason", ""))


_ACTS: dict[str, Callable[[Person, HandOver, Any], None]] = {
    "hand": _hand,
    "receive": _receive,
    "countersign": _countersign,
    "withdraw": _withdraw,
}


@signed_in
@require_safe
def hand_over_list(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """The countersigned list as PDF."""
    found = visible_hand_overs(person_of(request)).filter(id=hand_over_id).first()
    if found is None or found.paper_id is None:
        raise Refused("record.not_found")
    with local_store().open(str(found.paper_id)) as stream:
        return HttpResponse(stream.read(), content_type="application/pdf")
