"""Which grams of a question are worth asking the index for: those that few records hold.

Frequent grams cost most, for their lists are as long as the archive, and tell least; those that
every second record holds tell nothing. How often the frequent ones are, the database's own
statistics say. Not for deciding: the text does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from threading import Lock

from django.db import connection

from liuhen.kernel import clock
from liuhen.search.models import Indexed

# So many together leave hardly a record that does not say what is asked.
_ENOUGH = 5
_EVERYWHERE = 0.5
_FRESH_S = 600.0


class _Known:
    """The share of records that hold each frequent gram, asked for now and then."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at: float | None = None
        self._shares: dict[str, float] = {}

    def shares(self) -> Mapping[str, float]:
        """By gram; nothing of rare ones, and nothing at all before the first statistics."""
        with self._lock:
            now = clock.monotonic()
            if self._asked_at is None or now - self._asked_at > _FRESH_S:
                self._shares, self._asked_at = _shares(), now
            return self._shares


_known = _Known()


def rarest(grams: Collection[str]) -> set[str]:
    """The few of them that fewest records hold; none that are everywhere."""
    shares = _known.shares() if grams else {}
    telling = [gram for gram in rarest_first(grams) if shares.get(gram, 0.0) < _EVERYWHERE]
    return set(telling[:_ENOUGH])


def rarest_first(grams: Collection[str]) -> list[str]:
    """All of them, what fewest records hold before the others."""
    shares = _known.shares() if grams else {}
    return sorted(grams, key=lambda gram: (shares.get(gram, 0.0), gram))


def _shares() -> dict[str, float]:
    with connection.cursor() as cursor:
        # Three numbers more stand behind the shares: the least, the greatest, that of no value.
        cursor.execute(
            "SELECT gram, share FROM pg_stats, unnest(most_common_elems::text::text[],"
            " most_common_elem_freqs) AS known (gram, share) WHERE tablename = %s"
            " AND attname = 'grams' AND gram IS NOT NULL",
            [Indexed._meta.db_table],
        )
        return dict(cursor.fetchall())
