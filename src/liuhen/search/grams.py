"""Words to grams: what is stored of a text, and what a question must contain. Pure.

Chinese is not divided into words, so each run of letters, figures or characters is stored as its
single characters and its neighbouring pairs: two-character names are found like any other word.
A gram match is necessary, not sufficient; the text itself decides (`search.queries`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# What one record contributes at the most; a longer text is found by its beginning.
TEXT_LIMIT = 20_000
_RUN = re.compile(r"[^\W_]+")


def runs(text: str) -> list[str]:
    """The runs of letters, figures and characters, width and case made one."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def normal(text: str) -> str:
    """The text as it is stored and compared: its runs with one space between."""
    return " ".join(runs(text[:TEXT_LIMIT]))


def stored_grams(text: str) -> set[str]:
    """Single characters and pairs of every run."""
    found: set[str] = set()
    for run in runs(text[:TEXT_LIMIT]):
        found.update(run)
        found.update(_pairs(run))
    return found


def asked_grams(text: str) -> set[str]:
    """What a record must contain to be looked at: the pairs, of a single character itself."""
    found: set[str] = set()
    for run in runs(text):
        found.update(_pairs(run) if len(run) > 1 else run)
    return found


def _pairs(run: str) -> Iterator[str]:
    return (run[place : place + 2] for place in range(len(run) - 1))


def of_field(field: str, grams: Iterable[str]) -> set[str]:
    """Grams that count for one field only: `party:张三`."""
    return {f"{field}:{gram}" for gram in grams}


def facet(name: str, value: object) -> str:
    """A value that is matched as a whole: `=kind:paper`."""
    return f"={name}:{value}"


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
