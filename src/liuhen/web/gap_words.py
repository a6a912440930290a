"""Gaps of recordings in words. Not for finding or explaining them (`recordings`, `actions`)."""

from __future__ import annotations

from typing import Any

from liuhen.law.vocabulary import GapCause
from liuhen.media.coverage import instant_of
from liuhen.recordings.models import Gap
from liuhen.recordings.one_sided import OneSided
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


_LACKS = {"audio": "没有声音", "video": "没有画面"}


def one_sided_line(one: OneSided) -> dict[str, Any]:
    """A stretch without sound or without a picture, as `coverage_bar` shows it."""
    started_at, ended_at = instant_of(one.start), instant_of(one.end)
    return {"started_at": started_at, "ended_at": ended_at, "words": _LACKS[one.lacks]}


def gap_words(gap: Gap) -> str:
    """Cause and explanation in one line, "" while there is none."""
    return "：".join(filter(None, (cause_words(gap), gap.explanation)))
