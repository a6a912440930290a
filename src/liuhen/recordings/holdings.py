"""What a person still answers for and has to hand over before leaving (Art. 40). Reads only.

Told without content: numbers, serial numbers and instants, so that an administrator may read
it. Not for the hand-over itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.models import Case
from liuhen.cases.queries import UNIT_CASES
from liuhen.cases.secrecy import carried_ids
from liuhen.people.models import Device, Person
from liuhen.people.queries import is_allowed, offices_held
from liuhen.recordings.models import HandOver
from liuhen.recordings.queries import unlabelled_recordings


@dataclass(frozen=True)
class Holdings:
    """Numbers of cases, instants at which unlabelled recordings were stored, serial numbers, kinds
    of approval asked for; `is_unsigned`: a hand-over runs that nobody countersigned yet."""

    cases: tuple[str, ...]
    recordings: tuple[dt.datetime, ...]
    devices: tuple[str, ...]
    approvals: tuple[str, ...]
    is_unsigned: bool

    @property
    def number(self) -> int:
        """How many things are held."""
        return sum(map(len, (self.cases, self.recordings, self.devices, self.approvals)))

    def __bool__(self) -> bool:
        return bool(self.number) or self.is_unsigned


def holdings_of(person: Person) -> Holdings:
    """What the person holds: cases not closed, or handled and not yet with the archive room;
    recordings made or handed in and not labelled (Art. 39); devices; approvals not answered."""
    cases = cases_held(person)
    stored = unlabelled_recordings(person).order_by("stored_at", "id")
    devices = Device.objects.filter(holder=person).order_by("serial")
    return Holdings(
        tuple(cases.values_list("number", flat=True)),
        tuple(stored.values_list("stored_at", flat=True)),
        tuple(devices.values_list("serial", flat=True)),
        tuple(KIND_TITLES[one.kind] for one in approvals_held(person)),
        running_hand_overs(person).exists(),
    )


def cases_held(person: Person) -> QuerySet[Case]:
    """Cases not closed that the person carries, or handled and not yet with the archive room."""
    is_held = Q(closed_at=None) | Q(handler=person, handed_over_at=None)
    return Case.objects.filter(is_held, id__in=carried_ids(person)).order_by("number")


def approvals_held(person: Person) -> list[Approval]:
    """What the person asked for and nobody answered yet, unless another has taken it over."""
    taken = HandOver.objects.filter(leaver=person, received_at__isnull=False)
    gone = {row["id"] for rows in taken.values_list("rows", flat=True) for row in rows}
    asked = Approval.objects.filter(asked_by=person, outcome="").order_by("asked_at", "id")
    return [one for one in asked if str(one.id) not in gone]


def running_hand_overs(person: Person) -> QuerySet[HandOver]:
    """Hand-overs of who leaves that are neither countersigned nor withdrawn."""
    return HandOver.objects.filter(leaver=person, countersigned_at=None, withdrawn_at=None)


def next_step(person: Person, found: HandOver) -> str:
    """The step of a hand-over this person may take: hand, receive, countersign, or nothing."""
    owner = {"hand": found.leaver_id, "receive": found.taker_id}
    if found.step in owner:
        return found.step if owner[found.step] == person.id else ""
    is_third = person.id not in owner.values() and is_allowed(person, "hand_over.draw_up")
    return found.step if found.step == "countersign" and is_third else ""


def visible_hand_overs(person: Person) -> QuerySet[HandOver]:
    """Hand-overs one hands, receives or drew up, and those of units one heads."""
    units = offices_held(person).filter(kind__in=UNIT_CASES).values("unit")
    mine = Q(leaver=person) | Q(taker=person) | Q(drawn_up_by=person)
    rows = HandOver.objects.filter(mine | Q(leaver__unit__in=units))
    about = rows.select_related("leaver__unit", "taker", "drawn_up_by", "countersigned_by")
    return about.order_by("-drawn_up_at", "id")
