"""The page of review and suit against a decision: recording them, and what they were in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.remedies import answer_remedy, end_remedy, record_remedy
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.late_payment_facts import (
    REMEDIES,
    answer_due,
    open_remedy,
    remedies_of,
    review_decided_by,
)
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.vocabulary import RemedyOutcome
from liuhen.people.remedy_bodies import remedy_bodies
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.periods import period_words

_NONE = "当事人未申请行政复议，未提起行政诉讼。"
_DAY_INPUT = {"type": "date"}
# Of a review by the summary course, of another, of a suit.
_ANSWERS = ("reconsideration.answer_summary", "reconsideration.answer", "litigation.evidence")
OUTCOMES = {
    RemedyOutcome.UPHELD: "维持，或者驳回请求",
    RemedyOutcome.CHANGED: "变更",
    RemedyOutcome.REVOKED: "撤销",
    RemedyOutcome.ILLEGAL: "确认违法",
    RemedyOutcome.VOID: "确认无效",
    RemedyOutcome.WITHDRAWN: "当事人撤回申请或者撤诉",
    RemedyOutcome.OTHER: "调解、和解等其他方式结束",
}


class RemedyForm(PlacedForm):
    """What the party asked for, where, since when; `stated` are the bodies the unit has stated."""

    whens: ClassVar[Mapping[str, str]] = {"is_summary": "kind=review"}

    kind = forms.ChoiceField(
        label="种类", choices=list(REMEDIES.items()), widget=forms.RadioSelect()
    )
    body = forms.CharField(label="复议机关或者法院", max_length=120, required=False)
    began_on = forms.DateField(label="申请或者起诉之日", widget=forms.DateInput(attrs=_DAY_INPUT))
    is_summary = forms.BooleanField(
        label="复议适用简易程序审理",
        required=False,
    )
    notified_on = forms.DateField(
        label="本机关收到副本之日",
        required=False,
        help_text="收到以后开始计算提交答复、证据和案卷的期限；还没有收到的，不填",
        widget=forms.DateInput(attrs=_DAY_INPUT),
    )

    def __init__(self, stated: Mapping[str, Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stated = {"review": stated["review_body"], "suit": stated["court"]}
        told = "，".join(f"{REMEDIES[kind]}为{body}" for kind, body in self._stated.items() if body)
        self.fields["body"].help_text = f"不填即为本机构登记的：{told}" if told else ""
        periods = [period_words(name) for name in _ANSWERS]
        self.fields["is_summary"].help_text = "答复的期限：简易程序{}，其他的{}；诉讼{}".format(
            *periods
        )

    def clean(self) -> dict[str, Any]:
        """Where the body was left out it is the one that the unit has stated."""
        data: dict[str, Any] = super().clean() or {}
        data["body"] = data.get("body") or self._stated.get(data.get("kind", "")) or ""
        if "kind" in data and not data["body"]:
            self.add_error("body", "请填写复议机关或者法院。")
        return data


class AnswerForm(PlacedForm):
    """What was handed in, and when."""

    answered_on = forms.DateField(label="提交之日", widget=forms.DateInput(attrs=_DAY_INPUT))
    handed_in = forms.CharField(
        label="提交的内容",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：答复书一份、证据清单一份、案卷复制件一册",
    )


class RemedyEndForm(PlacedForm):
    """How it ended, and when."""

    ended_on = forms.DateField(label="结束之日", widget=forms.DateInput(attrs=_DAY_INPUT))
    outcome = forms.ChoiceField(
        label="对原决定的处理",
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect(),
        help_text="变更、撤销、确认违法或者无效的，已经公开的决定信息应当按期撤回，并说明理由",
    )
    result = forms.CharField(label="结果", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def remedy_words(case: Case) -> str:
    """What review and suit there were, as the closing report says it."""
    told = [_line(row) for row in remedies_of(case)]
    return "；".join(told) + "。" if told else _NONE


def _line(row: dict[str, Any]) -> str:
    begun = f"{row['began_on']}向{row['body']}{'申请' if row['kind'] == 'review' else '提起'}"
    if "ended_on" not in row:
        return f"{begun}{REMEDIES[row['kind']]}，尚未结束"
    return f"{begun}{REMEDIES[row['kind']]}，{row['ended_on']}结束：{row['result']}"


@signed_in
def case_remedies(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a review or a suit, or the end of the one that goes on."""
    person = person_of(request)
    case = visible_case(person, case_id)
    going_on = open_remedy(case)
    stated = remedy_bodies(case.unit, case.kind, clock.local_date(clock.now()))
    form = RemedyEndForm(posted(request)) if going_on else RemedyForm(stated, posted(request))

    def perform(data: dict[str, Any]) -> str:
        if going_on is None:
            record_remedy(actor=person, case_id=case.id, **data)
        else:
            end_remedy(actor=person, case_id=case.id, **data)
        return reverse("case_remedies", args=[case.id])

    page = OneForm(
        permission="remedy.record",
        title="复议和诉讼",
        submit="登记结果" if going_on else "登记",
        success="已经登记。",
        crumbs=((case.number, reverse("case", args=[case.id])),),
        about=f"{case.number} {case.cause}",
        notes=(
            remedy_words(case),
            *_clock_words(going_on),
            *_file_words(case),
            "复议、诉讼期间不计加处罚款：从申请或者起诉之日到结束之日，系统计算时自动扣除。",
        ),
        article="penalty_law:73",
        other=("准备答复和案卷", reverse("case_remedy_file", args=[case.id]))
        if going_on is not None
        else None,
    )
    return page.answer(request, form, perform)


