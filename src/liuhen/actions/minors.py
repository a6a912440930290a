"""Whoever was too young when the act was committed is not punished, or less (Penalty Law 30).

The age is told by a resident identity number; of a party without one nothing is known here. Not
acts by themselves. How much less somebody under eighteen is punished is a matter of discretion:
that it was considered has to be written in the reasons of an ordinary penalty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from liuhen.cases.identity import born_on, is_resident_number
from liuhen.cases.models import Case, Party
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.rulebook.queries import figure_on, rulebook

LIGHTER = ("从轻", "减轻")


def refuse_minor(case: Case, at: dt.datetime, committed_at: str | None) -> None:
    """Refuse a penalty against a natural person too young when the act was committed, else now.

    An age is reached on the day after the birthday.

    Raises:
        Refused: `penalty.minor`.
    """
    for party, age in _younger(case, at, committed_at, "penalty_law.age_no_penalty"):
        raise Refused("penalty.minor", name=party.name, age=age)


def refuse_unlightened(
    case: Case, at: dt.datetime, committed_at: str | None, discretion: str
) -> None:
    """Refuse a penalty against somebody under eighteen whose reasons say nothing of less.

    Raises:
        Refused: `penalty.minor_unlightened`.
    """
    if any(word in discretion for word in LIGHTER):
        return
    for party, age in _younger(case, at, committed_at, "penalty_law.age_lighter"):
        raise Refused("penalty.minor_unlightened", name=party.name, age=age)


def _younger(
    case: Case, at: dt.datetime, committed_at: str | None, figure: str
) -> Iterator[tuple[Party, int]]:
    """Natural persons who had not reached an age when the act was committed."""
    day = clock.local_date(clock.parse_iso(committed_at) if committed_at else at)
    age = figure_on(figure, day)
    for party in case.parties.filter(role=Party.Role.PARTY, kind=Party.Kind.PERSON):
        number = party.number_words  # one that does not open tells nothing
        if not (isinstance(age, int) and is_resident_number(number, on=clock.local_date(at))):
            continue
        if day <= rulebook().calendar.after_years(born_on(number), age).last_on:
            yield party, age
