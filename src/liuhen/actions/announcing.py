"""Service by announcement: the notice, where it stood, and when it takes effect (Art. 33).

Only when the party can't be found or no other way worked. The period runs from the first
publication and is full after the days of Civil Procedure Law 95 (283 for a party abroad); its
last day is the day of service. One notice serves one paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import finish
from liuhen.actions.drawing_up import draw_up
from liuhen.actions.paper_order import refuse_dead
from liuhen.actions.paper_subjects import addressee_of
from liuhen.actions.parties import open_case
from liuhen.actions.service import follow_service, papers_to_serve
from liuhen.actions.service_attempts import attempts
from liuhen.actions.service_proofs import MEDIA, keep
from liuhen.actions.simple_procedure import running_activity
from liuhen.cases.models import Activity, Case
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.rulebook.queries import figure_at, rulebook

ACTIVITY = "service_by_announcement"
NOTICE = "service_announcement"
# Why papers are announced: the party can't be found, or every other way failed.
MISSING, FAILED = "missing", "failed"
GROUNDS = (MISSING, FAILED)
NAMES: Mapping[str, str] = {"in_newspaper": "报纸", "on_web": "网站", "posted": "张贴"}


@act(permission="paper.serve", event="service.announcement_drawn")
def draw_up_announcement(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    paper_id: UUID,
    ground: str,
    course: str,
    content: str,
    medium: str,
    is_abroad: bool = False,
) -> Paper:
    """Draw up the notice: why no other way works and what was tried, what the paper says, where.

    What was tried without success is told from the record; `course` adds to it.

    Raises:
        Refused: `record.not_found`, `case.closed`, `service.no_paper`, `paper.not_issued`,
            `party.dead`, `service.ground`, `service.no_attempt`, `service.course`,
            `service.served_already`, `service.announced_already`.
    """
    case = open_case(draft, case_id)
    refuse_dead(case)
    (paper,) = papers_to_serve(case, [paper_id])
    tried = attempts(case)
    _check_ground(case, paper, ground, course, has_tried=bool(tried))
    figure = "civil_procedure.announcement" + ("_abroad" if is_abroad else "")
    why = "你（单位）下落不明" if ground == MISSING else "采用其他方式无法送达"
    told = "；".join([course.strip().rstrip("。"), *(one.words.rstrip("。") for one in tried)])
    given = {
        "addressee": addressee_of(case, [paper]).name,
        "paper_title": paper.document_type.title,
        "paper_number": paper.number or "无文号",
        "content": content.strip(),
        "days": figure_at(figure, draft.at),
        "reason": f"{why}（{told}）",
        "medium": medium.strip(),
    }
    notice = draw_up(draft, case, NOTICE, given=given, subject_id=paper.id)
    draft.about(notice)
    draft.note(ground=ground, attempts=len(tried), is_abroad=is_abroad)
    return notice


def _check_ground(case: Case, paper: Paper, ground: str, course: str, *, has_tried: bool) -> None:
    if ground not in GROUNDS:
        raise Refused("service.ground")
    if ground == FAILED and not has_tried:
        raise Refused("service.no_attempt")
    if not course.strip():
        raise Refused("service.course")
    if in_effect(paper.services.all()).exists():
        raise Refused("service.served_already")
    notices = case.papers.filter(type=NOTICE).exclude(state=Paper.State.VOID)
    if notices.filter(subject_id=paper.id).exists():
        raise Refused("service.announced_already")


@act(permission="paper.serve", event="service.announced")
def record_publication(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    notice_id: UUID,
    medium: str,
    where: str,
    published_at: dt.datetime,
    proofs: Mapping[str, bytes],
    captured_at: dt.datetime | None = None,
) -> Service:
    """Record that the notice stands in a medium, with its proofs; a second medium adds to it.

    `where` is newspaper and issue, web address, or place of posting. `captured_at` is the instant
    at which our own page took the picture of the web page; None when it was taken elsewhere.
    Proofs that lack are findings and may come later.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `service.not_announced`, `service.medium`,
            `service.medium_used`, `service.where`, `service.web_address`, `service.in_future`,
            `service.before_notice`, `service.captured_at`, `material.incomplete`,
            `material.too_large`, `storage.full`.
    """
    activity = running_activity(draft, activity_id)
    notice = _notice(activity, notice_id)
    _check(draft, notice, medium, where, published_at, captured_at)
    facts: dict[str, Any] = {medium: True, f"{medium}_where": where.strip()}
    if medium == "on_web":
        facts["address_noted"] = True
    for key, name in MEDIA[medium].items():
        content = proofs.get(key)
        facts[key] = content is not None
        if content is not None:
            told = _summary(where.strip(), captured_at if key == "screenshot" else None)
            by = draft.actor.name
            keep(draft, notice, name, content, published_at, received_from=by, summary=told)
    service = _announced(activity, notice, published_at, facts)
    draft.about(service)
    draft.note(medium=medium, published_at=published_at, captured_at=captured_at)
    follow_service(activity.case, [service.paper])
    finish(draft, activity, None)
    return service


def _notice(activity: Activity, notice_id: UUID) -> Paper:
    notice = activity.case.papers.filter(id=notice_id, type=NOTICE).first()
    is_issued = notice is not None and notice.state == Paper.State.ISSUED
    if notice is None or not is_issued or activity.kind != ACTIVITY:
        raise Refused("service.not_announced")
    notice.case = activity.case
    return notice


def _check(
    draft: Draft,
    notice: Paper,
    medium: str,
    where: str,
    published_at: dt.datetime,
    captured_at: dt.datetime | None,
) -> None:
    if medium not in MEDIA:
        raise Refused("service.medium")
    if not where.strip():
        raise Refused("service.where")
    if medium == "on_web" and not _is_web_address(where.strip()):
        raise Refused("service.web_address", address=where.strip())
    if published_at > draft.at:
        raise Refused("service.in_future")
    assert notice.issued_at is not None  # it is issued
    if published_at < notice.issued_at.replace(second=0, microsecond=0):
        raise Refused("service.before_notice")
    if captured_at is not None and not published_at <= captured_at <= draft.at:
        raise Refused("service.captured_at")
    used = Service.objects.filter(receipt=notice).first()
    if used is not None and used.facts.get(medium):
        raise Refused("service.medium_used", medium=NAMES[medium])


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    return is_whole and not any(one.isspace() for one in text)


def _summary(where: str, captured_at: dt.datetime | None) -> str:
    """Where the notice stood and, of a picture our page took, that it did and when."""
    if captured_at is None:
        return where
    return f"{where}；本系统页面于{clock.local(captured_at):%Y-%m-%d %H:%M:%S}截取"


def _announced(
    activity: Activity, notice: Paper, published_at: dt.datetime, facts: Mapping[str, Any]
) -> Service:
    """The service of the notice, begun or with another medium; the earliest publication counts."""
    full_at = _full_at(notice, published_at)
    known = Service.objects.select_for_update().filter(receipt=notice).first()
    if known is not None:
        known.facts = {**known.facts, **facts}
        known.served_at = min(known.served_at, published_at)
        known.received_at = min(known.received_at or full_at, full_at)
        known.save(update_fields=["facts", "served_at", "received_at"])
        return known
    assert notice.subject_id is not None  # a notice is always of one paper
    told = dict.fromkeys(("other_modes_failed", "means_noted", "notice_kept", "course_noted"), True)
    others = dict.fromkeys(MEDIA, False)
    paper = activity.case.papers.get(id=notice.subject_id)
    party = addressee_of(activity.case, [paper])
    return Service.objects.create(
        paper=paper,
        party=party,
        activity=activity,
        mode=Service.Mode.BY_ANNOUNCEMENT,
        place=str(facts.get("on_web_where") or activity.place)[:200],
        recipient=party.name[:60],
        received_at=full_at,
        receipt=notice,
        facts={**told, **others, **facts},
        served_at=published_at,
    )


def _full_at(notice: Paper, published_at: dt.datetime) -> dt.datetime:
    """The end of the last day of the period; a holiday does not move it."""
    days = int(notice.data["days"])
    return rulebook().calendar.after_days(clock.local_date(published_at), days).due_at
