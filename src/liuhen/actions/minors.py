"""Whoever was too young when the act was committed is not punished (Penalty Law 30).

The age is told by a resident identity number; of a party without one nothing is known here. Not an
act by itself. That somebody under eighteen is punished less is a matter of discretion.
"""

from __future__ import annotations

import datetime as dt

from liuhen.cases.identity import born_on, is_resident_number
from liuhen.cases.models import Case, Party
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.rulebook.queries import figure_on, rulebook


def refuse_minor(case: Case, at: dt.datetime, committed_at: str | None) -> None:
    """Refuse a penalty against a natural person too young when the act was committed, else now.

    An age is reached on the day after the birthday.

    Raises:
        Refused: `penalty.minor`.
    """
    day = clock.local_date(clock.parse_iso(committed_at) if committed_at else at)
    age = figure_on("penalty_law.age_no_penalty", day)
    for party in case.parties.filter(role=Party.Role.PARTY, kind=Party.Kind.PERSON):
        number = party.number_words  # one that does not open tells nothing
        if not (isinstance(age, int) and is_resident_number(number, on=clock.local_date(at))):
            continue
        if day <= rulebook().calendar.after_years(born_on(number), age).last_on:
            raise Refused("penalty.minor", name=party.name, age=age)
