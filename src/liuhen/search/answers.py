"""The newest answers of a question and their number, the shortest way (Art. 40).

What few records hold is found whole. Of what many hold, the newest stretch of time is asked for in
which, by the database's statistics, as many are likely as are counted. Shares only choose the way:
what the stretch lacks is looked for in all. Reads only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db.models import QuerySet

from liuhen.cases.queries import ALL_CASES
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import standing_offices
from liuhen.search.grams import facet
from liuhen.search.models import Indexed
from liuhen.search.queries import (
    COUNTED,
    Question,
    among,
    by_keys,
    facets_of,
    grams_of,
    instant_of,
    is_narrow,
    numbered,
    visible_records,
    ways_of,
)
from liuhen.search.rarity import rare_share, rarest, rarest_first, records_between, share_of
from liuhen.search.stretches import begin_of_third

# Stretches one of which answers are looked for in first; how many of them pages begin with, how
# many are enough, how many are sorted whole.
_COUNTED_IN = tuple(dt.timedelta(days=each) for each in (0, 10, 20, 31, 92, 183, 366, 1_100))
_PAGES, _AMPLE, _MOST_SORTED = 100, COUNTED * 5 // 4, COUNTED * 3
_EVENTFUL = [facet("kind", kind) for kind in (Indexed.Kind.ACTIVITY, Indexed.Kind.RECORDING)]


def answers(person: Person, question: Question) -> tuple[QuerySet[Indexed], int, list[int]]:
    """Those of a question as `numbered` tells them, and of more the keys of the newest.

    No keys are told of many whose newest were not found in the stretch they are likely in.
    """
    visible = visible_records(person, question.kind)
    rows = among(visible, person, question)
    if question.holder:
        return numbered(rows)
    if not is_narrow(person, question):
        return _told(rows, _keys(rows))
    share, is_sure = _share(person, question)
    since = _since(question, share, _AMPLE) if is_sure else None
    if since:
        keys = _keys(_sorted(among(visible, person, replace(question, since=since))))
        if len(keys) > COUNTED:
            return _told(rows, keys)
    elif is_sure and records_between(question.since, question.until) * share < _MOST_SORTED:
        return _told(rows, _keys(_sorted(rows)))
    rows, number, keys = numbered(rows)
    if number > COUNTED and (since := _since(question, share, _PAGES)):
        keys = _keys(_sorted(among(visible, person, replace(question, since=since))))
    return rows, number, keys if number <= COUNTED or len(keys) >= _PAGES // 2 else []


def _sorted(rows: QuerySet[Indexed]) -> QuerySet[Indexed]:
    """Newest first, by no index of time: they are gathered before."""
    return rows.alias(instant=instant_of()).order_by("-instant", "-id")


def _keys(rows: QuerySet[Indexed]) -> list[int]:
    return list(rows.values_list("id", flat=True)[: COUNTED + 1])


def _told(rows: QuerySet[Indexed], keys: list[int]) -> tuple[QuerySet[Indexed], int, list[int]]:
    return rows if len(keys) > COUNTED else by_keys(keys), len(keys), keys


def _share(person: Person, question: Question) -> tuple[float, bool]:
    """What share of the records answers, were facets independent, and whether that is sure.

    Several grams of words stand together as they please, and of rare ones nothing was counted. The
    share is that of answers which are more than are counted, then.
    """
    words = rarest_first(rarest(grams_of(question)))
    share = share_of(*_facets_asked(person, question), *([gram] for gram in words[:1]))
    if question.event and question.kind:
        share /= share_of(_EVENTFUL) or 1.0
    is_one = len(words) < 2
    return (share, True) if share and is_one else (share or rare_share(COUNTED, is_one), False)


def _since(question: Question, share: float, number: int) -> dt.datetime | None:
    """Since when so many of a share of the records are likely; None: in nothing less than all."""
    end = min(clock.now(), question.until or clock.now())
    for since in (begin_of_third(end - width) for width in _COUNTED_IN):
        if question.since and since <= question.since:
            return None
        if records_between(since, question.until) * share > number:
            return since
    return None


def _facets_asked(person: Person, question: Question) -> list[list[str]]:
    """Groups of facets, of each of which an answer bears one."""
    groups = [[one] for one in facets_of(question)]
    if question.event:
        groups.append([facet("event", question.event)])
    if question.handlers:
        groups.append([facet("handler", one) for one in question.handlers])
    held = standing_offices(person)
    if not {office.kind for office in held} & ALL_CASES and (ways := ways_of(person, held)):
        groups.append(ways)
    return groups
