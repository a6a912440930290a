"""The stored form of a finding: JSON out of the engine's finding, and back again.

Not for which findings are stored (`judging`) nor for how they are shown (`queries`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from liuhen.kernel import clock
from liuhen.law.findings import (
    Column,
    Explanation,
    FactUsed,
    Finding,
    Outcome,
    ParameterUsed,
    Severity,
    Subject,
)
from liuhen.law.vocabulary import Office

# The instant of judging is left out: a finding that says the same is the same.
_BODY = tuple(field.name for field in fields(Finding) if field.name != "judged_at")


def body_text(finding: Finding) -> str:
    """What is stored of a finding: JSON with sorted keys; equal findings give equal text."""
    return _encoder.encode({name: getattr(finding, name) for name in _BODY})


def _plain(value: Any) -> Any:
    """What `json` doesn't know: instants, days, vocabularies, sets and the law's own values."""
    if isinstance(value, dt.datetime):
        return clock.iso(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    return {name: getattr(value, name) for name in value.__slots__}


_encoder = json.JSONEncoder(
    default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True
)


def finding_from(body: Mapping[str, Any], judged_at: dt.datetime) -> Finding:
    """The engine's finding out of its stored body.

    Values of facts come back as JSON has them: an instant as RFC 3339 text.
    """
    office = body["decider"]
    explanation = body["explanation"]
    return Finding(
        clause=body["clause"],
        rule=body["rule"],
        column=Column(body["column"]),
        severity=Severity(body["severity"]),
        subject=Subject(**body["subject"]),
        outcome=Outcome(body["outcome"]),
        explanation=Explanation(
            explanation["code"], tuple((name, value) for name, value in explanation["data"])
        ),
        judged_at=judged_at,
        facts_used=tuple(FactUsed(**each) for each in body["facts_used"]),
        parameters_used=tuple(_parameter(each) for each in body["parameters_used"]),
        clock_started_at=_instant(body["clock_started_at"]),
        due_at=_instant(body["due_at"]),
        changes_at=_instant(body["changes_at"]),
        is_curable=body["is_curable"],
        is_provisional=body["is_provisional"],
        missing=tuple(body["missing"]),
        decider=None if office is None else Office(office),
        act=body["act"],
        exception=body["exception"],
        text_version=body["text_version"],
        engine_version=body["engine_version"],
    )


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else clock.parse_iso(text)


def _parameter(plain: Mapping[str, Any]) -> ParameterUsed:
    return ParameterUsed(**{**plain, "valid_from": dt.date.fromisoformat(plain["valid_from"])})
