"""Pages of legality review: asking for it, and giving the opinion aspect by aspect (Art. 23).

Not for other approvals (`approvals`), nor for the legal opinion at the start of a procedure,
which is a step of that approval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.review import ASPECTS, KIND, TYPE, ask_legality_review, review_legality
from liuhen.cases.choices import HEARINGS_GIVEN_UP
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_of_case
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import Conclusion, ReviewGround
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.approvals import approval_context, visible_approval
from liuhen.web.case_acts import asked_about, case_frame
from liuhen.web.one_form import posted
from liuhen.web.papers import paper_line
from liuhen.web.simple_signing import strokes_in

GROUNDS: Mapping[str, str] = {
    ReviewGround.PUBLIC_INTEREST: "涉及重大公共利益",
    ReviewGround.MAJOR_RIGHTS_HEARD: "直接关系当事人或者第三人重大权益，经过听证程序",
    ReviewGround.DIFFICULT: "案情疑难复杂、涉及多个法律关系",
    ReviewGround.BY_LAW: "法律、法规规定应当进行法制审核",
}
CONCLUSIONS = (
    (Conclusion.PASSED.value, "审核通过"),
    (Conclusion.SUPPLEMENT.value, "退回补充"),
    (Conclusion.FAILED.value, "审核不通过"),
)
# Articles whose findings tell something of an aspect.
_TELLING: Mapping[str, frozenset[str]] = {
    "standing": frozenset({"12", "penalty_law:42"}),
    "procedure": frozenset({"10", "15", "19", "22", "25", "penalty_law:44", "penalty_law:45"}),
    "evidence": frozenset({"13", "14", "16", "17"}),
}


def ordinary_case(person: Person, case_id: UUID) -> Case:
    """A visible penalty by ordinary procedure. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if not case.is_ordinary_penalty:
        raise Refused("record.not_found")
    return case


def staged_case(person: Person, case_id: UUID) -> Case:
    """A visible case that goes stage by stage. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if case.is_on_the_spot:
        raise Refused("record.not_found")
    return case


# -- asking ------------------------------------------------------------------------------------


@signed_in
def case_review(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Whether the case needs legality review, how far it is, and asking for it."""
    person = person_of(request)
    case = staged_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        ask_legality_review(actor=person, case_id=case.id)
        return reverse("case_review", args=[case.id])

    asked = asked_about(case, KIND)
    is_open = bool(asked and asked["is_open"])
    return form_page(
        request,
        forms.Form(posted(request)),
        "case_review.html",
        perform=perform,
        success="已提请法制审核。",
        context=case_frame(
            case,
            "法制审核",
            grounds=_grounds(case),
            proposed=(case.facts.get("penalty") or {}).get("proposed"),
            asked=asked,
            given=[paper_line(one) for one in _opinions(case)],
            may_ask=not is_open and is_allowed(person, "review.ask"),
        ),
    )


def _grounds(case: Case) -> list[str] | None:
    """Why review is required, in words; None while nobody has stated whether it is."""
    stated = case.circumstances.get("review_grounds")
    if stated is None and not _was_heard(case):
        return None
    grounds = set(stated or ())
    if _was_heard(case):
        grounds.add(ReviewGround.MAJOR_RIGHTS_HEARD)
    return [label for key, label in GROUNDS.items() if key in grounds]


def _was_heard(case: Case) -> bool:
    """Whether a hearing was held: then review is required whatever was stated before it."""
    opened = case.activities.filter(kind="hearing")
    return any(
        (each.facts.get("hearing") or {}).get("outcome") not in HEARINGS_GIVEN_UP for each in opened
    )


def _opinions(case: Case) -> QuerySet[Paper]:
    given = case.papers.filter(type=TYPE, state=Paper.State.ISSUED)
    return given.select_related("original").prefetch_related("signatures").order_by("-issued_at")


# -- giving ------------------------------------------------------------------------------------


class ReviewForm(forms.Form):
    """An opinion on each of the seven aspects, the conclusion, the suggestions, the signature."""

    conclusion = forms.ChoiceField(label="审核结论", choices=CONCLUSIONS, widget=forms.RadioSelect)
    suggestions = forms.CharField(
        label="审核建议",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text="没有建议的，写“无”；退回补充或者不通过的，写明要补正什么",
    )
    reviewer_strokes = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, label in ASPECTS.items():
            self.fields[f"aspect_{key}"] = forms.CharField(
                label=label, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
            )

    def aspects(self) -> Iterator[tuple[str, BoundField]]:
        """The aspects in order, each with its field."""
        for key in ASPECTS:
            yield key, self[f"aspect_{key}"]

    def opinions(self) -> dict[str, str]:
        """What was written on each aspect."""
        return {key: self.cleaned_data[f"aspect_{key}"] for key in ASPECTS}


@signed_in
def legality_review(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """The reviewer's page: the case, its papers, the seven aspects, the conclusion."""
    person = person_of(request)
    found, case = visible_approval(person, approval_id)
    if found.kind != KIND:
        raise Refused("record.not_found")
    form = ReviewForm(posted(request))

    def perform(data: dict[str, Any]) -> str:
        review_legality(
            actor=person,
            approval_id=found.id,
            aspects=form.opinions(),
            conclusion=data["conclusion"],
            suggestions=data["suggestions"],
            strokes=strokes_in(data["reviewer_strokes"]),
        )
        return reverse("approvals")

    context = approval_context(person, found, case)
    findings = findings_of_case(case)
    told = {key: _told(key, case, findings) for key in ASPECTS}
    context |= {
        "qualification": person.legal_qualification,
        "signer": {"role": "审核人", "name": person.name},
        "grounds": _grounds(case),
        "aspects": [{"field": field, "told": told[key]} for key, field in form.aspects()],
        "papers": [paper_line(one) for one in _to_read(case)],
        "given": [paper_line(one) for one in _opinions(case) if one.subject_id == found.id],
    }
    return form_page(
        request,
        form,
        "legality_review.html",
        perform=perform,
        success="审核意见书已制作并送达承办机构。",
        context=context,
    )


def _to_read(case: Case) -> QuerySet[Paper]:
    issued = case.papers.filter(state=Paper.State.ISSUED)
    return issued.select_related("original").prefetch_related("signatures").order_by("issued_at")


def _told(aspect: str, case: Case, findings: Sequence[ShownFinding]) -> list[str]:
    """What the system knows of an aspect, for the reviewer to weigh; it decides nothing."""
    penalty, violation = case.facts.get("penalty") or {}, case.facts.get("violation") or {}
    if aspect == "evidence":
        names = "、".join(row["name"] for row in case.facts.get("evidence") or ())
        return [f"证据：{names or '没有登记'}", *_wanting(aspect, findings)]
    if aspect == "application":
        told = (violation.get("breached"), penalty.get("basis"), penalty.get("discretion"))
        return [text for text in told if text]
    if aspect == "crime":
        is_suspected = case.leads.filter(is_suspected_crime=True).exists()
        return ["线索已标明涉嫌犯罪" if is_suspected else "没有人提出涉嫌犯罪"]
    return _wanting(aspect, findings)


def _wanting(aspect: str, findings: Sequence[ShownFinding]) -> list[str]:
    articles = _TELLING.get(aspect)
    if articles is None:
        return []
    broken = [
        f"{one.citation}：{one.text}"
        for one in findings
        if one.lamp == "red" and one.clause.partition(".")[0] in articles
    ]
    return broken or ["系统没有发现违反"]
