"""Where footage shows a paper being signed, made or served: recording and place in it.

Told from instants and corrected spans, so that footage handed in later is found as well. Names and
places only: whoever wants to look needs the approval of Art. 42. Not for judging.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from liuhen.documents.models import Paper, Service
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings


def shown_in(person: Person, paper: Paper) -> list[dict[str, Any]]:
    """The moments of a paper that a recording of its case covers, in their order.

    Each with `words`, `at`, the `recording`, and `place`, how far into it the moment lies.
    """
    moments = sorted(_moments(paper), key=lambda one: one[0])
    if not moments:
        return []
    first, last = moments[0][0], moments[-1][0]
    covers = Q(started_at__lte=last, ended_at__gte=first)
    listed = visible_recordings(person).filter(covers, case_id=paper.case_id)
    held = list(listed.defer("media", "captured").order_by("started_at", "id"))
    return [
        {"words": words, "at": at, "recording": one, "place": at - one.started_at}
        for at, words in moments
        for one in held
        if _covers(one, at) and one.started_at is not None
    ]


def _covers(recording: Recording, at: dt.datetime) -> bool:
    begun, ended = recording.started_at, recording.ended_at
    return begun is not None and ended is not None and begun <= at <= ended


def _moments(paper: Paper) -> list[tuple[dt.datetime, str]]:
    """Signatures, refusals, issue and service of a paper, each with its instant."""
    signed = [
        (one.signed_at, f"{one.get_role_display()} {one.name}" + _ends(one.is_refused))
        for one in paper.signatures.defer("strokes")
    ]
    issued = [(paper.issued_at, "制作完成")] if paper.issued_at else []
    served = [
        (one.served_at, f"{one.get_mode_display()}，{one.recipient}")
        for one in Service.objects.filter(Q(paper=paper) | Q(receipt=paper))
    ]
    return [*signed, *issued, *served]


def _ends(is_refused: bool) -> str:
    return "拒绝签名" if is_refused else "签名"
