"""The page of one room: its cameras, a calendar of continuity, one day hour by hour.

Not for the list (`rooms`), for the forms of cameras (`cameras`) or for footage (`footage`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cameras.continuity import (
    Accounts,
    DestroyedSpan,
    RoomDay,
    accounts,
    day_span,
    destroyed_spans,
    room_days,
)
from liuhen.cameras.models import Camera, CameraGap, Room
from liuhen.cameras.queries import keeping_of, visible_room
from liuhen.kernel import clock
from liuhen.media.coverage import Span, difference, instant_of, milliseconds, total
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.rooms import LIST, cameras_of, lamp_of
from liuhen.web.templatetags.wording import span_exact, span_words

WEEKDAYS = "一二三四五六日"


@signed_in
@require_safe
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """One room, with the month and day the address names; today without."""
    person = person_of(request)
    require(person, "camera.list")
    found = visible_room(person, room_id)
    today = clock.local_date(clock.now())
    day = min(_day(request.GET.get("day", ""), today), today)
    cameras = cameras_of([found])
    destroyed = destroyed_spans(cameras, *day_span(day))
    may_explain = is_allowed(person, "camera.explain_gap")
    context = {
        "room": found,
        "covered_words": {None: "尚未确认", True: "覆盖整个场所", False: "没有覆盖整个场所"}[
            found.is_covered
        ],
        "cameras": [_camera(camera) for camera in cameras],
        "keeping": keeping_of(found),
        "calendar": _calendar(found, day, today),
        "day": day,
        "day_start": day_span(day)[0],
        "accounts": [
            _of_day(one, may_explain, destroyed[one.camera.id])
            for one in accounts(cameras, *day_span(day))
        ],
        **_rights(person),
        "crumbs": [{"label": LIST, "href": reverse("rooms")}, {"label": found.name}],
    }
    return render(request, "room.html", context)


def _day(text: str, otherwise: dt.date) -> dt.date:
    with suppress(ValueError):
        return max(dt.date.fromisoformat(text), dt.date(2000, 1, 1))
    return otherwise


def _rights(person: Person) -> dict[str, bool]:
    return {
        "may_register": is_allowed(person, "camera.register"),
        "may_watch": is_allowed(person, "camera.watch"),
        "may_tie": is_allowed(person, "camera.tie_footage"),
    }


def _camera(camera: Camera) -> dict[str, Any]:
    lamp, words = lamp_of(camera)
    return {
        "camera": camera,
        "lamp": lamp,
        "words": words,
        "lasting": next(iter(getattr(camera, "lasting", ())), None),
    }


# -- the month ---------------------------------------------------------------------------------


def _calendar(room: Room, day: dt.date, today: dt.date) -> dict[str, Any]:
    first = day.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    last = following - dt.timedelta(days=1)
    days = room_days(room, first, last)
    before = first - dt.timedelta(days=1)
    return {
        "title": f"{first.year}年{first.month}月",
        "weekdays": WEEKDAYS,
        "blank": range(first.weekday()),
        "cells": [_cell(one, day, today) for one in days],
        "previous_href": f"?day={before.isoformat()}",
        "next_href": f"?day={following.isoformat()}" if following <= today else None,
    }


def _cell(one: RoomDay, chosen: dt.date, today: dt.date) -> dict[str, Any]:
    if one.missing_ms:
        tone, words = "red", f"缺 {span_words(one.missing_ms / 1000)}"
    elif not one.expected_ms:
        tone, words = "grey", "未启用" if one.day <= today else ""
    else:
        tone, words = ("green", "不间断") if one.is_over else ("blue", "进行中")
    if one.destroyed:
        gone = "已销毁" if one.destroyed == one.segments else "部分已销毁"
        tone, words = (tone, f"{words}，{gone}") if one.missing_ms else ("grey", gone)
    return {
        "day": one.day,
        "tone": tone,
        "words": words,
        "is_chosen": one.day == chosen,
        "href": f"?day={one.day.isoformat()}" if one.day <= today else None,
    }


# -- one day -----------------------------------------------------------------------------------


def _of_day(one: Accounts, may_explain: bool, destroyed: Sequence[DestroyedSpan]) -> dict[str, Any]:
    gone = [Span(milliseconds(each.started_at), milliseconds(each.ended_at)) for each in destroyed]
    return {
        "camera": one.camera,
        "held": _spans(difference(one.held, gone)),
        "destroyed": destroyed,
        "missing": _spans(one.missing),
        "missing_words": span_exact(dt.timedelta(milliseconds=total(one.missing))),
        "is_expected": bool(one.expected),
        "gaps": [_gap(gap, may_explain) for gap in one.gaps],
        "unaccounted": _spans(one.unaccounted),
    }


def _spans(spans: Sequence[Span]) -> list[dict[str, dt.datetime]]:
    return [{"started_at": instant_of(a), "ended_at": instant_of(b)} for a, b in spans]


def _gap(gap: CameraGap, may_explain: bool) -> dict[str, Any]:
    end = gap.ended_at or clock.now()
    return {
        "gap": gap,
        "cause": gap.get_cause_display(),
        "started": exact(gap.started_at),
        "ended": exact(gap.ended_at) if gap.ended_at else "尚未恢复",
        "length": span_exact(end - gap.started_at),
        "href": reverse("camera_gap", args=[gap.id]) if may_explain else None,
    }


def exact(instant: dt.datetime) -> str:
    """03-05 14:02:11.250, on the authority's wall clock."""
    local = clock.local(instant)
    return f"{local:%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
