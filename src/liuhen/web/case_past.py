"""A case as it stood after each of its acts, and what lay between two of them. Reads only.

The slider counts the instants at which something was done; what is shown comes from the ledger's
row images (`compliance.states`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.looks import hidden_looks
from liuhen.cases.queries import visible_case
from liuhen.compliance.states import (
    Difference,
    Moment,
    State,
    difference,
    moments,
    state_at,
)
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.events import event_title

LAMPS = ("red", "yellow", "blue", "unknown", "open", "green")
_LAMP_WORDS = {
    **{"red": "违反", "yellow": "临期", "blue": "待认定"},
    **{"unknown": "缺少事实", "open": "待履行", "green": "已履行"},
}
_HOW = {"added": ("新增", "green"), "removed": ("不再有", "red"), "changed": ("改动", "blue")}


@signed_in
@require_safe
def case_past(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case after its act number `?at=`, and what changed since number `?since=`."""
    person = person_of(request)
    case = visible_case(person, case_id)
    known = moments(case, hidden_looks(person))
    if not known:
        raise Refused("record.not_found")
    at = _number(request.GET.get("at"), len(known), len(known))
    at = min(max(at + _step(request.GET.get("step")), 1), len(known))
    since = _number(request.GET.get("since"), at - 1, len(known))
    shown = state_at(case, known[at - 1].at)
    before = state_at(case, known[since - 1].at) if 0 < since != at else None
    earlier, later = (before, shown) if since < at else (shown, before)
    context = {
        "case": case,
        "at": known[at - 1],
        "since": known[since - 1] if before is not None else None,
        "at_number": at,
        "since_number": since,
        "last": len(known),
        "words": [moment_words(one) for one in known],
        "told": moment_words(known[at - 1]),
        "state": shown,
        "lamps": _lamps(shown),
        "groups": _groups(shown),
        "difference": _told(difference(earlier, later)) if earlier and later else None,
        "crumbs": [
            {"label": "案件", "href": reverse("cases")},
            {"label": case.number, "href": reverse("case", args=[case.id])},
            {"label": "各时刻的样子"},
        ],
    }
    return render(request, "case_past.html", context)


def moment_words(moment: Moment) -> str:
    """第 3 次办理后，2026-03-10 09:00:05：当事人陈述."""
    events = "、".join(dict.fromkeys(map(event_title, moment.events)))
    at = clock.local(moment.at)
    return f"第 {moment.number} 次办理后，{at:%Y-%m-%d %H:%M:%S}：{events}"


def _number(text: str | None, otherwise: int, last: int) -> int:
    """A place on the slider; what is none of them gives the usual one."""
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and int(text) <= last
        else (otherwise)
    )


def _step(text: str | None) -> int:
    return {"back": -1, "on": 1}.get(text or "", 0)


def _lamps(state: State) -> list[dict[str, Any]]:
    counts = Counter(one.lamp for one in state.as_of.shown)
    return [
        {"lamp": lamp, "words": _LAMP_WORDS[lamp], "count": counts[lamp]}
        for lamp in LAMPS
        if counts[lamp]
    ]


def _groups(state: State) -> list[dict[str, Any]]:
    """Everything the case held, by kind, in the order of the tables."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for thing in state.things:
        line = {"title": thing.title, "fields": list(thing.fields.items())}
        kinds.setdefault(thing.kind, []).append(line)
    return [{"kind": kind, "things": things} for kind, things in kinds.items()]


def _told(found: Difference) -> dict[str, Sequence[dict[str, Any]]]:
    return {
        "changes": [
            {
                "how": _HOW[one.how][0],
                "tone": _HOW[one.how][1],
                "is_changed": one.how == "changed",
                "thing": one.thing,
                "fields": one.fields,
            }
            for one in found.changes
        ],
        "findings": [
            {
                "text": one.finding.text,
                "citation": one.finding.citation,
                "subject": one.finding.subject_label,
                "before": one.before,
                "after": one.after,
            }
            for one in found.findings
        ],
    }
