"""Prints beside the frozen file: a paper for A4 or a portable printer, a case's papers in one.

Each is registered first (Art. 43), then set. Both are copies for paper: what holds is the file in
the vault, to which the code on each leads. Not for the bound case file, which is made once, by an
act (`actions.archive`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.queries import copying_ground, handles
from liuhen.actions.drawing_up import rendered
from liuhen.actions.printing import print_papers, reprint
from liuhen.assembly.binding import Part, joined
from liuhen.assembly.rendering import ROLLS, is_narrow
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.issued import issued_papers
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import paper_crumbs, pdf_answer, visible_paper

_PERMISSION = "paper.print"
_NOTES = [
    "打印前登记：打印人、时间、事由、批准；进入账本，不能更改。",
    "登记后三十分钟内可以重新打开这一份打印。",
]


class PrintForm(PlacedForm):
    """Why it is printed."""

    reason = forms.CharField(
        label="事由",
        max_length=200,
        help_text="例如：送达当事人、装订入卷",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PaperForm(PrintForm):
    """Why it is printed, and on what."""

    roll = forms.TypedChoiceField(
        label="纸张", required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, rolls: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        told = [(str(one), f"便携打印机，{one} 毫米纸") for one in rolls]
        self.fields["roll"].choices = [("", "A4"), *told]  # type: ignore[attr-defined]


@signed_in
def paper_print(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Register the printing of one issued paper; then its file opens."""
    person = person_of(request)
    found = visible_paper(request, paper_id)
    if found.state != Paper.State.ISSUED:
        raise Refused("paper.not_issued")
    rolls = ROLLS if is_narrow(found.document_type) else ()
    offered = {"reason": request.GET.get("reason", "")[:200]}
    form = PaperForm(posted(request), rolls=rolls, initial=offered)

    def perform(data: dict[str, Any]) -> str:
        print_papers(
            actor=person,
            case_id=found.case_id,
            paper_id=found.id,
            reason=data["reason"],
            roll_mm=data["roll"],
        )
        return reverse("paper_printed", args=[found.id])

    crumbs = [(one["label"], one["href"]) for one in paper_crumbs(found, "打印")[:-1]]
    title = f"{found.document_type.title} {found.number or ''}".strip()
    page = _page("打印文书", title, crumbs, person, found.case)
    return page.answer(request, form, perform)


@signed_in
def case_print(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Register the printing of every issued paper of a case; then their file opens."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        print_papers(actor=person, case_id=case.id, reason=data["reason"])
        return reverse("case_printed", args=[case.id])

    crumbs = [
        ("案件", reverse("cases")),
        (case.number, reverse("case", args=[case.id])),
        ("全部文书", reverse("case_papers", args=[case.id])),
    ]
    page = _page("打印已制作的全部文书", f"{case.number} {case.cause}", crumbs, person, case)
    return page.answer(request, PrintForm(posted(request)), perform)


def _page(
    title: str, about: str, crumbs: Sequence[tuple[str, str]], person: Person, case: Case
) -> OneForm:
    words, is_open = _ground_words(person, case)
    ask = (f"{reverse('viewing_ask')}?case={case.id}") if not is_open else ""
    return OneForm(
        permission=_PERMISSION,
        title=title,
        about=about,
        submit="登记并打印",
        success="已登记打印。",
        crumbs=crumbs,
        notes=[words, *_NOTES],
        other=("申请批准", ask) if ask and is_allowed(person, "viewing.ask") else None,
        article="43",
    )


def _ground_words(person: Person, case: Case) -> tuple[str, bool]:
    """On what ground the person may print now, in words, and whether they may."""
    if handles(person, case):
        return "您承办本案，立卷以前打印不另行报批。", True
    ground = copying_ground(person, case)
    if ground is None or ground.approved_by is None:
        told = "您不承办本案或者本案已经立卷，打印须先经分管负责同志批准；您现在没有可用的批准。"
        return told, False
    return f"依据：{ground.approved_by.name}批准，{ground.purpose}。", True


@signed_in
@require_safe
def paper_printed(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper whose printing was just registered, as the registered width asks."""
    found = visible_paper(request, paper_id)
    printing = reprint(actor=person_of(request), case=found.case, paper=found)
    if printing.roll_mm is None:
        return pdf_answer(_file(found))
    assert found.issued_at is not None  # only an issued one is registered
    signatures = list(found.signatures.select_related("noted_by").order_by("signed_at"))
    return pdf_answer(rendered(found, signatures, found.issued_at, roll_mm=printing.roll_mm))


@signed_in
@require_safe
def case_printed(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every issued paper of a case in one PDF, in the order they were issued, with bookmarks."""
    person = person_of(request)
    case = visible_case(person, case_id)
    reprint(actor=person, case=case, paper=None)
    parts = [part for _, part in issued_parts(case)]
    return pdf_answer(joined(parts, title=f"{case.number} 全部文书"))


def issued_parts(case: Case) -> list[tuple[Paper, Part]]:
    """The issued papers of a case in the order they were issued, each with its file.

    Raises:
        Refused: `paper.none_issued`, `paper.too_many`.
    """
    return [(one, _part(one)) for one in issued_papers(case)]


def _part(paper: Paper) -> Part:
    assert paper.issued_at is not None  # an issued paper was issued at some time
    return Part(
        paper.document_type.title,
        _file(paper),
        paper.number or "",
        responsible=paper.issued_by.name if paper.issued_by else "",
        dated_on=clock.local_date(paper.issued_at),
    )


def _file(paper: Paper) -> bytes:
    assert paper.original is not None  # an issued paper has its file
    with local_store().open(paper.original.sha256) as stream:
        return stream.read()
