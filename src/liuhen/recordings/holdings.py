"""What a person still answers for and has to hand over before leaving (Art. 40). Reads only.

Told without content: numbers, serial numbers and instants, so that an administrator may read
it. Not for the hand-over itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from liuhen.cases.models import Case
from liuhen.cases.queries import UNIT_CASES
from liuhen.people.models import Device, Person
from liuhen.people.queries import offices_held
from liuhen.recordings.models import HandOver
from liuhen.recordings.queries import unlabelled_recordings


@dataclass(frozen=True)
class Holdings:
    """Numbers of cases, instants at which unlabelled recordings were stored, serial numbers."""

    cases: tuple[str, ...]
    recordings: tuple[dt.datetime, ...]
    devices: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.cases or self.recordings or self.devices)


def holdings_of(person: Person) -> Holdings:
    """What the person holds: cases not closed, or handled and not yet with the archive room;
    recordings made or handed in and not labelled (Art. 39); devices."""
    cases = cases_held(person)
    stored = unlabelled_recordings(person).order_by("stored_at", "id")
    devices = Device.objects.filter(holder=person).order_by("serial")
    return Holdings(
        tuple(cases.values_list("number", flat=True)),
        tuple(stored.values_list("stored_at", flat=True)),
        tuple(devices.values_list("serial", flat=True)),
    )


def cases_held(person: Person) -> QuerySet[Case]:
    """Cases not closed that the person carries, or handled and not yet with the archive room."""
    carried = Q(closed_at=None) & (
        Q(handler=person) | Q(officers__person=person, officers__until=None)
    )
    filed = Q(handler=person, handed_over_at=None)
    return Case.objects.filter(carried | filed).order_by("number").distinct()


def visible_hand_overs(person: Person) -> QuerySet[HandOver]:
    """Hand-overs one hands, receives or drew up, and those of units one heads."""
    units = offices_held(person).filter(kind__in=UNIT_CASES).values("unit")
    mine = Q(leaver=person) | Q(taker=person) | Q(drawn_up_by=person)
    rows = HandOver.objects.filter(mine | Q(leaver__unit__in=units))
    about = rows.select_related("leaver__unit", "taker", "drawn_up_by", "countersigned_by")
    return about.order_by("-drawn_up_at", "id")
