"""Guesses which activity a recording shows, from its time, who made it and where (Art. 39).

A guess is shown with its reason and confirmed by a person; nothing is tied by a machine. Without a
time, or when two activities fit alike, there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_cases
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recordings.positions import first_position, position_of

# A camera is switched on before the act and off after it; further away it shows something else.
NEAR = dt.timedelta(minutes=30)
# What goes on for longer is not guessed; so the search keeps to a stretch of an index.
LONGEST = dt.timedelta(days=1)
# Metres from what else was recorded of an activity: up to here it is one place, from there another.
SAME_PLACE, OTHER_PLACE = 300, 1000
_NONE = dt.timedelta(0)


@dataclass(frozen=True)
class Guess:
    """A recording and the activity it probably shows.

    `overlap` is how long both went on; when that is nothing, `apart` is how far they lie from one
    another. `is_of_officer` says that who made it took part; `metres` is how far it lies from what
    else was recorded of the activity, None where nothing tells.
    """

    recording: Recording
    activity: Activity
    overlap: dt.timedelta
    apart: dt.timedelta
    is_of_officer: bool
    metres: int | None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it was made at another place than what else was recorded of the activity."""
        return self.metres is not None and self.metres >= OTHER_PLACE

    @property
    def is_sure(self) -> bool:
        """Whether time and person agree, and no place speaks against it: ready to be confirmed."""
        return self.overlap > _NONE and self.is_of_officer and not self.is_elsewhere


def guesses(person: Person, recordings: Sequence[Recording]) -> dict[Recording, Guess]:
    """The best guess for each recording that has one, among activities of visible cases.

    Three queries, however many recordings.
    """
    timed = [one for one in recordings if one.started_at is not None and one.activity_id is None]
    if not timed:
        return {}
    near = reduce(or_, (_goes_on_near(one) for one in timed))
    activities = list(
        Activity.objects.filter(near, case__in=visible_cases(person))
        .select_related("case")
        .prefetch_related("officers", "recordings")
        .order_by("started_at", "id")
    )
    found = ((one, _best(one, activities)) for one in timed)
    return {one: guess for one, guess in found if guess is not None}


def _goes_on_near(recording: Recording) -> Q:
    start, end = _span(recording)
    begun = Q(started_at__range=(start - NEAR - LONGEST, end + NEAR))
    return begun & (Q(ended_at=None) | Q(ended_at__gte=start - NEAR))


def _span(recording: Recording) -> tuple[dt.datetime, dt.datetime]:
    assert recording.started_at is not None
    return recording.started_at, recording.ended_at or recording.started_at


def _best(recording: Recording, activities: Sequence[Activity]) -> Guess | None:
    fitting = [each for one in activities if (each := _guess(recording, one)) is not None]
    if not fitting:
        return None
    ranked = sorted(fitting, key=_rank, reverse=True)
    is_open = len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1])
    return None if is_open else ranked[0]


def _rank(guess: Guess) -> tuple[bool, int, dt.timedelta, dt.timedelta]:
    is_here = guess.metres is not None and guess.metres <= SAME_PLACE
    return guess.is_of_officer, is_here - guess.is_elsewhere, guess.overlap, -guess.apart


def _guess(recording: Recording, activity: Activity) -> Guess | None:
    start, end = _span(recording)
    began, ended = activity.started_at, activity.ended_at or end
    overlap = max(min(end, ended) - max(start, began), _NONE)
    is_inside = start <= ended and began <= end
    apart = _NONE if is_inside else max(start - ended, began - end)
    if apart > NEAR:
        return None
    # A photo has no length: the moment of it lies within the activity or it doesn't.
    if is_inside and start == end:
        overlap = dt.timedelta(milliseconds=1)
    took_part = {one.person_id for one in activity.officers.all()}
    is_of_officer = recording.made_by_id in took_part
    return Guess(recording, activity, overlap, apart, is_of_officer, _metres(recording, activity))


def _metres(recording: Recording, activity: Activity) -> int | None:
    where, there = position_of(recording), first_position(activity.recordings.all())
    return where.metres_from(there) if where is not None and there is not None else None
