"""Recordings as evidence: the statement in words that goes with each (Art. 44).

A statement belongs to the recording whose digest it names. Not for the list of evidence
(`conclusion`), nor for filling and signing the statement (its own pages).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.access.queries import viewing_ground
from liuhen.actions.paper_drafts import revise_paper
from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings
from liuhen.recordings.transcripts import transcript_rows, with_confirmed_speech
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.activity_forms import kind_name
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import draft_href, drawn
from liuhen.web.one_form import posted
from liuhen.web.paper_fields import in_words
from liuhen.web.papers import paper_line
from liuhen.web.reviewing import ordinary_case

STATEMENT = "evidence_statement"
FOOTAGE = "视听资料"
SHOWN = 60


class StatementForm(forms.Form):
    """Which recording is put into words, and which part of it when not all of it proves.

    With `paper`, a draft that is there, only the words that were spoken are put into it.
    """

    paper = forms.UUIDField(required=False)
    recording = forms.UUIDField()
    first = forms.DateTimeField(required=False)
    last = forms.DateTimeField(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last <= first:
            self.add_error("last", "结束时间早于开始时间，请改正。")
        return data


@signed_in
def case_evidence(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The recordings of a case, each with its statement or the button that draws it up."""
    person = person_of(request)
    case = ordinary_case(person, case_id)
    rows = list(_recordings(person, case)[: SHOWN + 1])

    def perform(data: dict[str, Any]) -> str:
        found = _recordings(person, case).filter(id=data["recording"]).first()
        if found is None:
            raise Refused("record.not_found")
        if data["paper"]:
            return _transcribed(person, case, found, data["paper"])
        given = _given(person, case, found)
        if "made_span" in given:
            part = {"started_at": data["first"], "ended_at": data["last"]}
            told = {key: clock.iso(at) for key, at in part.items() if at}
            given["used_span"] = {**given["made_span"], **told}
            if viewing_ground(person, found) is not None:
                given["transcript"] = _spoken(found, given["used_span"])
        return drawn(person, case.id, STATEMENT, given=given)

    stated, spoken = _statements(case), with_confirmed_speech(rows)
    discs = [
        {**one, "filed_at": clock.parse_iso(one["filed_at"])}
        for one in case.facts.get("discs") or ()
    ]
    return form_page(
        request,
        StatementForm(posted(request)),
        "case_evidence.html",
        perform=perform,
        success="文字说明已填好，请核对内容、签字后制作。",
        context=case_frame(
            case,
            "音像证据",
            items=[_item(one, stated.get(one.original_id), spoken, discs) for one in rows[:SHOWN]],
            has_more=len(rows) > SHOWN,
            may_file=is_allowed(person, "evidence.file_disc"),
            may_draw=case.closed_at is None and is_allowed(person, "paper.draw_up"),
        ),
    )


def _recordings(person: Person, case: Case) -> Any:
    listed = (
        visible_recordings(person).filter(case=case).select_related("device", "made_by", "activity")
    )
    return listed.order_by("started_at", "id")


def _statements(case: Case) -> dict[str, Paper]:
    """The statements that are not void, by the digest they name; the newest of each."""
    papers = case.papers.filter(type=STATEMENT).exclude(state=Paper.State.VOID)
    rows = papers.select_related("original").prefetch_related("signatures").order_by("drawn_up_at")
    return {str(one.data.get("digest", "")): one for one in rows}


def _spoken(found: Recording, span: Any) -> list[dict[str, str]]:
    """The confirmed words of the part of a recording that serves as evidence."""
    told = span if isinstance(span, dict) else {}
    ends = [told.get(key) for key in ("started_at", "ended_at")]
    first, last = (clock.parse_iso(at) if at else None for at in ends)
    return transcript_rows(found, first, last)


def _transcribed(person: Person, case: Case, found: Recording, paper_id: UUID) -> str:
    """Put the words of a recording into the draft of its statement; what stands there goes."""
    paper = case.papers.filter(id=paper_id, type=STATEMENT, data__digest=found.original_id).first()
    if paper is None:
        raise Refused("record.not_found")
    if viewing_ground(person, found) is None:
        raise Refused("viewing.no_approval")
    rows = _spoken(found, paper.data.get("used_span"))
    if not rows:
        raise Refused("evidence.no_words")
    fields = {"transcript": rows}
    revise_paper(actor=person, paper_id=paper.id, version=paper.version, fields=fields)
    return draft_href(paper.id)


def _item(
    one: Recording, paper: Paper | None, spoken: set[UUID], discs: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    is_draft = paper is not None and paper.state == Paper.State.DRAFT
    is_blank = paper is not None and is_draft and not paper.data.get("transcript")
    used = paper.data.get("used_span") if paper else None
    field = paper.document_type.by_key.get("used_span") if paper else None
    return {
        "recording": one,
        "first": _typed(one.started_at),
        "last": _typed(one.ended_at),
        "has_parts": bool(one.started_at and one.ended_at and one.started_at < one.ended_at),
        "used": in_words(field, used) if field and used else "",
        "activity": kind_name(one.activity.kind) if one.activity else "",
        "is_spoken": one.id in spoken,
        "fills": paper.id if paper and is_blank and one.id in spoken else None,
        "paper": paper_line(paper) if paper else None,
        "disc_href": reverse("evidence_disc", args=[paper.id]) if paper and not is_draft else None,
        "discs": [disc for disc in discs if paper and disc["statement"] == str(paper.id)],
        "edit_href": draft_href(paper.id) if paper and is_draft else None,
    }


def _typed(at: dt.datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M:%S}" if at else ""


def _given(person: Person, case: Case, one: Recording) -> dict[str, Any]:
    """What is known of a recording; what it shows and proves is for a person to say."""
    spans = {"started_at": one.started_at, "ended_at": one.ended_at or one.started_at}
    camera = str(one.device.serial) if one.device else ""
    proved = (row for row in case.facts.get("evidence") or () if row.get("kind") == FOOTAGE)
    given: dict[str, Any] = {
        "recording": one.name,
        "kind": one.kind,
        "device": f"执法记录仪 {camera}" if camera else "",
        "method": "现场连续拍摄，原件按收到的样子存入，未经剪辑",
        "maker": one.made_by.name if one.made_by else "",
        "place": one.place or (one.activity.place if one.activity else ""),
        "carrier": "专用存储器，原件随案保存",
        "extractor": person.name,
        "extracted_at": clock.iso(one.stored_at),
        "digest": one.original_id,
        "proves": next((str(row.get("proves", "")) for row in proved), ""),
    }
    if one.started_at is not None:
        given["made_span"] = {key: clock.iso(at) for key, at in spans.items() if at}
    return {key: value for key, value in given.items() if value}
