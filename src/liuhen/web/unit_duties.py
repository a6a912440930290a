"""The page of units' own duties: equipment, keeper, rooms, copies elsewhere. Reads only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.oversight.standing import Standing, accounts_of_units
from liuhen.people.queries import require
from liuhen.web.acting import person_of, signed_in

_WORDS = {
    "met": "已履行",
    "breached": "违反",
    "pending": "待履行",
    "unknown": "缺少事实",
    "judgement": "待认定",
}
_SUBJECTS = {
    "room_covered": "个场所",
    "room_recorded_day_and_night": "个监控日",
    "room_footage_collected": "个监控日",
    "mover_handed_over": "人",
    "records_intact": "次核验",
    "viewing_approved": "次调阅",
    "viewing_registered": "次调阅",
    "copy_made_by_keeper": "次复制",
    "classified_seen_by_cleared": "次调阅",
}


@signed_in
@require_safe
def unit_duties(request: HttpRequest) -> HttpResponse:
    """How each unit stands with the duties it bears as such."""
    person = person_of(request)
    require(person, "figures.view")
    accounts = [
        {"unit": account.unit, "judged_at": account.judged_at, "duties": _lines(account.duties)}
        for account in accounts_of_units(person)
    ]
    context = {"items": accounts, "crumbs": [{"label": "机构履责"}]}
    return render(request, "unit_duties.html", context)


def _lines(duties: tuple[Standing, ...]) -> list[dict[str, Any]]:
    return [{"duty": duty, "counts": _counts(duty)} for duty in duties]


def _counts(duty: Standing) -> list[str]:
    """How many of what; nothing for a duty of the unit as one whole."""
    what = _SUBJECTS.get(duty.rule)
    if what is None:
        return []
    return [
        f"{words} {duty.counts[key]} {what}" for key, words in _WORDS.items() if duty.counts[key]
    ]
