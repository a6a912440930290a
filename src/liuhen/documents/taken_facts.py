"""Things taken on the spot and letters sent out: what their papers, and the answers to them, know.

Sections of `ordinary_facts`, in its conventions. Not for things sealed or seized.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.cases.models import Activity, Case, Party
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.rulebook.queries import figure_on, rulebook

# The reply to a letter of assistance, registered (Art. 14).
REPLY = "assistance_reply"
_TAKINGS = frozenset({"evidence_collection", "sampling", "preservation"})
# Working days within which what is preserved is decided on (Penalty Law 56).
_SETTLE = "penalty_law.preservation"
# What the notice of preservation takes over from its approval.
_APPROVED = ("reason", "items", "keeping")


def taken_facts(case: Case, activity: Activity | None, on: dt.date) -> dict[str, Any]:
    """What the lists of things taken on the spot know: the things listed there, time and place.

    What nobody listed (kind, specification, copies) is for the officer to fill in.
    """
    if activity is None:
        return _answered(case, on)
    if activity.kind not in _TAKINGS:
        return {}
    things = [
        {"number": str(place), "name": one.name, "quantity": one.quantity, "feature": one.note}
        for place, one in enumerate(activity.items.order_by("listed_at", "id"), start=1)
    ]
    begun, party = activity.started_at, case.parties.filter(role=Party.Role.PARTY).first()
    day = clock.local_date(begun)
    days = figure_on(_SETTLE, day)
    approved = _approved_things(case)
    until = rulebook().calendar.after_workdays(day, days).due_at if isinstance(days, int) else None
    return {
        "evidence_request": {
            "holder": party.name if party else None,
            "rows": [{"name": one["name"]} for one in things],
        },
        "samples": {"sampled_at": begun, "place": activity.place, "rows": things},
        "preservation": {
            **approved,
            "items": _described(things, approved.get("items") or []),
            "span": {"started_at": begun, "ended_at": until},
        },
    }


def _approved_things(case: Case) -> dict[str, Any]:
    """What the head let be preserved: why, which things, kept how; {} before that."""
    form = latest_issued(case, "preservation_approval")
    return {} if form is None else {key: form.data.get(key) for key in _APPROVED}


def _described(
    things: list[dict[str, Any]], approved: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Things listed on the spot, with the particulars the approval has of them.

    Nothing listed: those that were approved.
    """
    known = {row.get("name"): row for row in approved}
    return [{**known.get(one["name"], {}), **_given(one)} for one in things] or approved


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value}


def letter_awaited(case: Case) -> Paper | None:
    """The oldest letter of assistance whose reply nobody has registered yet."""
    papers = case.papers.exclude(state=Paper.State.VOID)
    answered = papers.filter(type=REPLY).exclude(subject_id=None).values("subject_id")
    letters = papers.filter(type="assistance_letter", state=Paper.State.ISSUED)
    return letters.exclude(id__in=answered).order_by("issued_at").first()


def _answered(case: Case, on: dt.date) -> dict[str, Any]:
    """What was taken or asked and by which paper, for the papers that answer it."""
    issued = case.papers.filter(state=Paper.State.ISSUED).order_by("issued_at")
    found: dict[str, Any] = {"preservation": {"days": figure_on(_SETTLE, on)}}
    letter = letter_awaited(case)
    if letter is not None:
        found["assistance"] = {"number": letter.number, "to": letter.data.get("addressee")}
    for section, key, column, rows in (
        ("preservation", "preservation_notice", "items", "items"),
        ("samples", "sampling_notice", "samples", "rows"),
    ):
        notice = issued.filter(type=key).last()
        if notice is not None:
            found[section] = {"notice_number": notice.number, rows: notice.data.get(column)}
    return found


def taken_things(case: Case) -> list[dict[str, Any]]:
    """What the newest notice of preservation lists; [] when nothing was preserved."""
    notice = latest_issued(case, "preservation_notice")
    return [] if notice is None else list(notice.data.get("items") or ())


def latest_issued(case: Case, type_key: str) -> Paper | None:
    """The newest issued paper of a type."""
    return (
        case.papers.filter(type=type_key, state=Paper.State.ISSUED).order_by("-issued_at").first()
    )
