"""How it stands with the right to a hearing on a licence, in lines of a card. Reads only.

Not for the hearing itself (`activities`), its papers and the forms (`licensing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from liuhen.actions.licence_hearings import NOTICE, RIGHT_NOTICE
from liuhen.actions.licensing import GRANT, REFUSAL
from liuhen.actions.paper_needs import is_issued
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.drawing import draft_href
from liuhen.web.templatetags.wording import instant


def hearing_card(person: Person, case: Case) -> dict[str, Any]:
    """Who was told of the right, what was announced, and what this person may record now."""
    right = case.circumstances.get("hearing_right")
    is_public = case.circumstances.get("is_hearing_public")
    interested = list(case.parties.filter(role=Party.Role.INTERESTED).order_by("id"))
    told: Mapping[str, Any] = case.facts["licence"].get("hearing_told") or {}
    announced = case.facts["licence"].get("hearing_announced")
    is_open = case.closed_at is None and not is_issued(case, GRANT, REFUSAL)
    may = is_open and is_allowed(person, "licence.review")
    untold = [one for one in interested if str(one.id) not in told]
    lines = []
    if right:
        may_draw = is_open and is_allowed(person, "paper.draw_up") and is_issued(case, RIGHT_NOTICE)
        own = _notices(case, interested)
        lines = [_applicant(case, interested)]
        lines += [
            _interested(one, told.get(str(one.id)), own.get(one.id), may_draw=may_draw)
            for one in interested
        ]
    if is_public:
        lines.append(_announced(announced))
    return {
        "lines": lines,
        "is_settled": right is False and not is_public,
        "lacks_interested": bool(right) and not interested,
        "may_add": is_open and is_allowed(person, "party.record"),
        "may_tell": may and bool(right and untold) and is_issued(case, RIGHT_NOTICE),
        "may_announce": may and bool(is_public) and announced is None and is_issued(case, NOTICE),
    }


def _applicant(case: Case, interested: Sequence[Party]) -> dict[str, Any]:
    papers = case.papers.filter(type=RIGHT_NOTICE)
    at = _served_at(papers.exclude(subject_id__in=[one.id for one in interested]))
    return _line("申请人", at, "告知书送达", "告知书还没有送达")


def _notices(case: Case, interested: Sequence[Party]) -> dict[Any, Paper]:
    """The newest notice of the right addressed to each interested person."""
    drawn = case.papers.filter(type=RIGHT_NOTICE, subject_id__in=[one.id for one in interested])
    listed = drawn.exclude(state=Paper.State.VOID).order_by("drawn_up_at", "id")
    return {paper.subject_id: paper for paper in listed}


def _interested(
    party: Party, told: Mapping[str, Any] | None, notice: Paper | None, *, may_draw: bool
) -> dict[str, Any]:
    """Told by a notice that was served, or otherwise; else what to do next."""
    label = f"利害关系人{party.name}"
    if told:
        return _line(label, clock.parse_iso(told["at"]), told["way"], "")
    if notice is None:
        line = _line(label, None, "", "还没有告知")
        return {**line, "addressee": str(party.id)} if may_draw else line
    if notice.state == Paper.State.DRAFT:
        line = _line(label, None, "", "告知书已经起草，还没有制作")
        return {**line, "href": draft_href(notice.id), "act": "核对、制作"} if may_draw else line
    line = _line(label, _served_at([notice]), "告知书送达", "告知书还没有送达")
    if line["lamp"] == "open":
        serve = reverse("service_begin", args=[notice.case_id])
        line |= {"href": f"{serve}?paper={notice.id}", "act": "去送达"}
    return line


def _served_at(papers: Iterable[Paper]) -> dt.datetime | None:
    served = in_effect(Service.objects.filter(paper__in=papers)).first()
    return (served.received_at or served.served_at) if served else None


def _announced(told: Mapping[str, Any] | None) -> dict[str, Any]:
    at = clock.parse_iso(told["at"]) if told else None
    words = f"{told['where']} {told['address']}".strip() if told else ""
    return _line("向社会公告听证", at, words, "还没有登记公告")


def _line(label: str, at: dt.datetime | None, words: str, lacking: str) -> dict[str, Any]:
    return {
        "label": label,
        "words": f"{instant(at)}，{words}" if at else lacking,
        "lamp": "green" if at else "open",
        "lamp_words": "已办" if at else "还缺",
    }
