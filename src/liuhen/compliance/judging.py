"""Judges a case by the law and stores what it finds. Not for the rules themselves (`law`)."""

from __future__ import annotations

import datetime as dt

from liuhen.cases.models import Case


def judge_case(case: Case, at: dt.datetime) -> None:
    """Judge one locked case and replace its stored findings (derived rows)."""


def refuse_at_gate(name: str, case: Case, at: dt.datetime) -> None:
    """Refuse (`law.forbids`) when the gate `name` has obstacles for the case at `at`."""
