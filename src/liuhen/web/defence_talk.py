"""Pages of the talk in which a party states its defence or gives rights up (Art. 13, 15).

It is an activity like others: begun, written down while it runs, ended; its record and the waiver
are papers of it. Not for letters, nor for the review (`defence`).
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.activities import end_activity
from liuhen.actions.investigation import describe_activity, start_activity
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_activity
from liuhen.documents.coercion_facts import SPOKEN, talk_record
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in, succeed
from liuhen.web.case_acts import case_frame
from liuhen.web.defence import TALK
from liuhen.web.drawing import drawn
from liuhen.web.hearing_right import figure_words
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.reviewing import staged_case

WAIVER = "waiver"
RIGHTS = "已告知依法享有陈述、申辩、要求听证和申请回避的权利，当事人表示清楚。"


class BeginForm(OfficersForm):
    """Who hears the party, where, and since when."""

    handler = None  # type: ignore[assignment] # how Django leaves a field out
    field_order = ("place", "started_at", "officers", "is_certificate_shown")
    halves: ClassVar[frozenset[str]] = frozenset({"place", "started_at"})
    place = forms.CharField(label="地点", max_length=200)
    started_at = moment("开始时间", required=False, help_text="不填为现在")
    is_certificate_shown = forms.BooleanField(label="已出示执法证件", required=False)


@signed_in
def defence_begin(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Begin hearing the party."""
    person = person_of(request)
    case = staged_case(person, case_id)
    carried = case.officers.filter(until=None).values_list("person_id", flat=True)
    form = BeginForm(
        posted(request), unit=case.unit, initial={"officers": [str(one) for one in carried]}
    )

    def perform(data: dict[str, Any]) -> str:
        begun = start_activity(actor=person, case_id=case.id, kind=TALK, is_on_site=False, **data)
        return reverse("defence_talk", args=[begun.id])

    page = OneForm(
        permission="activity.start",
        title="听取陈述申辩",
        submit="开始",
        success="已经开始，请边听边记。",
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("陈述申辩与听证", reverse("case_defence", args=[case.id])),
        ],
        notes=[
            "由两名以上执法人员听取，全程录音录像或者至少留下音像记录。",
            "当事人放弃陈述申辩或者听证的，也在这里记录；沉默不是放弃。",
        ],
        article="15.2",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, form, perform)


