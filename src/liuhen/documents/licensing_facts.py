"""What a licence knows beyond its rows: the sections its papers are filled from.

Taken over by `case_facts.facts_of`, with the same conventions. Not for judging (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.assembly.dates import chinese_date
from liuhen.cases.models import Activity, Case
from liuhen.documents.licences import words_of
from liuhen.documents.models import Paper
from liuhen.documents.ordinary_facts import hearing_section
from liuhen.kernel import clock
from liuhen.rulebook.queries import figure_on

_DECISIONS = (
    *("licence_grant", "licence_refusal", "non_acceptance_notice"),
    *(
        "licence_withdrawal_decision",
        "licence_revocation_decision",
        "licence_cancellation_decision",
        "licence_standing_decision",
    ),
)
_WORDS = {True: "准予行政许可", False: "不予行政许可", None: None}


def licensing_facts(case: Case, activity: Activity | None, at: dt.datetime) -> dict[str, Any]:
    """Sections by name, which stand in the place of those of a penalty."""
    known: dict[str, Any] = case.facts.get("licence") or {}
    on = clock.local_date(at)
    received = known.get("received_at")
    is_granted = known.get("is_granted")
    is_ending = case.procedure == Case.Procedure.ENDING
    word = _ending_word(known) if is_ending else _WORDS[is_granted]
    section = {
        **known,
        "received_on": clock.local_date(clock.parse_iso(received)) if received else None,
        "days": figure_on("licensing_law.decision", on),
        "hearing_days": figure_on("licensing_law.hearing_request", on),
        "renewal_days": figure_on("licensing_law.renewal_before", on),
        "corrected_at": at,
        "granted": known.get("decided") if is_granted else None,
        "refusal_reason": known.get("reasons") if is_granted is False else None,
        "acts": known.get("found"),
    }
    return {
        "licence": section,
        "hearing": hearing_section(case, activity),
        "other_decision": {
            "kind": "licensing",
            "facts": known.get("found"),
            "basis": known.get("basis"),
            "content": _proposed(known, word, is_ending=is_ending),
            "terms": known.get("terms"),
        },
        "decision": _decision(case, word),
        "performance": {"summary": _published(case)},
    }


def _ending_word(known: Mapping[str, Any]) -> str:
    """What a case that may end a licence does with it; before a conclusion, what it is about."""
    words = words_of(known["purpose"])
    return f"不予{words}" if known.get("is_granted") is False else words


def _proposed(known: Mapping[str, Any], word: str | None, *, is_ending: bool) -> str | None:
    decided: str | None = known.get("decided")
    is_said = is_ending and known.get("is_granted") is False  # the content says it by itself
    return decided if is_said or not decided else f"{word}：{decided}"


def _decision(case: Case, word: str | None) -> dict[str, Any]:
    issued = case.papers.filter(type__in=_DECISIONS, state=Paper.State.ISSUED)
    paper = issued.order_by("-issued_at").first()
    if paper is None:
        return {"content": word}
    content = "不予受理" if paper.type == "non_acceptance_notice" else word
    return {"number": paper.number, "content": content}


def _published(case: Case) -> str | None:
    if case.published_at is None:
        return None
    told = case.facts.get("publication") or {}
    return f"{chinese_date(clock.local_date(case.published_at))}在{told.get('where')}公开"
