"""Where recordings are silent or black for long, as the jobs that looked and listened noted it.

The notes are on the rows of the derivatives, so that a page needs one query and no file. What was
not examined yet is not told. Not for finding silence and darkness (`jobs.examining`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from liuhen.media.coverage import intersection, milliseconds
from liuhen.recordings.derivatives import DARKNESS, WAVEFORM
from liuhen.recordings.gaps import Span
from liuhen.recordings.models import Derivative, Recording

# Shorter ones are a pause in a talk, a hand before the lens.
LONG_MS = 30_000
MOST = 20


class Blank(NamedTuple):
    """A stretch on the clock in ms since the epoch; `kind` is "silent" or "black"."""

    start: int
    end: int
    kind: str


Blanks = Mapping[str, list[Blank]]
_KINDS = {WAVEFORM: "silent", DARKNESS: "black"}


def long_ones(spans: Iterable[Span]) -> list[list[int]]:
    """What the row of a derivative keeps: the longest of the stretches that are long, in order."""
    found = sorted((start - end, start, end) for start, end in spans if end - start >= LONG_MS)
    return sorted([start, end] for _, start, end in found[:MOST])


def blanks_in(recordings: Iterable[Recording]) -> Blanks:
    """By original, on its own timeline; one query."""
    originals = {one.original_id for one in recordings}
    rows = Derivative.objects.filter(original__in=originals, kind__in=_KINDS, key="")
    found: dict[str, list[Blank]] = defaultdict(list)
    for sha256, kind, how in rows.values_list("original_id", "kind", "how"):
        found[sha256] += [Blank(start, end, _KINDS[kind]) for start, end in how.get("long") or ()]
    return found


def laid(required: Iterable[Span], recordings: Iterable[Recording], blanks: Blanks) -> list[Blank]:
    """The blanks of recordings that lie in what is required, on the clock."""
    wanted, found = list(required), []
    for one in recordings:
        if one.started_at is None:
            continue
        begin = milliseconds(one.started_at)
        for blank in blanks.get(one.original_id, ()):
            spans = intersection(wanted, [(begin + blank.start, begin + blank.end)])
            found += [Blank(start, end, blank.kind) for start, end in spans]
    return sorted(set(found))
