"""What is said in a part of a recording, line by line, as a person confirmed it (Art. 44).

A machine's draft that nobody has confirmed is left out: it is no record of what was said. Who may
read it is who may view the recording; that is asked by who calls. Not for the paper it goes into.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.recordings.models import ConfirmedText, DraftText, Recording
from liuhen.recordings.texts import StandingText, texts_of

_WHOLE = "全程"


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and when they were said in half-open ms of the recording; None: no line tells it."""

    text: str
    begin_ms: int | None = None
    end_ms: int | None = None


def transcript_rows(
    recording: Recording, first: dt.datetime | None, last: dt.datetime | None
) -> list[dict[str, str]]:
    """Rows `{at, text}` of what was said between two instants, told by the wall clock.

    Without instants it is the whole recording. Empty when no person has confirmed what was heard.
    """
    begun = recording.started_at
    return [
        {"at": _time_words(begun, one), "text": one.text}
        for one in confirmed_sayings(recording)
        if _is_within(begun, one, first, last)
    ]


def confirmed_sayings(recording: Recording) -> list[Said]:
    """The confirmed words of a recording in their order, with the times their draft had."""
    for text in texts_of([recording])[recording.id]:
        if text.draft.source == DraftText.Source.SPEECH and text.confirmed is not None:
            return list(_timed(text, text.confirmed.text.split("\n")))
    return []


def with_confirmed_speech(recordings: Sequence[Recording]) -> set[UUID]:
    """Of these recordings those whose spoken words a person has confirmed."""
    rows = ConfirmedText.objects.filter(
        recording__in=recordings, source=DraftText.Source.SPEECH, key=""
    )
    return set(rows.values_list("recording_id", flat=True))


def _timed(standing: StandingText, told: Sequence[str]) -> Iterator[Said]:
    """Confirmed lines beside the draft's: what stayed keeps its time, what changed that of all it
    came from. A later draft than the one that was confirmed tells no times.
    """
    draft, confirmed = standing.draft, standing.confirmed
    is_same = confirmed is not None and sha256_hex(draft.text.encode()) == confirmed.draft_sha256
    lines: list[dict[str, Any]] = draft.lines if is_same else []
    if not lines:
        yield Said("\n".join(told))
        return
    heard = [str(line["text"]) for line in lines]
    pairs = SequenceMatcher(None, heard, told, autojunk=False).get_opcodes()
    for kind, first, last, begin, end in pairs:
        if kind == "delete":
            continue
        if last - first == end - begin:
            for line, text in zip(lines[first:last], told[begin:end], strict=True):
                yield Said(text, line["begin_ms"], line["end_ms"])
        else:
            yield _together(lines, first, last, "\n".join(told[begin:end]))


def _together(lines: Sequence[dict[str, Any]], first: int, last: int, text: str) -> Said:
    """Lines that no single saying stands for; inserted ones lie between their neighbours."""
    if first < last:
        return Said(text, lines[first]["begin_ms"], lines[last - 1]["end_ms"])
    begin = lines[first - 1]["end_ms"] if first else 0
    end = lines[first]["begin_ms"] if first < len(lines) else lines[-1]["end_ms"]
    return Said(text, begin, max(begin, end))


def _is_within(
    begun: dt.datetime | None, one: Said, first: dt.datetime | None, last: dt.datetime | None
) -> bool:
    """Whether any of it was said in the part; what has no time belongs to any part."""
    if begun is None or one.begin_ms is None or one.end_ms is None:
        return True
    starts, ends = _at(begun, one.begin_ms), _at(begun, one.end_ms)
    return (last is None or starts < last) and (first is None or ends > first)


def _at(begun: dt.datetime, milliseconds: int) -> dt.datetime:
    return begun + dt.timedelta(milliseconds=milliseconds)


def _time_words(begun: dt.datetime | None, one: Said) -> str:
    if begun is None or one.begin_ms is None or one.end_ms is None:
        return _WHOLE
    starts, ends = (clock.local(_at(begun, each)) for each in (one.begin_ms, one.end_ms))
    return f"{starts:%H:%M:%S}—{ends:%H:%M:%S}"
