"""Pages of parties' applications for copies (Art. 46): from receipt to delivery.

Not for the covered copies they may need (`redactions`), nor for whole cases on discs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.models import CopyApplication, Redaction
from liuhen.access.queries import visible_applications, visible_redactions
from liuhen.actions import party_copies as acts
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.derivatives import PARTY_COPY, made_file
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of, visible_recordings
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.refusals import refusal_context

TITLE = "当事人复制申请"
_AREA = forms.Textarea(attrs={"rows": 2})
_STEPS = {
    "check": ("open", "待保密审查"),
    "answer": ("blue", "待批准"),
    "copy": ("yellow", "待复制"),
    "making": ("blue", "正在复制"),
    "hand_over": ("yellow", "待交付"),
    "done": ("green", "已交付"),
    "returned": ("red", "不同意"),
}
# What each step asks of who takes it.
_RIGHTS = {
    "check": "copy.check",
    "answer": "viewing.approve",
    "copy": "case.copy",
    "hand_over": "case.copy",
}
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "video/mp4": "mp4"}


class AskForm(PlacedForm):
    """Who asks for what."""

    halves = frozenset({"party", "applicant"})

    party = forms.ChoiceField(label="当事人")
    applicant = forms.CharField(label="申请人", max_length=60, help_text="本人或者代理人的姓名")
    identity = forms.CharField(
        label="身份核对",
        max_length=200,
        widget=_AREA,
        help_text="核对了哪种证件；代理人还须核对授权委托书",
    )
    purpose = forms.CharField(label="用途", max_length=200, widget=_AREA)
    papers = forms.MultipleChoiceField(
        label="文书", required=False, widget=forms.CheckboxSelectMultiple
    )
    recordings = forms.MultipleChoiceField(
        label="音像", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, person: Person, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        papers = Paper.objects.filter(case=case, original__isnull=False).order_by("drawn_up_at")
        seen = visible_recordings(person).filter(case=case, disposed_at=None)
        filmed = seen.exclude(kind=Recording.Kind.OTHER).order_by("started_at", "id")
        self._choose("party", [(str(one.id), one.name) for one in case.parties.all()])
        self._choose(
            "papers", [(str(one.id), acts.paper_name(one)) for one in papers[: acts.MOST_ITEMS]]
        )
        self._choose("recordings", [(str(one.id), one.name) for one in filmed[: acts.MOST_ITEMS]])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


@signed_in
@require_safe
def copy_applications(request: HttpRequest) -> HttpResponse:
    """Applications on cases the person may see, newest first."""
    person = person_of(request)
    require(person, "copy.list")
    page = page_of(request, visible_applications(person))
    items = [{"row": one, "state": _STEPS[one.step]} for one in page.rows]
    context = {"items": items, "pager": page.pager, "crumbs": [{"label": TITLE}]}
    return render(request, "copy_applications.html", context)


@signed_in
def case_copy_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a party's application."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        made = acts.receive_copy_application(
            actor=person,
            case_id=case.id,
            party_id=UUID(data["party"]),
            applicant=data["applicant"],
            identity=data["identity"],
            purpose=data["purpose"],
            paper_ids=[UUID(one) for one in data["papers"]],
            recording_ids=[UUID(one) for one in data["recordings"]],
        )
        return reverse("copy_application", args=[made.id])

    page = OneForm(
        permission="copy.receive",
        title="受理复制申请",
        submit="受理",
        success="已受理，接下来作保密审查。",
        crumbs=[(case.number, reverse("case", args=[case.id]))],
        about=f"{case.number} {case.cause}".strip(),
        notes=[
            "依法应当保密的不提供；需要的，先遮盖再提供。",
            "经分管负责同志批准后，由记录管理员复制、登记和交付。",
        ],
        article="46.1",
    )
    return page.answer(request, AskForm(posted(request), person=person, case=case), perform)


@signed_in
def copy_application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One application and its next step."""
    person = person_of(request)
    found = _visible(person, application_id)
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
            return HttpResponseRedirect(reverse("copy_application", args=[found.id]))
    step = found.step
    context = {
        "found": found,
        "state": _STEPS[step],
        "step": step if step in _RIGHTS and is_allowed(person, _RIGHTS[step]) else "",
        "items": [_item(person, one, request.POST) for one in found.items],
        "ways": CopyApplication.Way.choices,
        "typed": request.POST,
        "may_fetch": bool(found.files) and is_allowed(person, "case.copy"),
        "refusal": refusal,
        "crumbs": [
            {"label": TITLE, "href": reverse("copy_applications")},
            {"label": found.case.number},
        ],
    }
    return render(request, "copy_application.html", context, status=status)


