"""The part of a recording that serves as evidence: it lies within the recording it is said of.

An inner step of issuing the statement that goes with the recording (Art. 44). Not an act.
"""

from __future__ import annotations

import datetime as dt

from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recordings.models import Recording

# Papers tell instants to the second; recordings know them to the millisecond.
_ROUNDING = dt.timedelta(seconds=1)


def refuse_span_outside(paper: Paper) -> None:
    """Refuse a statement about a recording the case has not, or about a time it does not show.

    Raises:
        Refused: `evidence.not_in_case`; `evidence.outside` with when the recording runs.
    """
    rows = Recording.objects.filter(case=paper.case, original=paper.data.get("digest"))
    recording = rows.order_by("started_at").first()
    if recording is None:
        raise Refused("evidence.not_in_case")
    used, begun, ended = paper.data.get("used_span"), recording.started_at, recording.ended_at
    if not isinstance(used, dict) or begun is None or ended is None:
        return
    first, last = (clock.parse_iso(used[part]) for part in ("started_at", "ended_at"))
    if not begun - _ROUNDING <= first < last <= ended + _ROUNDING:
        raise Refused("evidence.outside", first=_words(begun), last=_words(ended))


def _words(at: dt.datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}"
