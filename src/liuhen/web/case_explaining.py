"""Pages on which the handler explains: gaps of recordings, and what can't be made good.

Not for closing (`case_acts`), nor for deciding what counts as a breach (`compliance`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import explanations
from liuhen.actions.recordings import explain_recording_gap, report_gap
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.models import Explanation
from liuhen.compliance.queries import explanations_of_case, findings_of_case
from liuhen.compliance.shown import ShownFinding
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders, is_allowed
from liuhen.recordings.models import Gap
from liuhen.recordings.queries import ActivityCoverage, recordings_of_case
from liuhen.recordings.resumptions import Resumption, resumptions
from liuhen.recordings.wording import CAUSES
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.case_acts import AREA, case_frame
from liuhen.web.gap_statements import statement_lines
from liuhen.web.gap_words import flaw_lines, gap_line
from liuhen.web.steps import told_duty
from liuhen.web.templatetags.wording import clock_time, span_exact

# -- gaps --------------------------------------------------------------------------------------


_TOLD: dict[str, bool | None] = {"yes": True, "no": False, "": None}


class GapForm(forms.Form):
    """Cause and explanation of one or more gaps (Art. 21)."""

    gaps = forms.MultipleChoiceField(
        label="说明哪些缺口",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一处缺口。"},
    )
    cause = forms.ChoiceField(
        label="中断原因",
        widget=forms.RadioSelect,
        choices=[(c.value, w) for c, w in CAUSES.items()],
    )
    explanation = forms.CharField(
        label="情况说明",
        widget=AREA,
        max_length=4000,
        help_text="写清楚中断的经过、采取的措施",
    )
    told_on_resumption = forms.ChoiceField(
        label="恢复记录时是否已在画面中说明中断原因",
        widget=forms.RadioSelect,
        required=False,
        choices=[("yes", "已说明"), ("no", "没有说明"), ("", "没有恢复记录或者不清楚")],
    )

    def __init__(
        self,
        *args: Any,
        open_gaps: list[tuple[str, Gap]],
        told: Mapping[UUID, Resumption],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        left = [gap for _, gap in open_gaps if not gap.explanation]
        if left and all(gap.id in told for gap in left):  # marked as said: a person confirms it
            self.fields["told_on_resumption"].initial = "yes"
            notes = dict.fromkeys(told[gap.id].mark.note for gap in left)
            self.fields["explanation"].initial = "；".join(filter(None, notes))
        field = self.fields["gaps"]
        field.choices = [(str(gap.id), _gap_label(name, gap)) for name, gap in open_gaps]  # type: ignore[attr-defined]
        field.initial = [str(gap.id) for gap in left]


class ReportForm(forms.Form):
    """The report to the head of one's own department when recording could not go on."""

    gap = forms.ChoiceField(label="哪一处中断")
    reported_to = forms.ModelChoiceField(label="所属部门负责人", queryset=Person.objects.none())
    reported_at = forms.DateTimeField(
        label="报告时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )

    def __init__(
        self, *args: Any, person: Person, open_gaps: list[tuple[str, Gap]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        heads = holders(Office.Kind.DEPARTMENT_HEAD, person.unit).order_by("name")
        self.fields["reported_to"].queryset = heads  # type: ignore[attr-defined]
        self.fields["reported_to"].label_from_instance = lambda head: head.name  # type: ignore[attr-defined]
        self.fields["gap"].choices = [  # type: ignore[attr-defined]
            (str(gap.id), _gap_label(name, gap)) for name, gap in open_gaps
        ]


@signed_in
def gap_report(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Recording could not go on: the report to the department's head (Art. 21)."""
    person = person_of(request)
    case = visible_case(person, case_id)
    held = recordings_of_case(person, case).activities
    open_gaps = [(_name(one), gap) for one in held for gap in _open(one)]

    def perform(data: dict[str, Any]) -> str:
        report_gap(
            actor=person,
            gap_id=UUID(data["gap"]),
            reported_to=data["reported_to"],
            reported_at=data["reported_at"],
        )
        return reverse("case_gaps", args=[case.id])

    return form_page(
        request,
        ReportForm(
            request.POST if request.method == "POST" else None, person=person, open_gaps=open_gaps
        ),
        "case_gap_report.html",
        perform=perform,
        success="报告已登记。",
        context=case_frame(case, "报告记录无法继续"),
    )


def _gap_label(name: str, gap: Gap) -> str:
    length = span_exact(gap.ended_at - gap.started_at)
    told = "（已说明，重新说明）" if gap.explanation else ""
    return f"{name} {clock_time(gap.started_at)} 至 {clock_time(gap.ended_at)}，缺{length}{told}"


@signed_in
def gaps(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The gaps of a case's recordings, and explaining them."""
    person = person_of(request)
    case = visible_case(person, case_id)
    held = recordings_of_case(person, case).activities
    open_gaps = [(_name(one), gap) for one in held for gap in _open(one)]

    def perform(data: dict[str, Any]) -> str:
        for gap_id in data["gaps"]:
            explain_recording_gap(
                actor=person,
                gap_id=UUID(gap_id),
                cause=data["cause"],
                explanation=data["explanation"],
                is_told_on_resumption=_TOLD[data["told_on_resumption"]],
            )
        return reverse("case_gaps", args=[case.id])

    told = resumptions(held)
    resumed = [_resumed(told[gap.id]) for _, gap in open_gaps if gap.id in told]
    return form_page(
        request,
        GapForm(request.POST if request.method == "POST" else None, open_gaps=open_gaps, told=told),
        "case_gaps.html",
        perform=perform,
        success="缺口说明已记录。",
        context={**_gaps_context(person, case, held), "resumed": resumed},
    )


def _gaps_context(person: Person, case: Case, held: tuple[ActivityCoverage, ...]) -> dict[str, Any]:
    """What the page of the gaps shows beside its form."""
    open_gaps = [gap for one in held for gap in _open(one)]
    # nothing broke off where nothing was recorded: then the footage itself is missing
    recorded = [(_name(one), gap) for one in held if one.bars for gap in _open(one)]
    may_upload = is_allowed(person, "recording.take_in")
    return case_frame(
        case,
        "说明缺口",
        activities=[_activity(one) for one in held],
        gap_count=len(open_gaps),
        is_under_way=any(one.activity.ended_at is None for one in held),
        unexplained=sum(not gap.explanation for gap in open_gaps),
        may_explain=is_allowed(person, "recording.explain_gap"),
        statements=statement_lines(person, case, recorded),
        upload_href=reverse("case_upload", args=[case.id]) if may_upload else None,
    )


def _resumed(one: Resumption) -> dict[str, Any]:
    """A mark at the start of resumed footage, with the way to look at it."""
    recording = one.mark.recording
    return {
        "at": one.at,
        "note": one.mark.note,
        "name": recording.name,
        "href": reverse("recording", args=[recording.id]),
    }


def _open(one: ActivityCoverage) -> list[Gap]:
    return [gap for gap in one.gaps if gap.filled_at is None]


def _name(one: ActivityCoverage) -> str:
    kind = catalogue().activities.get(one.activity.kind)
    return kind.name if kind else one.activity.kind


def _activity(one: ActivityCoverage) -> dict[str, Any]:
    return {
        "id": one.activity.id,
        "name": _name(one),
        "place": one.activity.place,
        "started_at": one.activity.started_at,
        "ended_at": one.activity.ended_at,
        "recordings": [bar.recording for bar in one.bars],
        "flaws": flaw_lines(one),
        "gaps": [gap_line(gap) for gap in _open(one)],
        "filled": [gap_line(gap) for gap in one.gaps if gap.filled_at is not None],
    }


# -- what can't be made good -------------------------------------------------------------------


class ExplanationForm(forms.Form):
    """A written explanation of one breach that can't be made good."""

    about = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label="书面说明", widget=AREA, max_length=4000)


@signed_in
def explain(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What can't be made good: explain it, and acknowledge explanations."""
    person = person_of(request)
    case = visible_case(person, case_id)
    written = list(explanations_of_case(case))
    told = {(one.rule, one.subject_id) for one in written}
    broken = [
        f for f in findings_of_case(case, clock.now()) if f.lamp == "red" and not f.is_curable
    ]
    form = ExplanationForm(request.POST if request.method == "POST" else None)

    def perform(data: dict[str, Any]) -> str:
        rule, _, subject = data["about"].partition("|")
        explanations.explain_gap(
            actor=person, case_id=case.id, rule=rule, subject_id=subject, text=data["text"]
        )
        return reverse("case_explanations", args=[case.id])

    about = {(f.rule, f.subject_id): f for f in broken}
    context = case_frame(
        case,
        "书面说明",
        left=[_left(case, f) for f in broken if (f.rule, f.subject_id) not in told],
        written=[_written(person, case, one, about) for one in written],
        may_explain=case.handler_id == person.id and is_allowed(person, "explanation.write"),
        posted_about=request.POST.get("about", ""),
    )
    return form_page(
        request,
        form,
        "case_explanations.html",
        perform=perform,
        success="说明已记录，等待负责人知悉。",
        context=context,
    )


def _left(case: Case, finding: ShownFinding) -> dict[str, Any]:
    shown = told_duty(finding, case.id)
    return {"duty": shown, "about": f"{finding.rule}|{finding.subject_id}"}


def _written(
    person: Person,
    case: Case,
    one: Explanation,
    about: dict[tuple[str, str], ShownFinding],
) -> dict[str, Any]:
    """One explanation; until a leader has taken note of it, its writer may rewrite it."""
    finding = about.get((one.rule, one.subject_id))
    is_open = one.acknowledged_at is None
    is_own = one.explained_by_id == person.id
    may_acknowledge = is_open and not is_own and is_allowed(person, "explanation.acknowledge")
    return {
        "row": one,
        "text": finding.text if finding else "（现已没有这一项欠缺）",
        "article": finding.clause if finding else "",
        "about": f"{one.rule}|{one.subject_id}",
        "may_rewrite": is_open and is_own and finding is not None,
        "action": reverse("case_acknowledge", args=[case.id, one.id]) if may_acknowledge else None,
    }


@signed_in
@require_POST
def acknowledge(request: HttpRequest, case_id: UUID, explanation_id: UUID) -> HttpResponse:
    """Take note of an explanation, as the leader."""
    person = person_of(request)
    case = visible_case(person, case_id)
    return act_and_return(
        request,
        lambda: explanations.acknowledge_explanation(actor=person, explanation_id=explanation_id),
        success="已知悉，并列入执法监督线索。",
        then=reverse("case_explanations", args=[case.id]),
    )