def _clock_words(going_on: Mapping[str, Any] | None) -> list[str]:
    """Until when our answer and the file go in, and when they did."""
    if going_on is None:
        return []
    if "answered_on" in going_on:
        handed = f"{going_on['answered_on']}已提交答复和案卷：{going_on['handed_in']}"
        return [handed, *_expected_words(going_on)]
    due_on, told = answer_due(going_on), _expected_words(going_on)
    if due_on is None:
        return ["还没有登记收到副本之日，不能计算提交答复和案卷的期限。", *told]
    is_over = due_on < clock.local_date(clock.now())
    received = f"{going_on['notified_on']}收到副本"
    state = "已经逾期" if is_over else "期限内"
    return [f"{received}，应当在{due_on.isoformat()}前提交答复、证据和案卷（{state}）。", *told]


def _expected_words(going_on: Mapping[str, Any]) -> list[str]:
    """By when the body should decide a review."""
    ends = review_decided_by(going_on)
    if ends is None:
        return []
    first, last = (each.isoformat() for each in ends)
    return [f"复议机关一般应当在{first}前作出复议决定，延长的不晚于{last}（自申请之日估算）。"]


def _file_words(case: Case) -> list[str]:
    """How far the file of the case is ready to be handed in."""
    issued = case.papers.filter(state=Paper.State.ISSUED).count()
    drafts = case.papers.filter(state=Paper.State.DRAFT).count()
    counts = ((issued, "文书"), (case.recordings.count(), "音像"), (case.materials.count(), "材料"))
    told = "卷内已有" + "、".join(f"{name} {count} 份" for count, name in counts)
    left = f"；另有 {drafts} 份草稿没有制作，提交以前请制作或者作废" if drafts else ""
    return [f"{told}{left}。"]


@signed_in
def case_remedy_answer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Our answer and the file were handed in to the body that reviews, or to the court."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        answer_remedy(actor=person, case_id=case.id, **data)
        return reverse("case_remedies", args=[case.id])

    page = OneForm(
        permission="remedy.record",
        title="提交答复和案卷",
        submit="登记",
        success="已经登记。",
        crumbs=(
            (case.number, reverse("case", args=[case.id])),
            ("复议和诉讼", reverse("case_remedies", args=[case.id])),
        ),
        about=f"{case.number} {case.cause}",
        notes=(*_clock_words(open_remedy(case)), *_file_words(case)),
        article="litigation_law:67",
    )
    return page.answer(request, AnswerForm(posted(request)), perform)