def _visible(person: Person, application_id: UUID) -> CopyApplication:
    found = visible_applications(person).filter(id=application_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def _check(person: Person, found: CopyApplication, data: Any) -> None:
    ways = {one["id"]: data.get(f"way_{one['id']}", "") for one in found.items}
    opinion = data.get("opinion", "")
    acts.check_copy_secrecy(actor=person, application_id=found.id, ways=ways, opinion=opinion)


def _answer(person: Person, found: CopyApplication, data: Any) -> None:
    acts.answer_copy_application(
        actor=person,
        application_id=found.id,
        outcome=data.get("outcome", ""),
        opinion=data.get("opinion", ""),
    )


def _order(person: Person, found: CopyApplication, _: Any) -> None:
    acts.order_party_copies(actor=person, application_id=found.id)


def _hand_over(person: Person, found: CopyApplication, data: Any) -> None:
    acts.hand_over_copies(
        actor=person,
        application_id=found.id,
        receiver=data.get("receiver", ""),
        identity=data.get("identity", ""),
    )


_ACTS: dict[str, Callable[[Person, CopyApplication, Any], None]] = {
    "check": _check,
    "answer": _answer,
    "copy": _order,
    "hand_over": _hand_over,
}


def _item(person: Person, one: dict[str, str], typed: Any) -> dict[str, Any]:
    page = "paper" if one["kind"] == "paper" else "recording"
    redact = "paper_redact" if one["kind"] == "paper" else "recording_redact"
    copy = acts.released_copy(one) if one["way"] == CopyApplication.Way.COVERED else None
    return {
        **one,
        "href": reverse(page, args=[one["id"]]),
        "redact_href": reverse(redact, args=[one["id"]]),
        "way_words": dict(CopyApplication.Way.choices).get(one["way"], ""),
        "copy": copy,
        "begun": None if copy else _begun(person, one),
        "chosen": typed.get(f"way_{one['id']}", ""),
    }


def _begun(person: Person, one: dict[str, str]) -> Redaction | None:
    """The covered copy of a record that is under way: nobody need begin another."""
    if one["way"] != CopyApplication.Way.COVERED:
        return None
    about = {f"{one['kind']}_id": one["id"]}
    rows = visible_redactions(person).filter(**about)
    return rows.exclude(state=Redaction.State.WITHDRAWN).first()


@signed_in
@require_safe
def copy_application_file(request: HttpRequest, application_id: UUID, place: int) -> HttpResponse:
    """One of the copies, for the keeper who hands it over."""
    person = person_of(request)
    require(person, "case.copy")
    found = _visible(person, application_id)
    if not 0 <= place < len(found.files):
        raise Refused("record.not_found")
    told = found.files[place]
    made = derivative_of(told["original"], PARTY_COPY, told["key"])
    where = made_file(made)
    if made is None or where is None:
        raise Http404
    kind = made.how["type"]
    name = f"{told['name'].rpartition('.')[0] or told['name']}-复制件.{_ENDINGS[kind]}"
    answer = FileResponse(where.open("rb"), as_attachment=True, filename=name, content_type=kind)
    answer.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)


@signed_in
@require_safe
def copy_application_receipt(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The receipt of the delivery."""
    found = _visible(person_of(request), application_id)
    if found.receipt_id is None:
        raise Refused("record.not_found")
    with local_store().open(str(found.receipt_id)) as stream:
        return HttpResponse(stream.read(), content_type="application/pdf")
