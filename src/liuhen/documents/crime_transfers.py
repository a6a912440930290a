"""A suspected crime found in a case that is under way: how far its transfer to the police is.

Reads only; kept in `case.facts["crime_transfers"]`, written by `actions.crime_transfers`. Not for a
lead that is transferred before any case is initiated (`cases.Lead`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.clock import parse_iso
from liuhen.law.calendar import Deadline
from liuhen.rulebook.queries import rulebook

KIND = "crime_transfer"
# What the police answer, and what the authority may do against a refusal.
ANSWERS = {
    "filed": "立案侦查",
    "refused": "不予立案",
    "elsewhere": "转送有管辖权的公安机关",
}
CONTESTS = {
    "reconsideration": "提请公安机关复议",
    "supervision": "建议人民检察院立案监督",
}
Row = Mapping[str, Any]


def crime_transfers(case: Case) -> list[dict[str, Any]]:
    """The transfers in their order.

    Of each `to`, `reason`, `officers` (names), `reported_at`; as they become known `decided_at`,
    `handed_over_at`, `receiver`, `receipt`, `receipt_file`; `answer`, `answered_at`,
    `answer_note`, `answer_file`; `contest`, `contested_at`, `contest_note`, `contest_ended_at`;
    `things_at`, `things_note`; `returned_at`, `resumed_at`, `resumed_note`. Instants are ISO,
    files ids of `Material`.
    """
    found: list[dict[str, Any]] = case.facts.get("crime_transfers") or []
    return found


def last_transfer(case: Case) -> dict[str, Any] | None:
    """The newest transfer; None while nobody reported a suspected crime."""
    rows = crime_transfers(case)
    return rows[-1] if rows else None


def is_with_police(case: Case) -> bool:
    """Whether the head decided to transfer and the police have not refused it for good.

    Meanwhile no penalty takes the place of the transfer (Transfer rules 11).
    """
    row = last_transfer(case)
    return row is not None and "decided_at" in row and "resumed_at" not in row


def is_declined(case: Case) -> bool:
    """Whether the head returned the newest report: nothing is transferred then."""
    asked = Approval.objects.filter(case_id=case.id, kind=KIND).order_by("-asked_at", "-id").first()
    return asked is not None and asked.outcome == Approval.Outcome.RETURNED


def transferred_for_good(case: Case) -> dt.datetime | None:
    """When the case ended by transfer: the police filed theirs and have things and material."""
    row = last_transfer(case)
    if row is None or row.get("answer") != "filed" or "things_at" not in row:
        return None
    return parse_iso(row["things_at"])


# The clock that runs at each stage: figure, from when, whose it is.
_CLOCKS = {
    "reported": ("transfer.decide", "reported_at", "本机关负责人作出是否移送的决定"),
    "decided": ("transfer.carry_out", "decided_at", "向公安机关移送"),
    "handed_over": ("transfer.police_answer", "handed_over_at", "公安机关书面答复是否立案"),
    "refused": ("transfer.contest", "answered_at", "提请复议或者建议立案监督"),
    "filed": ("transfer.hand_over_things", "answered_at", "移交涉案物品和其他材料"),
}


def stage_of(row: Row) -> str:
    """How far a transfer is: reported, decided, handed_over, refused, filed, things, resumed."""
    if "resumed_at" in row:
        return "resumed"
    if "things_at" in row:
        return "things"
    answer = row.get("answer")
    if answer in ("filed", "refused"):
        return str(answer)
    for key in ("handed_over", "decided"):
        if f"{key}_at" in row:
            return key
    return "reported"


def returned_at(row: Row) -> dt.datetime | None:
    """When the case was back with the authority; None while the police have it.

    Refused, that is the day of their answer, or of the one that a contest brought; what was filed
    is back when they gave it back.
    """
    if "returned_at" in row:
        return parse_iso(row["returned_at"])
    if row.get("answer") == "refused" and not is_contest_open(row):
        return parse_iso(row["answered_at"])
    return parse_iso(row["resumed_at"]) if "resumed_at" in row else None


def is_contest_open(row: Row) -> bool:
    """Whether a refusal was contested and nobody answered that yet."""
    return "contest" in row and "contest_ended_at" not in row


def clock_of(row: Row) -> tuple[str, dt.datetime] | None:
    """What is to be done next, by whom it is, and until when; None when no clock runs."""
    running = _CLOCKS.get(stage_of(row))
    if running is None:
        return None
    figure, since, words = running
    if since == "answered_at" and "contest" in row:
        return None
    at = parse_iso(row[since])
    value = rulebook().parameters.on(figure, clock.local_date(at)).value
    if not isinstance(value, int):
        return None
    if figure == "transfer.carry_out":  # hours
        return words, at + dt.timedelta(hours=value)
    due: Deadline = rulebook().calendar.after_days(clock.local_date(at), value)
    return words, due.due_at
