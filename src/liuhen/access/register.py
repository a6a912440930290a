"""The register of Art. 43 as a whole: every look, copy, print and denied try, by the ledger.

Who reads it knows the cases it tells of (`cases.secrecy`); of one record others are told too
(`looks`). Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from liuhen.access.looks import REFUSED_LOOK
from liuhen.cases.secrecy import hidden_cases
from liuhen.ledger.models import Entry
from liuhen.people.models import Person
from liuhen.people.queries import standing_offices

# What each filter shows: its words, and the events.
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "viewed": ("调阅", ("recording.viewed", "camera.watched")),
    "copied": (
        "复制",
        (
            *("recording.excerpted", "case.copied", "case_package.taken"),
            *("copy_application.handed_over", "list_export.taken"),
        ),
    ),
    "printed": ("打印", ("paper.printed",)),
    "denied": ("被拒绝", (REFUSED_LOOK,)),
}


def register(person: Person, show: str) -> QuerySet[Entry]:
    """The entries of the register a person may know, of one kind or of all."""
    kinds = [show] if show in KINDS else list(KINDS)
    events = [event for kind in kinds for event in KINDS[kind][1]]
    hidden = hidden_cases(person, standing_offices(person)).values("id")
    rows = Entry.objects.filter(event__in=events)
    return rows.filter(Q(case_id=None) | ~Q(case_id__in=hidden))
