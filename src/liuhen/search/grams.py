"""Words to grams: what is stored of a text, and what a question must contain. Pure.

Chinese is not divided into words, so each run of letters, figures or characters is stored as its
pairs of neighbours: two-character names are found like any other word. A match of grams is
necessary, not sufficient; the text itself decides (`search.queries`). Single characters stand in
nearly every text and tell nothing; of names alone they are stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What one record contributes at the most; a longer text is found by its beginning.
TEXT_LIMIT = 20_000
_RUN = re.compile(r"[^\W_]+")


def runs(text: str) -> list[str]:
    """The runs of letters, figures and characters, width and case made one."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def normal(text: str) -> str:
    """The text as it is stored and compared: its runs with one space between."""
    return " ".join(runs(text[:TEXT_LIMIT]))


def pairs(text: str) -> set[str]:
    """The pairs of neighbours of every run: what is stored of a text, and asked of words."""
    cut = runs(text[:TEXT_LIMIT])
    return {run[place : place + 2] for run in cut for place in range(len(run) - 1)}


def fours(text: str) -> set[str]:
    """Four neighbours of every run each: of places they are stored as well.

    Addresses are made of few numbers: their pairs stand in a tenth of them, their threes in a
    fiftieth.
    """
    cut = runs(text[:TEXT_LIMIT])
    return {run[place : place + 4] for run in cut for place in range(len(run) - 3)}


def of_place(text: str) -> set[str]:
    """What is stored of a place: `place:样板`, `place:样板路8`."""
    return of_field("place", pairs(text) | fours(text))


def asked_of_place(text: str) -> set[str]:
    """What a place that is said so must hold: the longest grams of each run."""
    return of_field("place", set().union(*(fours(run) or pairs(run) for run in runs(text))))


def is_moved(one: str, other: str) -> bool:
    """Whether two fours of a field overlap by more than a character."""
    (*field, first), (*beside, last) = one.split(":"), other.split(":")
    ends = [(first[each:], last[:-each]) for each in (1, 2)]
    ends += [(last[each:], first[:-each]) for each in (1, 2)]
    return len(first) == len(last) == 4 and field == beside and any(a == b for a, b in ends)


def letters(text: str) -> set[str]:
    """The single characters of every run: of names they are stored as well."""
    return set().union(*runs(text[:TEXT_LIMIT]))


def lone(text: str) -> set[str]:
    """The runs of one character, which have no pair."""
    return {run for run in runs(text) if len(run) == 1}


def of_field(field: str, grams: Iterable[str]) -> set[str]:
    """Grams that count for one field only: `party:张三`."""
    return {f"{field}:{gram}" for gram in grams}


def facet(name: str, value: object) -> str:
    """A value that is matched as a whole: `=kind:paper`."""
    return f"={name}:{value}"


# What a record bears that belongs to no case.
LOOSE = facet("carrier", "nobody")


def is_near(one: str, other: str) -> bool:
    """Whether two names differ by one character at most, or by two neighbours exchanged."""
    if len(one) == len(other):
        places = [place for place in range(len(one)) if one[place] != other[place]]
        if len(places) != 2 or places[1] != places[0] + 1:
            return len(places) <= 1
        first, second = places
        return one[first] == other[second] and one[second] == other[first]
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1:
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
