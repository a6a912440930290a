"""Gaps of recordings in words. Not for finding or explaining them (`recordings`, `actions`)."""

from __future__ import annotations

from typing import Any

from liuhen.law.vocabulary import GapCause
from liuhen.media.coverage import instant_of
from liuhen.recordings.models import Gap
from liuhen.recordings.queries import ActivityCoverage
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


_BLANK = {"silent": "长时间无声", "black": "长时间黑屏"}


def flaw_lines(one: ActivityCoverage) -> list[dict[str, Any]]:
    """What is recorded and still not whole, as `coverage_bar` shows it, in the order of time."""
    found = [(each.start, each.end, _LACKS[each.lacks]) for each in one.one_sided]
    found += [(each.start, each.end, _BLANK[each.kind]) for each in one.blanks]
    return [
        {"started_at": instant_of(start), "ended_at": instant_of(end), "words": words}
        for start, end, words in sorted(found)
    ]


def gap_words(gap: Gap) -> str:
    """Cause and explanation in one line, "" while there is none."""
    return "：".join(filter(None, (cause_words(gap), gap.explanation)))
