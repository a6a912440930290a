"""What becomes of the gaps stored before when recordings come, go or are timed anew.

Half-open spans in whole milliseconds. Pure; not for rows (`actions.recordings`), for finding
what is uncovered (`media.coverage`) or for how much of a gap the law forgives (`law.coverage`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from liuhen.media.coverage import difference, intersection

Span = tuple[int, int]
Row = TypeVar("Row", bound=Hashable)


@dataclass
class Settlement(Generic[Row]):
    """How stored gaps become the gaps there are now.

    filled: rows that footage now covers wholly. moved: rows of which one piece is left.
    split: further pieces left of a row; they share its cause and explanation.
    opened: spans nobody knew as gaps before.
    """

    filled: list[Row] = field(default_factory=list)
    moved: dict[Row, Span] = field(default_factory=dict)
    split: list[tuple[Row, Span]] = field(default_factory=list)
    opened: list[Span] = field(default_factory=list)


def settle(stored: Mapping[Row, Span], uncovered: Iterable[Span]) -> Settlement[Row]:
    """Match the gaps there are now with the rows stored open before.

    A row keeps its identity, and so its explanation, for the first piece of it that is left;
    what lies outside every row is a new gap that nobody has explained.
    """
    now, result = list(uncovered), Settlement[Row]()
    for row, span in stored.items():
        left = [(start, end) for start, end in intersection([span], now)]
        if not left:
            result.filled.append(row)
            continue
        if left[0] != span:
            result.moved[row] = left[0]
        result.split += [(row, piece) for piece in left[1:]]
    result.opened = [(start, end) for start, end in difference(now, stored.values())]
    return result
