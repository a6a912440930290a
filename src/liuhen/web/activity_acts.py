"""What is done within one activity: describing, flagging danger, records, recordings, its end.

Each posts to one act, tying several recordings to one for each. Not for showing it
(`activities`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.activities import end_activity
from liuhen.actions.extensions import ask_extension
from liuhen.actions.investigation import describe_activity, flag_danger
from liuhen.actions.recordings import tie_to_activity
from liuhen.actions.scene_statements import statable, state_scene
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings
from liuhen.web import activity_forms as asked
from liuhen.web.acting import form_page, person_of, signed_in, succeed
from liuhen.web.activities import activity_context
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import drawn
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.periods import with_periods
from liuhen.web.refusals import refusal_context
from liuhen.web.templatetags.wording import instant

_OFFERED = 40


def _page(found: Activity) -> str:
    return reverse("activity", args=[found.id])


@signed_in
@require_POST
def activity_describe(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Write down what the activity shows; a refusal comes back on the activity's page."""
    person = person_of(request)
    found = visible_activity(person, activity_id)
    officers = found.officers.select_related("person").order_by("id")
    present = [one.person.name for one in officers]
    form = asked.DescribeForm(request.POST, activity=found, present=present)
    refusal, status = None, 400
    if form.is_valid():
        try:
            describe_activity(actor=person, activity_id=found.id, facts=form.given())
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            succeed(request, "已记下。")
            return HttpResponseRedirect(_page(found))
    context = {**activity_context(person, found, form), "refusal": refusal}
    return render(request, "activity.html", context, status=status)


def _answer(
    request: HttpRequest, found: Activity, form: PlacedForm, act: Any, **page: Any
) -> HttpResponse:
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        act(actor=person, activity_id=found.id, **data)
        return _page(found)

    case_href = reverse("case", args=[found.case_id])
    name = asked.kind_name(found.kind)
    crumbs = [(found.case.number, case_href), (name, _page(found))]
    about = f"{name}，{instant(found.started_at)} 开始，{found.place}"
    return OneForm(crumbs=crumbs, about=about, **page).answer(request, form, perform)