class TalkForm(PlacedForm):
    """What the party said."""

    halves: ClassVar[frozenset[str]] = frozenset({"relation", "recorder"})
    relation = forms.CharField(
        label="陈述人与当事人关系", max_length=200, help_text="本人、法定代表人、委托代理人"
    )
    recorder = forms.CharField(label="记录人", max_length=60)
    rights_told = forms.CharField(
        label="权利告知", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    statement_text = forms.CharField(
        label="陈述申辩意见", widget=AREA, max_length=8000, required=False
    )
    statement_reasons = forms.CharField(
        label="事实和理由", widget=AREA, max_length=8000, required=False
    )
    statement_exhibits = forms.CharField(
        label="提交的证据材料", max_length=500, required=False, help_text="没有提交的，写“无”"
    )
    confirmation = forms.CharField(
        label="核对情况",
        max_length=500,
        required=False,
        help_text="例如：以上笔录已经阅看，与所述相符",
    )


@signed_in
def defence_talk(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """The talk while it runs: writing down, the record, the waiver, the end."""
    person = person_of(request)
    activity = visible_talk(person, activity_id)
    case = staged_case(person, activity.case_id)
    address = reverse("defence_talk", args=[activity.id])

    def perform(data: dict[str, Any]) -> str:
        facts = {name: text for name, text in data.items() if text}
        describe_activity(actor=person, activity_id=activity.id, facts=facts)
        return address

    papers = {one.type: one for one in _papers(activity)}
    is_running = activity.ended_at is None
    context = case_frame(
        case,
        "听取陈述申辩",
        activity=activity,
        record=next((paper_line(papers[key]) for key in SPOKEN if key in papers), None),
        waiver=paper_line(papers[WAIVER]) if WAIVER in papers else None,
        is_stated=bool(activity.facts.get("statement_text")),
        drafts=[one for one in papers.values() if one.state == Paper.State.DRAFT],
        record_href=reverse("defence_record", args=[activity.id]),
        waiver_href=reverse("defence_waiver", args=[activity.id]),
        end_href=reverse("defence_end", args=[activity.id]),
        upload_href=reverse("case_upload", args=[case.id]),
        defence_href=reverse("case_defence", args=[case.id]),
        may_upload=is_allowed(person, "recording.take_in"),
        may_describe=is_running and is_allowed(person, "activity.describe"),
        may_draw=is_allowed(person, "paper.draw_up"),
        may_end=is_running and is_allowed(person, "activity.end"),
    )
    return form_page(
        request,
        TalkForm(posted(request), initial=_initial(person, activity)),
        "defence_talk.html",
        perform=perform,
        success="已记下。",
        context=context,
    )


def visible_talk(person: Person, activity_id: UUID) -> Activity:
    """A talk of a visible case. Raises `Refused("record.not_found")`."""
    activity = visible_activity(person, activity_id)
    if activity.kind != TALK:
        raise Refused("record.not_found")
    return activity


def _papers(activity: Activity) -> list[Paper]:
    listed = activity.papers.exclude(state=Paper.State.VOID).select_related("original")
    return list(listed.prefetch_related("signatures").order_by("drawn_up_at", "id"))


def _initial(person: Person, activity: Activity) -> dict[str, Any]:
    usual = {"recorder": person.name, "rights_told": RIGHTS, "statement_exhibits": "无"}
    usual["confirmation"] = "以上笔录已经阅看，与所述相符。"
    return {**usual, **activity.facts}


@signed_in
@require_POST
def defence_record(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Draw up the record of what was said."""
    person = person_of(request)
    activity = visible_talk(person, activity_id)
    span = {"started_at": clock.iso(activity.started_at), "ended_at": clock.iso(_end_of(activity))}
    record = talk_record(activity.case)
    address = drawn(person, activity.case_id, record, activity_id=activity.id, given={"span": span})
    succeed(request, "笔录已起草，请交当事人核对、签字。")
    return HttpResponseRedirect(address)


def _end_of(activity: Activity) -> Any:
    return activity.ended_at or clock.now()


class WaiverForm(PlacedForm):
    """What is given up, how, and in which words."""

    waived = forms.MultipleChoiceField(
        label="放弃的权利",
        widget=forms.CheckboxSelectMultiple,
        choices=[("statement", "陈述、申辩的权利"), ("hearing", "要求听证的权利")],
        error_messages={"required": "请选择放弃的权利。"},
    )
    form = forms.ChoiceField(
        label="放弃的方式",
        widget=forms.RadioSelect,
        choices=[("waiver_oral", "口头表示，由执法人员记录"), ("waiver_written", "书面声明")],
    )
    declaration = forms.CharField(
        label="声明内容",
        widget=AREA,
        max_length=2000,
        help_text="用当事人的原话；当事人签字确认",
    )


@signed_in
def defence_waiver(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Draw up an express waiver, in the party's words."""
    person = person_of(request)
    activity = visible_talk(person, activity_id)
    case = staged_case(person, activity.case_id)

    def perform(data: dict[str, Any]) -> str:
        return drawn(person, case.id, WAIVER, activity_id=activity.id, given=data)

    page = OneForm(
        permission="paper.draw_up",
        title="记录放弃权利",
        submit="起草声明",
        success="声明已起草，请当事人签字后制作。",
        crumbs=[
            (case.number, reverse("case", args=[case.id])),
            ("听取陈述申辩", reverse("defence_talk", args=[activity.id])),
        ],
        notes=["沉默、不到场、不签字都不是放弃；放弃必须由当事人明确表示。", *_right(case)],
        article="penalty_law:45.1",
        about=f"{case.number} {case.cause}",
    )
    initial = {"declaration": "本人（单位）清楚上述权利，自愿放弃。"}
    return page.answer(request, WaiverForm(posted(request), initial=initial), perform)


def _right(case: Case) -> list[str]:
    """Whether there is a right to a hearing to give up."""
    if case.circumstances.get("hearing_right"):
        return [f"本案当事人有要求听证的权利{figure_words(case)}。"]
    return [f"本案不属于应当告知听证权利的处罚{figure_words(case)}。"]


@signed_in
@require_POST
def defence_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """End the talk."""
    person = person_of(request)
    activity = visible_talk(person, activity_id)
    return act_and_return(
        request,
        lambda: end_activity(actor=person, activity_id=activity.id),
        success="陈述申辩已结束。",
        then=reverse("case_defence", args=[activity.case_id]),
    )
