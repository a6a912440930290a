"""Gaps of recordings in words. Not for finding or explaining them (`recordings`, `actions`)."""

from __future__ import annotations

from typing import Any

from liuhen.law.vocabulary import GapCause
from liuhen.recordings.models import Gap
from liuhen.recordings.wording import CAUSES


def cause_words(gap: Gap) -> str:
    """The cause of a gap, "" while nobody has given one."""
    return CAUSES[GapCause(gap.cause)] if gap.cause else ""


def gap_line(gap: Gap) -> dict[str, Any]:
    """A gap as `coverage_bar` shows it."""
    return {
        "id": gap.id,
        "started_at": gap.started_at,
        "ended_at": gap.ended_at,
        "cause_words": cause_words(gap),
        "explanation": gap.explanation,
    }


def gap_words(gap: Gap) -> str:
    """Cause and explanation in one line, "" while there is none."""
    return "：".join(filter(None, (cause_words(gap), gap.explanation)))