@signed_in
def activity_danger(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Set or clear the flag of Art. 21 in one's own name."""
    found = visible_activity(person_of(request), activity_id)
    return _answer(
        request,
        found,
        asked.DangerForm(posted(request)),
        flag_danger,
        permission="activity.describe",
        title="标明现场危险情况",
        submit="记下",
        success="已记下，以您的名义留痕。",
        notes=[
            "可能危及人身自由、生命健康、重大财产安全的，自到达现场起不间断录音录像。",
            "标明或者解除都由您本人负责，理由写进记录。",
        ],
        article="21.1",
    )


@signed_in
def activity_scene(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """State what is true of an activity, also after its end."""
    found = visible_activity(person_of(request), activity_id)
    known = {True: "yes", False: "no"}
    initial = {name: known.get(found.facts.get(name), "") for name in statable(found.kind)}
    form = asked.SceneForm(posted(request), kind=found.kind, initial=initial)

    def act(*, actor: Person, activity_id: UUID, **_: Any) -> object:
        return state_scene(actor=actor, activity_id=activity_id, **form.given())

    return _answer(
        request,
        found,
        form,
        act,
        permission="activity.describe",
        title="说明活动的情况",
        submit="记下",
        success="已记下，以您的名义留痕。",
        notes=[
            "活动结束以后才得知的，也在这里说明；写明怎样得知。",
            "有争执、冲突或者属于突发事件的，延期存入的同意无效，音像永久保存。",
            "当事人有异议，可能投诉、信访、复议或者诉讼的，音像永久保存；类别只升不降。",
        ],
        article="41.1(3)",
    )


@signed_in
def activity_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """End an activity; from now on what no recording covers of it is a gap."""
    found = visible_activity(person_of(request), activity_id)
    return _answer(
        request,
        found,
        asked.EndForm(posted(request)),
        end_activity,
        permission="activity.end",
        title=f"结束{asked.kind_name(found.kind)}",
        submit="结束活动",
        success=with_periods("活动已结束；返回单位后{measures.store_recording}内交存音像。"),
        notes=[
            "结束后不能再补记这项活动的情况；笔录最好在结束前签完。",
            "从开始到结束没有录到的部分，系统列为缺口，须说明原因。",
        ],
        article="17.1",
    )


def _until_now(found: Activity) -> dict[str, Any]:
    """What a record says when it is drawn up on the spot; whoever signs may have it changed."""
    ended_at = found.ended_at or clock.now()
    span = {"started_at": clock.iso(found.started_at), "ended_at": clock.iso(ended_at)}
    return {"span": span, "confirmation": "以上笔录已经阅看，与所述相符。"}


@signed_in
def activity_extension(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Ask for more time to hand the activity's recordings in."""
    found = visible_activity(person_of(request), activity_id)
    return _answer(
        request,
        found,
        asked.ExtensionForm(posted(request)),
        ask_extension,
        permission="recording.ask_extension",
        title="申请延期存入音像记录",
        submit="报承办机构负责人",
        success=with_periods("已报送；负责人须在{measures.store_recording}届满前同意才有效。"),
        notes=[
            with_periods(
                "同意后，自返回单位起{measures.store_recording_extended}内存入；"
                "没有同意或者同意迟了，仍按{measures.store_recording}。"
            ),
            "现场有争执、冲突或者属于突发事件的，不得延期；事后才知道的，已作的同意也无效。",
            "音像还在记录仪里的，请妥善保管，不要播放、复制或者清除。",
        ],
        article="39.2",
    )


@signed_in
@require_POST
def activity_paper(request: HttpRequest, activity_id: UUID, type_key: str) -> HttpResponse:
    """Draw up the record of an activity and go on to fill it."""
    person = person_of(request)
    found = visible_activity(person, activity_id)
    known = document_type(type_key).by_key
    given = {key: words for key, words in _until_now(found).items() if key in known}
    href = drawn(person, found.case_id, type_key, activity_id=found.id, given=given)
    succeed(request, f"《{document_type(type_key).title}》已起草，请填写、签字。")
    return HttpResponseRedirect(href)


@signed_in
def activity_recordings(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Say which recordings show the activity; each tie is an act of its own."""
    person = person_of(request)
    found = visible_activity(person, activity_id)
    offered = _offered(person, found)
    form = asked.TieForm(posted(request), offered=[(str(one.id), _label(one)) for one in offered])

    def perform(data: dict[str, Any]) -> str:
        for recording_id in data["recordings"]:
            tie_to_activity(actor=person, recording_id=UUID(recording_id), activity_id=found.id)
        return _page(found)

    return form_page(
        request,
        form,
        "activity_recordings.html",
        perform=perform,
        success="已关联。",
        context=case_frame(
            found.case,
            "关联音像",
            activity=found,
            activity_href=_page(found),
            name=asked.kind_name(found.kind),
            is_empty=not offered,
        ),
    )


def _offered(person: Person, found: Activity) -> list[Recording]:
    """Recordings tied to no activity, of this case or of none, the nearest in time first."""
    loose = visible_recordings(person).filter(Q(case=found.case_id) | Q(case=None), activity=None)
    rows = list(loose.order_by("-stored_at", "id")[:_OFFERED])
    return sorted(rows, key=lambda one: _distance(one, found))


def _distance(one: Recording, found: Activity) -> float:
    if one.started_at is None:
        return float("inf")
    return abs((one.started_at - found.started_at).total_seconds())


def _label(one: Recording) -> str:
    told = f"{instant(one.started_at)} 起" if one.started_at else "拍摄时间未知"
    return f"{one.name}（{one.get_kind_display()}，{told}）"
